"""verify's reading of a plan against the enumeration of all plans of islands: each rule broken or kept, each term, each pair."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from brute.reading import options
from brute.sea import Sea, draw_sea
from brute.world import gains_of, write_sea
from handmade import facts_of

from mutasi_toolkit.assignment.audit.state import (
    amounts,
    check_state,
    decided,
    objective_of,
    relaxation_of,
)
from mutasi_toolkit.assignment.audit.tables import Facts

#: Kind of constraint of an island, and the rules by whose names verify tells of it.
TOLD = {
    "pemegang_terakhir": {"R33"}, "konflik": {"R17"}, "opd_tidak_memburuk": {"jaminan.opd_tidak_memburuk"}, "isi_min": {"jaminan.isi_min"},
    "pengalaman_min": {"jaminan.pengalaman_min"}, **{f"keputusan_{k}": {"keputusan"} for k in ("kunci", "tolak", "tolak_semua", "terima")},
    **{f"kelompok_{a}_{b}": {"jaminan.kelompok"} for a in ("ada", "pindah") for b in ("banyak", "sedikit")},
    **{k: {f"anggaran.{k}"} for k in ("keluar_per_unit", "masuk_per_unit", "keluar_per_opd", "masuk_per_opd")},
}  # fmt: skip


def together(sea: Sea, facts: Facts, picked: list[int]) -> np.ndarray:
    """Seat of every person where each island has one of its plans."""
    person, seat = ({name: k for k, name in enumerate(table["id"])} for table in (facts.people, facts.seats))
    out = np.empty(len(person), dtype=np.int64)
    for island, judged, at in zip(sea.islands, sea.judged, picked, strict=True):
        for p, s in enumerate(judged.plans[at].tolist()):
            out[person[island.person_id(p)]] = seat[island.seat_id(s)]
    return out


@pytest.mark.parametrize("seed", range(4))
def test_every_plan_of_an_island_is_judged_as_by_enumeration(seed: int, tmp_path: Path) -> None:
    sea, _ = draw_sea(seed, 24)
    facts = facts_of(write_sea(tmp_path, sea.islands, sea.settings))
    ids, seat_ids = facts.people["id"].tolist(), facts.seats["id"].tolist()
    choice = decided(facts)
    own_groups = [i.name for i in sea.islands if i.group is not None]
    common = len(sea.settings["jaminan"]["kelompok"])
    rng = np.random.default_rng(seed)
    seen: Counter = Counter()
    for _ in range(20):
        picked = [int(rng.integers(len(j.plans))) for j in sea.judged]
        seats = together(sea, facts, picked)
        told: dict[str, set[str]] = defaultdict(set)
        for rule, people, places, values in check_state(facts, seats, choice):
            name = values.get("name", "")
            if rule == "jaminan.kelompok" and int(name.split("|")[1]) >= common:
                told[own_groups[int(name.split("|")[1]) - common]].add(rule)
            elif rule in {"anggaran.pindah", "jaminan.kelompok"}:
                told["all"].add(rule)
            elif "|" in name or rule == "jaminan.opd_tidak_memburuk":
                told[name.split("|")[-1 if rule.startswith(("anggaran", "jaminan")) else 1][:4]].add(rule)
            else:
                for person in [ids[p] for p in people] + [seat_ids[s] for s in places]:
                    told[person[:4]].add(rule)
        for island, judged, at in zip(sea.islands, sea.judged, picked, strict=True):
            expected = {rule for kind, broken in judged.broken.items() if broken[at] for rule in TOLD.get(kind, set())}
            assert told[island.name] - {"R13", "R14"} == expected, island
            # Plans of newcomers to a seat class that is overfilled today are none, though it empties: a state does not show it.
            assert ({"R13", "R14"} & told[island.name] == set()) or judged.broken["kapasitas"][at], island
            seen.update(expected | ({"kapasitas"} & {k for k, v in judged.broken.items() if v[at]}))
        most, low, high = sea.limits()
        moves, women = (sum(int(getattr(j, k)[at]) for j, at in zip(sea.judged, picked, strict=True)) for k in ("moves", "women"))
        assert ("anggaran.pindah" in told["all"]) == (moves > most)
        assert ("jaminan.kelompok" in told["all"]) == (not low <= women <= high)
    assert len(seen) > 4


@pytest.mark.parametrize("seed", range(4))
def test_every_term_of_a_plan_is_that_of_the_enumeration(seed: int, tmp_path: Path) -> None:
    sea, _ = draw_sea(seed, 24)
    facts = facts_of(write_sea(tmp_path, sea.islands, sea.settings))
    gains: dict[str, list[float]] = defaultdict(list)
    for opd, skill, _, gain in gains_of(sea.islands):
        gains[f"{opd}|{skill}"].append(gain)
    counted = amounts(facts, {"gains": dict(gains)}, decided(facts))
    rng = np.random.default_rng(seed)
    # A seat class or a holder's place has a cost up to as many people as may come, so the others are no plans.
    fine = [np.flatnonzero(~np.any([v for k, v in j.broken.items() if k.startswith(("kapasitas", "keputusan"))], axis=0)) for j in sea.judged]
    for _ in range(20):
        picked = [int(rng.choice(some)) for some in fine]
        terms = objective_of(facts, counted, together(sea, facts, picked))
        assert set(terms) <= set(sea.judged[0].terms)
        for term in sea.judged[0].terms:
            assert terms.get(term, 0) == sum(int(j.terms[term][at]) for j, at in zip(sea.judged, picked, strict=True)), term


@pytest.mark.parametrize("seed", range(4))
def test_the_pairs_of_an_island_are_those_of_its_enumeration(seed: int, tmp_path: Path) -> None:
    sea, _ = draw_sea(seed, 24)
    facts = facts_of(write_sea(tmp_path, sea.islands, sea.settings))
    ids, seat_ids = facts.people["id"].tolist(), facts.seats["id"].tolist()
    counted = amounts(facts, {}, decided(facts))
    found = list(zip([ids[p] for p in counted.person], [seat_ids[s] for s in counted.seat], strict=True))
    assert len(set(found)) == len(found)
    expected = set()
    for island in sea.islands:
        fixed = [0.5 * seat.outside + 0.5 * sum(p.own == s and p.status == "PPPK paruh waktu" for p in island.people) for s, seat in enumerate(island.seats)]
        room = [max(0, int(seat.need + sea.settings["aturan"]["R14"]["kelebihan_boleh"] - fixed[s])) for s, seat in enumerate(island.seats)]
        present = [sum(p.own == s and p.status != "PPPK paruh waktu" for p in island.people) for s in range(len(island.seats))]
        for p, person in enumerate(island.people):
            free = {s for s in options(island, p) if s == person.own or (room[s] > 0 and present[s] <= room[s])}
            for who, kind, seat in island.decisions:
                if who == p and (kind in {"kunci", "tolak_semua"} or seat == person.own):
                    free = {person.own}
                elif who == p:
                    free = free - {seat} if kind == "tolak" else {seat}
            expected |= {(island.person_id(p), island.seat_id(s)) for s in free}
    assert set(found) == expected
    relaxation, pair_of = relaxation_of(facts, counted)
    assert [pair_of(p, s) for p, s in found] == list(range(len(found)))
    absent = {(p, s) for p in ids[:9] for s in seat_ids[:9]} - expected
    assert {pair_of(p, s) for p, s in absent} == {pair_of("nobody", seat_ids[0])} == {pair_of(ids[0], "nowhere")} == {pair_of(ids[-1], "nowhere")} == {-1}
    assert relaxation.first.tolist() == [next(k for k, (who, _) in enumerate(found) if who == p) for p in ids]
