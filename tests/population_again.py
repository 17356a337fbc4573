"""Histories of a population a second time: one person, one skill and one draw at a time, units as lists of people."""

from __future__ import annotations

import draws_again as again
import numpy as np

from mutasi_toolkit.spread.histories import Plan
from mutasi_toolkit.spread.people import Population

LEARN, FORGET, TAKE, STOP = range(4)


def below(bits: int, n: int) -> int:
    return ((bits >> 32) * n) >> 32


class Seats:
    """Units as lists of people, and ties kept after moves as (mover, colleague, period)."""

    def __init__(self, unit, n_units, kind, most_ties):
        self.unit = [int(u) for u in unit]
        self.people = [[v for v, at in enumerate(self.unit) if at == u] for u in range(n_units)]
        self.kind = [int(k) for k in kind]
        self.kept, self.most_ties = [], most_ties

    def keep(self, v, t, bits):
        others = [x for x in self.people[self.unit[v]] if x != v]
        if others and len(self.kept) < self.most_ties:
            self.kept.append((v, others[below(bits, len(others))], t))

    def exchange(self, a, b):
        i, j = self.unit[a], self.unit[b]
        p, q = self.people[i].index(a), self.people[j].index(b)
        self.people[i][p], self.people[j][q] = b, a
        self.unit[a], self.unit[b] = j, i

    def swap(self, v, x, t, key, c):
        if x is not None:
            self.keep(v, t, again.word(key, c))
            self.keep(x, t, again.word(key, c + 1))
            self.exchange(v, x)

    def partner(self, v, key, c):
        group = [x for x, k in enumerate(self.kind) if k == self.kind[v]]
        drawn = (group[below(again.word(key, c + i), len(group))] for i in range(16))
        return next((x for x in drawn if self.unit[x] != self.unit[v]), None)

    # --- policies ---

    def swap_at_random(self, movers, t, key, held):
        for q in range(movers // 2):
            v = below(again.word(key, 32 * q), len(self.unit))
            self.swap(v, self.partner(v, key, 32 * q + 4), t, key, 32 * q + 1)

    def ladder(self, movers, t, key, held):
        n_units, c = len(self.people), 0
        while movers > 1:
            here = below(again.word(key, c), n_units)
            c += 1
            chain = []
            for i in range(min(movers, n_units)):
                people = self.people[(here + i) % n_units]
                for _ in range(16 if people else 0):
                    v = people[below(again.word(key, c), len(people))]
                    c += 1
                    if not chain or self.kind[v] == self.kind[chain[0]]:
                        chain.append(v)
                        break
            for v in chain:
                self.keep(v, t, again.word(key, c))
                c += 1
            places = [(self.unit[v], self.people[self.unit[v]].index(v)) for v in chain]
            for v, (u, at) in zip(chain, places[1:] + places[:1], strict=True):
                self.people[u][at], self.unit[v] = v, u
            movers -= max(len(chain), 1)

    def experts_first(self, movers, t, key, held):
        n, wanted = len(self.unit), movers // 2
        offset = below(again.word(key, again.ALWAYS), n)
        number = [len(h) for h in held]
        order = [(i + offset) % n for i in range(n)]
        first = sorted((v for v in order if number[v]), key=lambda v: -number[v])[:wanted]
        for v in order:
            if v in first:
                self.swap(v, self.partner(v, key, 32 * v + 4), t, key, 32 * v + 1)

    def matched(self, movers, t, key, held):
        there = [set().union(*(held[v] for v in people)) for people in self.people]
        for q in range(movers // 2):
            c = 64 * q
            drawn = [below(again.word(key, c + 48 + i), len(self.unit)) for i in range(16)]
            v = next((x for x in drawn if held[x]), drawn[-1])
            best, goes = 0, None
            for i in range(16):
                u = below(again.word(key, c + 32 + i), len(self.people))
                if u != self.unit[v] and self.people[u] and len(held[v] - there[u]) > best:
                    best, goes = len(held[v] - there[u]), u
            for i in range(16 if goes is not None else 0):
                x = self.people[goes][below(again.word(key, c + 8 + i), len(self.people[goes]))]
                if self.kind[x] == self.kind[v]:
                    there[goes] |= held[v]
                    self.swap(v, x, t, key, c + 1)
                    break

    def as_planned(self, plan, t, key):
        moves = [(i, int(v), int(u)) for i, (v, u, when) in enumerate(zip(plan.who, plan.goes, plan.when, strict=True)) if when == t]
        real = [(i, v) for i, v, u in moves if self.unit[v] != u]
        for i, v in real:
            self.keep(v, t, again.word(key, i))
        for _, v, u in moves if real else ():
            self.unit[v] = u
        if real:
            self.people = [[v for v, at in enumerate(self.unit) if at == u] for u in range(len(self.people))]

    def rotate(self, plan, t, key, held):
        if plan.policy == 0 or (plan.policy < 5 and (t - 1) % plan.interval):
            return
        now = again.child(key, t)
        if plan.policy == 5:
            self.as_planned(plan, t, now)
            return
        exact = plan.rate * len(self.unit) / 2
        movers = 2 * (int(exact) + (again.uniform(again.word(now, again.ALWAYS - 1)) <= exact - int(exact)))
        [self.swap_at_random, self.ladder, self.experts_first, self.matched][plan.policy - 1](movers, t, now, held)


class Again:
    """One replicate."""

    def __init__(self, p: Population, plan: Plan, seed: int, r: int, most_ties: int):
        self.p, self.plan, self.words, self.n = p, plan, p.words, p.n
        self.lanes = 64 * p.know.shape[1]
        self.key, self.move_key = again.stream(seed, again.SKILLS, r), again.stream(seed, again.MOVES, r)
        self.know = [{lane for lane in range(self.lanes) if int(row[lane // 64]) >> (lane % 64) & 1} for row in p.know]
        self.teach = [set(k) for k in self.know]
        self.seats = Seats(p.unit, len(p.unit_opd), p.kind if len(p.kind) else [0] * p.n, most_ties)
        self.level = 64 * p.words

    def drawn(self, key, lane, purpose, share):
        return again.happens((key + (((lane // 64) << 20) + (purpose << 6)) * again.GOLDEN) % again.WORD, lane % 64, share)

    def takes(self, here, v, lane):
        return not len(self.p.receptive) or self.drawn(again.child(here, v), lane, TAKE, again.chance(self.p.receptive[v]))

    def may_learn(self, v, lane):
        return lane not in self.know[v] and (lane < self.level or lane - self.level in self.know[v])

    def strength(self, t, born):
        weight = self.plan.keep * self.plan.decay ** (t - born)
        return weight if weight >= 1e-3 else 0.0

    def ties(self, t):
        """(learner, teacher, strength, which)"""
        p = self.p
        told = [(int(a), int(b), float(w), 0) for a, b, w in zip(p.tie_a, p.tie_b, p.tie_strength, strict=True)]
        for i, (v, x, born) in enumerate(self.seats.kept):
            told += [(v, x, self.strength(t, born), i + 1), (x, v, self.strength(t, born), i + 1)]
        return told

    def bar_chance(self, known, contacts):
        if contacts <= 0 or known <= 0:
            return 0
        if self.plan.kind == 1:
            return again.chance(known / contacts)
        return again.ALWAYS if known / contacts >= self.plan.bar - 1e-12 else 0

    def learned_in_unit(self, v, lane, here, theta, ties):
        plan = self.plan
        taught = lane + plan.gap * self.level
        people = self.seats.people[self.seats.unit[v]]
        k = sum(taught in self.teach[x] for x in people)
        if plan.kind == 0:
            share = again.chance(again.any_of(plan.unit, k))
        else:
            mine = [(b, w) for a, b, w, _ in ties if a == v]
            total = sum(w for _, w in mine)
            heard = sum(w for b, w in mine if taught in self.teach[b] and taught < self.lanes)
            share = self.bar_chance(k + heard, len(people) - 1 + total)
        return share > 0 and self.drawn(again.child(theta, v), lane, LEARN, share) and self.takes(here, v, lane)

    def period(self, t):
        plan, here = self.plan, again.child(self.key, t)
        theta = here if plan.kind == 0 else again.child(self.key, 2**40)
        held = [{lane for lane in k if self.p.holder * self.level <= lane < (self.p.holder + 1) * self.level} for k in self.know]
        self.seats.rotate(plan, t, self.move_key, held)
        ties, after = self.ties(t), []
        for v in range(self.n):
            lost = {x for x in self.know[v] if x + self.level not in self.know[v] and self.drawn(again.child(here, v), x, FORGET, again.chance(plan.forget))}
            learned = {x for x in range(self.lanes) if self.may_learn(v, x) and self.learned_in_unit(v, x, here, theta, ties)}
            after.append((self.know[v] - lost) | learned)
        for a, b, strength, which in ties if plan.kind == 0 else ():
            key = again.child(again.child(here, (a << 32) | b), which)
            for lane in range(self.lanes - plan.gap * self.level):
                if self.may_learn(a, lane) and lane + plan.gap * self.level in self.teach[b] and self.drawn(key, lane, LEARN, again.chance(plan.tie * strength)) and self.takes(here, a, lane):
                    after[a].add(lane)
        for k in after:
            for lane in range(self.lanes - self.level - 1, -1, -1):
                if lane + self.level in k:
                    k.add(lane)
        for v in range(self.n):
            fresh = after[v] - self.know[v]
            stays = {x for x in self.teach[v] & after[v] if not self.drawn(again.child(here, v), x, STOP, again.chance(plan.stop))}
            self.teach[v] = stays | fresh if plan.stop else set(after[v])
        self.know = after

    def count(self):
        """Holders by skill."""
        first = self.p.holder * self.level
        return [sum(first + s in k for k in self.know) for s in range(self.p.n_skills)]

    def by_place(self):
        first, p = self.p.holder * self.level, self.p
        return [[sum(first + s in k for v, k in enumerate(self.know) if p.unit_opd[self.seats.unit[v]] == o) for s in range(p.n_skills)] for o in range(p.n_opd)]

    def run(self):
        curve = [self.count()]
        for t in range(1, self.plan.periods + 1):
            self.period(t)
            curve.append(self.count())
        return np.array(curve), np.array(self.by_place()), self
