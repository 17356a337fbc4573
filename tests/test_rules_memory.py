"""Allowed pairs at once and one by one; memory that will not do is said beforehand."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from mutasi_toolkit import cli
from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import PACKAGE
from mutasi_toolkit.rules import memory
from mutasi_toolkit.rules import pairs as rules_pairs


@pytest.fixture
def cycle():
    """Read anew for every test: pairs are worked out once for a cycle."""
    return read_cycle(PACKAGE.parent / "data" / "cycles" / "contoh")


@pytest.mark.parametrize("chunk", [1, 97, 10**6])
def test_allowed_pairs_are_those_that_no_rule_blocks_whatever_the_chunk(monkeypatch, cycle, chunk: int) -> None:
    monkeypatch.setattr(rules_pairs, "CHUNK", chunk)
    found = rules_pairs.allowed(cycle)
    n, m = len(cycle.pegawai), len(cycle.jabatan)
    person, seat = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    monkeypatch.setattr(rules_pairs, "CHUNK", 10**6)
    blocked = rules_pairs.evaluate(cycle, person, seat).blocked
    assert np.array_equal(found.person * m + found.seat, np.flatnonzero(blocked == 0))


def test_pairs_are_worked_out_once_and_go_with_their_cycle(cycle) -> None:
    found = rules_pairs.allowed(cycle)
    assert rules_pairs.allowed(cycle) is found
    other = cycle.with_settings(izin={"semua": True})
    assert rules_pairs.allowed(other) is not found
    with pytest.raises(ValueError, match="read-only"):
        found.person[0] = 1
    kept = len(rules_pairs._KNOWN)
    del other
    gc.collect()
    assert len(rules_pairs._KNOWN) == kept - 1


def test_pairs_that_do_not_fit_are_refused_with_their_number_and_a_remedy(monkeypatch, cycle) -> None:
    monkeypatch.setenv(memory.VARIABLE, "0.000001")
    with pytest.raises(InputError, match="MUTASI_MEMORY_GB") as told:
        rules_pairs.allowed(cycle)
    assert "60" in str(told.value)
    assert "R37" in str(told.value)


@pytest.mark.parametrize("bad", ["many", "0", "-3", "inf"])
def test_a_limit_that_is_no_number_is_refused(monkeypatch, bad: str) -> None:
    monkeypatch.setenv(memory.VARIABLE, bad)
    with pytest.raises(InputError, match=memory.VARIABLE):
        memory.limit_gb()


def test_without_the_variable_the_machine_is_the_limit(monkeypatch) -> None:
    monkeypatch.delenv(memory.VARIABLE, raising=False)
    assert memory.limit_gb() > 0


def test_memory_that_runs_out_is_a_message(monkeypatch, capsys) -> None:
    def out_of_it(_options: object) -> int:
        raise MemoryError

    from mutasi_toolkit.cli import check

    monkeypatch.setattr(check, "do", out_of_it)
    assert cli.main(["check", "anything", "--language", "en"]) == 2
    assert "memory" in capsys.readouterr().err
