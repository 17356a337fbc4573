"""The explorer's page as HTML: key figures, bars per OPD, map of skills, moves, points tried; every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from mutasi_toolkit.locale import number, percent, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mutasi_toolkit.explorer.session import State

#: Key figures in the order shown, with their digits.
FIGURES = {"mutasi": 0, "selisih": 1, "pengetahuan": 1, "celah": 0, "tunggal": 0}
STYLE = """<style>
.mx{font-family:system-ui,sans-serif;color:#1b1b1b;line-height:1.25}.mx table{border-collapse:collapse;font-size:13px}
.mx th{text-align:left;font-weight:600;padding:2px 8px;border-bottom:1px solid #999}.mx td{padding:2px 8px;border-bottom:1px solid #e3e3e3}
.mx td.n{text-align:right;font-variant-numeric:tabular-nums}.mx .cards{display:flex;flex-wrap:wrap;gap:10px;margin:6px 0 10px}
.mx .card{border:1px solid #bbb;border-radius:6px;padding:8px 12px;min-width:104px}.mx .card b{display:block;font-size:20px}
.mx .bar{height:9px;display:block;border-radius:2px}.mx .was{background:#b9b9b9}.mx .now{background:#1f5f8b}
.mx .skills td{width:22px;height:20px;text-align:center;padding:0;border:1px solid #fff;font-size:11px}
.mx .skills th{white-space:nowrap;font-weight:400;font-size:12px}.mx .skills th.s{height:170px;border:0;padding:0 4px;vertical-align:bottom}
.mx .skills th.s span{writing-mode:vertical-rl;transform:rotate(180deg);font-weight:400}
.mx .ok{background:#d7e6f1}.mx .one{background:#f3e2a9}.mx .short{background:#c0504d;color:#fff;font-weight:600}.mx .scroll{overflow-x:auto}
.jupyter-widget-Collapse-header,.lm-TabBar-tabLabel{color:#1b1b1b!important}
</style>"""


def summary(state: State, language: str = "id") -> str:
    """Cards of the key figures, each with its value before; `data-key` and `data-value` carry the plain number."""
    cards = [_card("mutasi", state.figures["mutasi"], None, language)]
    cards += [_card(k, state.figures[f"{k}_sesudah"], state.figures[f"{k}_sebelum"], language) for k in ("selisih", "celah", "tunggal")]
    cards.append(_card("pengetahuan", state.figures["pengetahuan"], None, language))
    proof = text(
        "explorer.proof", language, objective=number(state.plan.objective, 3, language), bound=number(state.plan.bound, 3, language),
        gap=percent(state.plan.gap, 2, language),
    )  # fmt: skip
    return f"{STYLE}<div class='mx'><div class='cards'>{''.join(cards)}</div><p>{escape(proof)}</p></div>"


def _card(key: str, value: float, before: float | None, language: str) -> str:
    digits = FIGURES[key]
    was = "" if before is None else f"<small>{escape(text('explorer.was', language, n=number(before, digits, language)))}</small>"
    label = escape(text(f"explorer.figure_{key}", language))
    shown = number(value, digits, language)
    return f"<div class='card'><span>{label}</span><b data-key='{key}' data-value='{value!r}'>{shown}</b>{was}</div>"


def bars(state: State, language: str = "id") -> str:
    """Two bars per OPD: the sum of |selisih| before and after; the largest before comes first."""
    table = state.opd.sort_values(["selisih_mutlak_sebelum", "nama"], ascending=[False, True])
    most = max(1e-9, float(table[["selisih_mutlak_sebelum", "selisih_mutlak_sesudah"]].to_numpy().max(initial=0.0)))
    rows = []
    for opd_id, row in table.iterrows():
        was, now = float(row["selisih_mutlak_sebelum"]), float(row["selisih_mutlak_sesudah"])
        lines = "".join(f"<span class='bar {k}' style='width:{100 * v / most:.1f}%'></span>" for k, v in (("was", was), ("now", now)))
        numbers = f"<td class='n'>{number(was, 1, language)}</td><td class='n'>{number(now, 1, language)}</td>"
        rows.append(f"<tr data-opd='{escape(str(opd_id))}'><td>{escape(str(row['nama']))}</td><td style='width:260px'>{lines}</td>{numbers}</tr>")
    head = "".join(f"<th>{escape(text(f'explorer.bars_{k}', language))}</th>" for k in ("opd", "bars", "before", "after"))
    return f"{STYLE}<div class='mx scroll'><table><tr>{head}</tr>{''.join(rows)}</table></div>"


def skill_map(state: State, language: str = "id") -> str:
    """OPDs x skills that somebody needs: short (red, how many are missing), one holder, enough."""
    table = state.coverage
    skills = sorted(table["keahlian"].unique())
    cell = {(r.opd_id, r.keahlian): r for r in table.itertuples()}
    head = "".join(f"<th class='s'><span>{escape(str(s))}</span></th>" for s in skills)
    rows = []
    for opd in state.opd.index:
        cells = "".join(_cell(cell.get((opd, s)), language) for s in skills)
        if "class" in cells:
            rows.append(f"<tr><th>{escape(str(state.opd.loc[opd, 'nama']))}</th>{cells}</tr>")
    legend = "".join(f"<span class='{k}' style='padding:1px 8px;margin-right:8px'>{escape(text(f'explorer.map_{k}', language))}</span>" for k in ("short", "one", "ok"))
    return f"{STYLE}<div class='mx scroll'><p>{legend}</p><table class='skills'><tr><th></th>{head}</tr>{''.join(rows)}</table></div>"


def _cell(row: object, language: str) -> str:
    if row is None:
        return "<td></td>"
    need, was, now = row.dibutuhkan, row.pemegang_sebelum, row.pemegang_sesudah  # type: ignore[attr-defined]
    kind = "short" if now < need else "one" if now == 1 else "ok"
    title = escape(text("explorer.cell", language, need=need, was=was, now=now))
    mark = str(need - now) if kind == "short" else "" if was == now else "+" if now > was else "−"
    return f"<td class='{kind}' title='{title}'>{mark}</td>"


def moves(table: pd.DataFrame, language: str = "id") -> str:
    """One row per move."""
    if table.empty:
        return f"<div class='mx'>{escape(text('explorer.no_moves', language))}</div>"
    head = "".join(f"<th>{escape(text(f'explorer.moves_{k}', language))}</th>" for k in ("person", "from", "to"))
    rows = [
        f"<tr><td>{escape(str(r.pegawai_id))}</td><td>{_place(r.nama_asal, r.unit_asal, r.opd_asal)}</td><td>{_place(r.nama_tujuan, r.unit_tujuan, r.opd_tujuan)}</td></tr>"
        for r in table.itertuples()
    ]
    return f"{STYLE}<div class='mx scroll'><table><tr>{head}</tr>{''.join(rows)}</table></div>"


def _place(*names: object) -> str:
    return ", ".join(escape(str(n)) for n in dict.fromkeys(map(str, names)))


def tried(states: Sequence[State], current: State, language: str = "id") -> str:
    """Points tried so far: moves against the sum of |selisih|; the present one is filled, those that no other beats are ringed."""
    x = [s.figures["mutasi"] for s in states]
    y = [s.figures["selisih_sesudah"] for s in states]
    wide, high = max([*x, 1.0]) * 1.1, (min(y) * 0.98, max([*y, current.figures["selisih_sebelum"]]) * 1.01)
    px = [60 + 500 * v / wide for v in x]
    py = [20 + 200 * (high[1] - v) / max(high[1] - high[0], 1e-9) for v in y]
    dots = []
    for k, state in enumerate(states):
        beaten = any((x[j] <= x[k] and y[j] <= y[k]) and (x[j] < x[k] or y[j] < y[k]) for j in range(len(states)))
        fill = "#1f5f8b" if state is current else "#ffffff"
        edge = "#b9b9b9" if beaten else "#1b1b1b"
        label = escape(text("explorer.point", language, moves=number(x[k], 0, language), gap=number(y[k], 1, language)))
        dots.append(f"<circle cx='{px[k]:.1f}' cy='{py[k]:.1f}' r='6' fill='{fill}' stroke='{edge}' stroke-width='2'><title>{label}</title></circle>")
    axes = "<line x1='60' y1='220' x2='570' y2='220' stroke='#777'/><line x1='60' y1='20' x2='60' y2='220' stroke='#777'/>"
    ticks = "".join(f"<text x='{60 + 500 * f:.0f}' y='238' font-size='12' text-anchor='middle'>{number(wide * f, 0, language)}</text>" for f in (0.0, 0.5, 1.0))
    ticks += "".join(f"<text x='54' y='{20 + 200 * f + 4:.0f}' font-size='12' text-anchor='end'>{number(high[1] - f * (high[1] - high[0]), 0, language)}</text>" for f in (0.0, 0.5, 1.0))
    names = f"<text x='315' y='258' font-size='12' text-anchor='middle'>{escape(text('explorer.figure_mutasi', language))}</text>"
    names += f"<text x='66' y='14' font-size='12'>{escape(text('explorer.figure_selisih', language))}</text>"
    title = escape(text("explorer.tried", language, n=number(len(states), 0, language)))
    return f"{STYLE}<div class='mx'><svg role='img' aria-label='{title}' viewBox='0 0 600 265' width='600' style='max-width:100%'>{axes}{ticks}{names}{''.join(dots)}</svg><p>{title}</p></div>"
