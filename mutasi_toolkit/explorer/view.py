"""The explorer's controls (ipywidgets) around `Session`: a change of any of them solves again and redraws."""

from __future__ import annotations

import time
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import MutasiError
from mutasi_toolkit.explorer import pages
from mutasi_toolkit.explorer.session import Choices, Session, State, choices_of, with_decision
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.workload import rumpun_of_units

#: Greatest value of each weight's slider, and its step.
WEIGHT_RANGE = {"beban": (50.0, 1.0), "kecocokan": (50.0, 1.0), "pengetahuan": (20.0, 0.5), "gangguan": (20.0, 0.5), "pindah": (20.0, 0.5)}
#: Demand of a rumpun, in percent.
DEMAND_RANGE = (-30, 50, 5)
DECISIONS = ("tetap", "harus", "tolak", "bebas")


class View:
    """The page of one session.

    Parameters
    ----------
    cycle : Cycle
    folder : Path or None
        The cycle's folder, where scenarios are saved; None: saving is off.
    language : str
    """

    def __init__(self, cycle: Cycle, folder: Path | None, language: str = "id") -> None:
        self.session, self.folder, self.language = Session(cycle), folder, language
        self.start = choices_of(cycle)
        self.choices: Choices = self.start
        self.state: State | None = None
        self._controls(cycle)
        self.out = {name: widgets.HTML() for name in ("summary", "bars", "skills", "moves", "tried", "status")}
        self.page = self._layout(cycle)
        self.redraw()

    def _t(self, key: str, **values: object) -> str:
        return text(f"explorer.{key}", self.language, **values)

    def _controls(self, cycle: Cycle) -> None:
        wide = {"description_width": "170px"}
        box = widgets.Layout(width="430px")
        self.weights = {
            name: widgets.FloatSlider(value=value, min=0.0, max=max(WEIGHT_RANGE[name][0], value), step=WEIGHT_RANGE[name][1], continuous_update=False, readout_format=".4", description=self._t(f"weight_{name}"), style=wide, layout=box)
            for name, value in self.start.bobot
            if name in WEIGHT_RANGE
        }
        most = max(60, 2 * (self.start.pindah or len(cycle.pegawai) // 25))
        self.budget = widgets.IntSlider(value=self.start.pindah if self.start.pindah is not None else most, min=0, max=most, continuous_update=False, description=self._t("budget"), style=wide, layout=box)
        demand = dict(self.start.permintaan)
        self.demand = {
            name: widgets.IntSlider(value=round(100 * demand.get(name, 0.0)), min=DEMAND_RANGE[0], max=DEMAND_RANGE[1], step=DEMAND_RANGE[2], continuous_update=False, description=str(name), style=wide, layout=box)
            for name in sorted(rumpun_of_units(cycle).dropna().unique())
        }
        self.guarantees = {name: widgets.Checkbox(value=value, description=self._t(f"guarantee_{name}"), indent=False) for name, value in self.start.jaminan}
        for control in (*self.weights.values(), self.budget, *self.demand.values(), *self.guarantees.values()):
            control.observe(self._changed, names="value")
        self.person = widgets.Combobox(options=tuple(cycle.pegawai["pegawai_id"]), placeholder=self._t("person"), ensure_option=True)
        self.decision = widgets.Dropdown(options=[(self._t(f"decide_{d}"), d) for d in DECISIONS], description=self._t("decide"))
        self.apply = widgets.Button(description=self._t("apply"))
        self.apply.on_click(self._decide)
        self.name = widgets.Text(placeholder=self._t("name"))
        self.saving = widgets.Button(description=self._t("save"), disabled=self.folder is None)
        self.saving.on_click(self._save)

    def _layout(self, cycle: Cycle) -> widgets.VBox:
        head = f"<h2>{escape(self._t('title', name=cycle.settings.nama, cycle=cycle.settings.siklus))}</h2>"
        head += f"<p><b>{escape(self._t('synthetic'))}</b></p>" if cycle.settings.sintetis else ""
        head += f"<p>{escape(self._t('how'))}</p>"
        folds = widgets.Accordion(children=[widgets.VBox([*self.weights.values(), self.budget]), widgets.VBox(list(self.demand.values())), widgets.VBox(list(self.guarantees.values()))], titles=(self._t("weights"), self._t("demand"), self._t("guarantees")), selected_index=0)
        decide = widgets.VBox([self.person, self.decision, self.apply])
        save = widgets.HBox([self.name, self.saving])
        left = widgets.VBox([folds, decide, save, self.out["status"]], layout=widgets.Layout(width="470px", flex="0 0 auto"))
        tabs = widgets.Tab(children=[self.out["bars"], self.out["skills"], self.out["moves"], self.out["tried"]], titles=tuple(self._t(f"tab_{n}") for n in ("bars", "skills", "moves", "tried")))
        right = widgets.VBox([self.out["summary"], tabs], layout=widgets.Layout(flex="1 1 560px", min_width="0"))
        return widgets.VBox([widgets.HTML(head), widgets.HBox([left, right], layout=widgets.Layout(flex_flow="row wrap"))])

    def read(self) -> Choices:
        """The choices that the controls show."""
        return Choices(
            bobot=tuple((name, control.value) for name, control in self.weights.items()),
            pindah=self.budget.value,
            permintaan=tuple((name, control.value / 100) for name, control in self.demand.items()),
            jaminan=tuple((name, control.value) for name, control in self.guarantees.items()),
            tetap=self.choices.tetap, harus=self.choices.harus, tolak=self.choices.tolak,
        )  # fmt: skip

    def redraw(self) -> None:
        """Solve under the present choices and show everything anew; a refusal is told in one line."""
        self.out["status"].value = f"<p>{escape(self._t('solving'))}</p>"
        begun = time.perf_counter()
        choices = self.read()
        try:
            self.state = self.session.solve(choices)
        except MutasiError as error:
            self.tell(str(error))
            return
        self.choices = choices
        state, language = self.state, self.language
        self.out["summary"].value = pages.summary(state, language)
        self.out["bars"].value = pages.bars(state, language)
        self.out["skills"].value = pages.skill_map(state, language)
        self.out["moves"].value = pages.moves(state.moves, language)
        self.out["tried"].value = pages.tried(self.session.seen(), state, language)
        decided = len(choices.tetap) + len(choices.harus) + len(choices.tolak)
        took = self._t("solved", s=number(time.perf_counter() - begun, 1, language))
        self.tell(f"{took}. {self._t('decided', n=decided)}")

    def tell(self, line: str) -> None:
        """One line under the controls."""
        self.out["status"].value = f"<p role='status'>{escape(line)}</p>"

    def _changed(self, _: Any) -> None:
        self.redraw()

    def _decide(self, _: Any) -> None:
        person, before = self.person.value, self.choices
        if not person or self.state is None:
            return
        seat = self.state.moves.set_index("pegawai_id")["jabatan_tujuan"].get(person)
        try:
            self.choices = with_decision(self.choices, person, self.decision.value, seat)
            self.redraw()
        except MutasiError as error:
            self.choices = before
            self.tell(str(error))

    def _save(self, _: Any) -> None:
        if self.folder is None:
            return
        try:
            place = self.session.save(self.choices, self.name.value.strip(), self.folder)
        except (MutasiError, OSError) as error:
            self.tell(str(error))
            return
        self.tell(self._t("saved", place=place, cycle=self.folder, name=self.name.value.strip()))
