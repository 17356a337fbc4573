"""Ways to run a round on wishes: deferred acceptance with rights, block exchange, and the planned optimum with rights."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mutasi_toolkit.assignment.edit import Session, find_arcs, session
from mutasi_toolkit.assignment.model import completed, faults_of
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.wishes.market import Market
from mutasi_toolkit.errors import InfeasibleError
from mutasi_toolkit.locale import text


def deferred_acceptance(market: Market) -> np.ndarray:
    """Seats by person-proposing deferred acceptance in which nobody loses the seat they have (modified DA).

    Each seat class ranks the people who sit there today first, then all by priority; people propose down their wishes and end
    at their own seat, where they cannot be refused. The result is individually rational, and nobody envies a newcomer of
    lower priority; it need not be efficient (Gale and Shapley 1962; Compte and Jehiel 2008 for the rights).

    Parameters
    ----------
    market : Market

    Returns
    -------
    ndarray of int, shape (n_people,)
        Seat class of every person.

    Examples
    --------
    Two who would change places cannot while a third with priority wants one of the seats; block exchange lets them.

    >>> three = Market((np.array([1]), np.array([0]), np.array([0])), np.array([0, 1, 2]), np.array([1, 1, 1]), np.array([2, 1, 0]))
    >>> deferred_acceptance(three).tolist(), block_exchange(three).tolist()
    ([0, 1, 2], [1, 0, 2])
    """
    lists = [[*w.tolist(), int(o)] for w, o in zip(market.wishes, market.own, strict=True)]
    at = np.zeros(market.n_people, dtype=np.int64)
    held: list[list[tuple[int, int, int]]] = [[] for _ in market.room]
    todo = deque(np.argsort(market.priority).tolist())
    while todo:
        p = todo.popleft()
        seat = lists[p][at[p]]
        held[seat].append((int(market.own[p] != seat), int(market.priority[p]), p))
        if len(held[seat]) > market.room[seat]:
            worst = max(held[seat])
            held[seat].remove(worst)
            at[worst[2]] += 1
            todo.append(worst[2])
    return np.array([lists[p][at[p]] for p in range(market.n_people)], dtype=np.int64)


def block_exchange(market: Market, begin: np.ndarray | None = None) -> np.ndarray:
    """Seats after exchanges that leave nobody worse off, until none is left (Combe, Tercieux and Terrier 2022).

    Begun at deferred acceptance: a graph has an arc from each person to every place they prefer to what they hold, held by
    another or free; a cycle, or a path to a free place, is carried out (top trading: best wishes first, priority among them).
    Where no more can be, no exchange makes anybody better off without making another worse off: the result is
    two-sided rational and efficient for the people.

    Parameters
    ----------
    market : Market
    begin : ndarray of int, optional
        Seats to begin with; deferred acceptance where None.

    Returns
    -------
    ndarray of int, shape (n_people,)
    """
    seats = deferred_acceptance(market) if begin is None else begin.copy()
    while True:
        found = _improvement(market, seats)
        if not found:
            return seats
        for person, seat in found:
            seats[person] = seat


def _improvement(market: Market, seats: np.ndarray) -> list[tuple[int, int]]:
    """A path to a free place or a cycle of people who all prefer the next one's seat; the first by priority."""
    free = market.room - np.bincount(seats, minlength=len(market.room))
    holders: dict[int, list[int]] = {}
    for p in np.argsort(market.priority):
        holders.setdefault(int(seats[p]), []).append(int(p))
    better = [[int(s) for s in market.wishes[p][: _place(market, p, int(seats[p]))]] for p in range(market.n_people)]
    for start in np.argsort(market.priority).tolist():
        before: dict[int, tuple[int, int]] = {}
        queue, seen = deque([start]), {start}
        while queue:
            p = queue.popleft()
            for seat in better[p]:
                if free[seat] > 0 or seat == seats[start]:
                    return _path(before, start, p, seat)
                for q in holders.get(seat, []):
                    if q not in seen:
                        seen.add(q)
                        before[q] = (p, seat)
                        queue.append(q)
    return []


def _path(before: dict[int, tuple[int, int]], start: int, last: int, seat: int) -> list[tuple[int, int]]:
    moves = [(last, seat)]
    while last != start:
        last, seat = before[last]
        moves.append((last, seat))
    return moves


def _place(market: Market, person: int, seat: int) -> int:
    return min(market.rank(person, seat), len(market.wishes[person]))


def individually_rational(problem: Problem, market: Market, plan: Plan) -> Plan:
    """The best plan in which nobody moves to a place that they did not ask for.

    All rules and guarantees of the problem hold; arcs of moves to seats outside the person's wishes are forbidden. A person
    without wishes stays.

    Parameters
    ----------
    problem : Problem
    market : Market
        Of that problem.
    plan : Plan
        What `solve` gave for it.

    Returns
    -------
    Plan

    Raises
    ------
    InfeasibleError
        When decisions force somebody to a place they did not ask for.
    """
    asked: Session = session(problem, plan)
    model, n = problem.model, len(problem.seats)
    wished = np.concatenate([p * n + w for p, w in enumerate(market.wishes)]) if market.n_people else np.zeros(0, dtype=np.int64)
    moves = np.arange(model.n_arcs) != model.stay[model.person]
    answer = asked.best(forbid=np.flatnonzero(moves & ~np.isin(model.person * n + problem.seat, wished)))
    if answer is None:
        raise InfeasibleError(text("wishes.none"))
    return asked.plan(answer.arcs)


def guaranteed(problem: Problem, market: Market, run: Callable[[Market], np.ndarray] = deferred_acceptance) -> np.ndarray:
    """Seats of a round on wishes that keeps every guarantee and budget of the problem.

    People are admitted to the round by priority. The round is run with those admitted; while it breaks a row of the problem (a
    last holder gone, an OPD worse, too few filled, a budget passed), the one admitted last loses the wish that they got. So nobody
    ends below their own seat, and what `run` promises holds among the wishes that are left.

    Parameters
    ----------
    problem : Problem
    market : Market
        Of that problem.
    run : callable
        `deferred_acceptance` or `block_exchange`.

    Returns
    -------
    ndarray of int, shape (n_people,)

    Raises
    ------
    InfeasibleError
        When it already breaks something that everybody stays.
    """
    wishes = [w[:0] for w in market.wishes]
    seats = market.own.copy()
    if not _keeps(problem, seats):
        raise InfeasibleError(text("wishes.none"))
    for p in np.argsort(market.priority).tolist():
        left = market.wishes[p]
        while len(left):
            wishes[p] = left
            made = run(replace(market, wishes=tuple(wishes)))
            if _keeps(problem, made):
                seats = made
                break
            left = left[left != made[p]] if made[p] != market.own[p] else left[:0]
        wishes[p] = left
    return seats


def _keeps(problem: Problem, seats: np.ndarray) -> bool:
    arcs = find_arcs(problem, np.arange(len(seats)), seats)
    return bool((arcs >= 0).all()) and not len(faults_of(problem.model, arcs, completed(problem.model, arcs)))
