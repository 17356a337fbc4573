"""The few lines a run ends with: what was proposed, how good it is proved to be, where to look."""

from __future__ import annotations

import csv
from pathlib import Path

from mutasi_toolkit.errors import MutasiError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.prepare import DECISIONS
from mutasi_toolkit.pipeline.run import Outcome


def summary_lines(outcome: Outcome, language: str) -> list[str]:
    """Lines about one scenario, read from its run folder.

    Special cases: a failed scenario gives its error; an unchanged one says so before the rest.
    """
    if outcome.error is not None:
        known = isinstance(outcome.error, (MutasiError, OSError))
        why = str(outcome.error) if known else f"{type(outcome.error).__name__}: {outcome.error}"
        return [text("pipeline.failed", language, what=outcome.scenario, why=why)]
    plan = read_json(outcome.place / "plan.json")
    manifest = read_json(outcome.place / "manifest.json")
    with (outcome.place / "tables" / "ringkasan.csv").open(encoding="utf-8", newline="") as handle:
        summary = {row["kunci"]: float(row["nilai"] or "nan") for row in csv.DictReader(handle)}

    def shown(value: float, digits: int) -> str:
        return number(value, digits, language)

    lines = (
        [] if outcome.redone else [text("pipeline.up_to_date", language, place=str(outcome.place))]
    )
    lines.append(
        text(
            "pipeline.done_moves", language, scenario=outcome.scenario, moves=shown(summary["jumlah_mutasi"], 0),
            people=shown(summary["jumlah_pegawai"], 0), before=shown(summary["selisih_sebelum"], 1), after=shown(summary["selisih_sesudah"], 1),
        )
    )  # fmt: skip
    lines.append(
        text(
            "pipeline.done_proof",
            language,
            objective=shown(plan["objective"], 3),
            bound=shown(plan["bound"], 3),
            gap=shown(plan["gap"], 6),
            status=plan["status"],
        )
    )
    lines.append(
        text(
            "pipeline.done_knowledge", language, periods=manifest["settings"]["sebaran"]["periode"], gain=shown(summary["pengetahuan_simulasi"], 1),
            low=shown(summary["pengetahuan_simulasi_rendah"], 1), high=shown(summary["pengetahuan_simulasi_tinggi"], 1),
        )
    )  # fmt: skip
    if summary["keahlian_turunan"] > 0:
        lines.append(text("pipeline.done_derived", language, share=shown(100 * summary["keahlian_turunan"], 0)))
    lines += _decided(outcome.place / DECISIONS, language)
    lines.append(text("pipeline.done_where", language, place=str(outcome.place)))
    if manifest["settings"]["sintetis"]:
        lines.append(text("pipeline.synthetic", language))
    return lines


def _decided(path: Path, language: str) -> list[str]:
    """Which decisions, read back from the workbook, the proposal keeps, and whether the opinion on them is recorded (R18)."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    counts = {verdict: sum(row["putusan"] == verdict for row in rows) for verdict in ("terima", "tolak", "kunci")}
    without = sum(not row["oleh"] for row in rows)
    opinion = text("pipeline.done_opinion" if not without else "pipeline.done_no_opinion", language, n=number(without, 0, language))
    return [text("pipeline.done_decided", language, **{k: number(n, 0, language) for k, n in counts.items()}, opinion=opinion)]
