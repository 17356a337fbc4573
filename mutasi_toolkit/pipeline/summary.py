"""The few lines a run ends with: what was proposed, how good it is proved to be, where to look."""

from __future__ import annotations

from mutasi_toolkit.locale import number, text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.run import Outcome
from mutasi_toolkit.report.opened import read_tables


def summary_lines(outcome: Outcome, language: str) -> list[str]:
    """Lines about one scenario, read from its run folder.

    Special cases: a failed scenario gives its error; an unchanged one says so before the rest.
    """
    if outcome.error is not None:
        return [text("pipeline.failed", language, what=outcome.scenario, why=str(outcome.error))]
    plan = read_json(outcome.place / "plan.json")
    manifest = read_json(outcome.place / "manifest.json")
    summary = (
        read_tables(outcome.place / "tables")["ringkasan"].set_index("kunci")["nilai"].astype(float)
    )

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
    lines.append(text("pipeline.done_where", language, place=str(outcome.place)))
    if manifest["settings"]["sintetis"]:
        lines.append(text("pipeline.synthetic", language))
    return lines
