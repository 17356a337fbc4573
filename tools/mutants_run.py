"""Run tests against changed code fast: everything is imported once, each change is tried in a fork of that process.

The process that imports the project first notes which functions every test calls (each test in a fork of its own), so that a change is
tried by the tests that reach it, quickest first, and by no others. The changed file is compiled in the fork and its functions get the new
code; code that runs while modules are imported is changed in a process that has not imported the project yet.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mutasi_toolkit"
LIBRARIES = (
    "numpy", "pandas", "scipy.sparse", "scipy.special", "scipy.optimize", "scipy.stats", "pydantic", "yaml", "openpyxl", "networkx", "numba",
    "python_calamine", "xlsxwriter", "hypothesis", "inequality", "highspy", "igraph", "matplotlib.pyplot",
)  # fmt: skip
#: A test that needs more processor seconds than this is not asked; the second time, not one that needs more than `SLOWER`.
SLOW, SLOWER = 4.0, 20.0
#: Processor seconds of tests (while their calls are noted, so less when they run), quickest first, that a change is tried with before it counts as a survivor; the second time all that are left.
ENOUGH = 60.0
#: A changed test that takes more than so many times its noted processor seconds, and so many more, counts as one that does not end.
TIMES, MORE = 4.0, 3.0
KILLED, SURVIVED, LATE, UNREACHED, AGAIN, UNCLEAR = "killed", "survived", "late", "unreached", "again", "unclear"
#: A function of the project: file, qualified name, first line.
Key = tuple[str, str, int]


@dataclass
class Seen:
    """What a test needs and touches."""

    seconds: float
    calls: set[Key]


@dataclass(eq=False)
class Board:
    """The plugin that stands inside pytest: collects once, then hands the tests to `act`."""

    act: Callable[[Board], None]
    items: list[Any] = field(default_factory=list)
    failed: str = ""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """A failing case is not made smaller: one failure is enough."""
        from hypothesis import Phase, settings

        settings.register_profile("mutants", parent=settings(), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Take over from pytest."""
        self.items = session.items
        self.act(self)
        return True

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember a failure."""
        if report.failed:
            self.failed = report.nodeid

    def passes(self, items: list[Any], most: list[float] | None = None) -> bool:
        """Run tests up to the first that fails; the process ends in one that takes more processor seconds than its `most`."""
        for item, after, seconds in zip(items, [*items[1:], None], most or [0.0] * len(items), strict=True):
            if seconds:
                signal.setitimer(signal.ITIMER_PROF, seconds)
                signal.alarm(20 * (int(seconds) + 1))
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            if self.failed:
                return False
        return True


def load_libraries(jit: bool) -> None:
    """Import what every test run imports, but nothing of the project: children start from here."""
    os.environ |= dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PYTHONDONTWRITEBYTECODE"), "1")
    os.environ |= {"NUMBA_DISABLE_JIT": "0" if jit else "1", "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    sys.dont_write_bytecode = True
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def in_child(work: Callable[[Callable[[Any], None]], None], seconds: float) -> Iterator[Any]:
    """What `work` says (through its argument, as JSON) in a fork that may use so many processor seconds; the last is {'status': code}."""
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(out)
        os.setsid()
        _limits(seconds)
        with open(os.devnull, "w") as nothing, os.fdopen(into, "w") as told:  # noqa: PTH123
            for stream in (1, 2):
                os.dup2(nothing.fileno(), stream)

            def tell(what: Any) -> None:
                told.write(json.dumps(what) + "\n")
                told.flush()

            try:
                work(tell)
            except BaseException as problem:
                tell({"problem": repr(problem)})
            os._exit(0)
    os.close(into)
    with os.fdopen(out) as heard:
        yield from (json.loads(line) for line in heard)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    yield {"status": os.waitstatus_to_exitcode(status)}


def _limits(seconds: float) -> None:
    """A child ends after so many processor seconds, or twenty times that by the clock, and cannot fill the memory."""
    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    most = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    if seconds < 1e6:
        signal.alarm(20 * most)


def ask(tests: list[str], act: Callable[[Board], None], *more: str) -> None:
    """Collect tests in this process and let `act` run them."""
    os.chdir(ROOT)
    base = tempfile.mkdtemp(prefix="mutants-")
    pytest.main(["-q", "-s", "--doctest-modules", "-p", "no:xdist", "-W", "ignore::pytest.PytestAssertRewriteWarning", f"--basetemp={base}", *more, *tests], plugins=[Board(act)])


class Calls:
    """Notes which functions of the project are called while it is open."""

    def __init__(self) -> None:
        self.keys: set[Key] = set()
        self._codes: set[types.CodeType] = set()

    def __enter__(self) -> Calls:
        sys.settrace(self._see)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self.keys = {key_of(code) for code in self._codes if code.co_filename.startswith(str(PACKAGE))}

    def _see(self, frame: types.FrameType, event: str, arg: object) -> None:  # noqa: ARG002
        self._codes.add(frame.f_code)


def key_of(code: types.CodeType) -> Key:
    """The function a code belongs to."""
    return str(Path(code.co_filename).relative_to(ROOT)), code.co_qualname, code.co_firstlineno


def codes_in(code: types.CodeType) -> Iterator[types.CodeType]:
    """All codes inside a code."""
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield inner
            yield from codes_in(inner)


def code_of(tree: ast.Module, path: Path) -> types.CodeType:
    """The code of a file."""
    return compile(tree, str(path), "exec", dont_inherit=True)


class Warm:
    """The project imported, its tests collected, and what each of them calls."""

    def __init__(self, board: Board, early: set[Key], notes: Path, own: list[str], again: bool = False) -> None:
        self.board, self.early, self.notes, self.own, self.again = board, early, notes, set(own), again
        self.slow = SLOWER if again else SLOW
        gc.collect()
        self.functions: dict[Key, list[types.FunctionType]] = {}
        for thing in gc.get_objects():
            if isinstance(thing, types.FunctionType) and thing.__code__.co_filename.startswith(str(PACKAGE)):
                self.functions.setdefault(key_of(thing.__code__), []).append(thing)
        gc.freeze()
        self.seen = self._look()

    def _look(self) -> dict[str, Seen]:
        """Run every test once; what a test called is kept on disk for as long as the package and the test's file stay the same."""
        known = json.loads(self.notes.read_text()) if self.notes.is_file() else {}
        seen, saved = {}, time.monotonic()
        for item in self.board.items:
            mark = hashlib.sha256(Path(item.path).read_bytes()).hexdigest()
            told = known.get(item.nodeid, {})
            if told.get("mark") != mark or (not told["passes"] and told.get("slow", SLOW) < self.slow):
                said = list(in_child(lambda tell, item=item: self._call(item, tell), self.slow))
                if time.monotonic() > saved + 20:
                    self.notes.write_text(json.dumps(known))
                    saved = time.monotonic()
                known[item.nodeid] = {"mark": mark, "passes": False, "slow": self.slow} | (said[0] if "passes" in said[0] else {})
            found = known[item.nodeid]
            if found["passes"] and found["seconds"] <= self.slow + 1:
                seen[item.nodeid] = Seen(found["seconds"], {tuple(k) for k in found["calls"]})
        self.notes.write_text(json.dumps(known))
        return seen

    def _call(self, item: Any, tell: Callable[[Any], None]) -> None:
        with Calls() as calls:
            passes = self.board.passes([item])
        tell({"passes": passes, "seconds": time.process_time(), "calls": sorted(calls.keys)})

    def reaching(self, key: Key | None) -> list[Any]:
        """Tests that call a function, quickest first."""
        found = [i for i in self.board.items if i.nodeid in self.seen and (key is None or key in self.seen[i.nodeid].calls)]
        return sorted(found, key=lambda i: self.seen[i.nodeid].seconds)

    def touching(self, name: str) -> list[Any]:
        """All tests, those that call something of the file first."""
        return sorted(self.reaching(None), key=lambda i: all(k[0] != name for k in self.seen[i.nodeid].calls))

    def some(self, items: list[Any]) -> list[Any]:
        """Those of the room's own quick tests that `ENOUGH` seconds allow, in order, at least one; the second time all others."""
        spent, first = 0.0, []
        for item in items:
            seconds = self.seen[item.nodeid].seconds
            if item.nodeid.split("::")[0] in self.own and seconds <= SLOW + 1 and (not first or spent + seconds <= ENOUGH):
                spent += seconds
                first.append(item)
        return [i for i in items if i not in first] if self.again else first

    def fate(self, path: Path, tree: ast.Module, key: Key | None) -> dict[str, Any]:
        """What becomes of a changed file whose change stands in the function `key` (None: outside of all functions)."""
        name = str(path.relative_to(ROOT))
        early = key is None or key in self.early
        items = self.some(self.touching(name) if early else self.reaching(key))
        if items and early:
            return self._anew(items)
        if not items:
            return {"fate": UNREACHED}
        code = code_of(tree, path)
        fresh = {key_of(c): c for c in codes_in(code)}

        def work(tell: Callable[[Any], None]) -> None:
            try:
                for where, functions in self.functions.items():
                    for function in functions if where[0] == name else []:
                        function.__code__ = fresh[where]
            except (ValueError, KeyError):
                tell(self._anew(items))
                return
            tell({"fate": SURVIVED} if self.board.passes(items, self.each(items)) else {"fate": KILLED, "by": self.board.failed})

        return _ending(in_child(work, self.limit(items)))

    def _anew(self, items: list[Any]) -> dict[str, Any]:
        """Word that the tests have to run in a process that imports the changed file anew, which takes some seconds more."""
        return {"fate": AGAIN, "tests": [i.nodeid for i in items], "limit": 30 + self.limit(items), "each": self.each(items)}

    def each(self, items: list[Any]) -> list[float]:
        """Processor seconds that each changed test may take."""
        return [MORE + TIMES * self.seen[i.nodeid].seconds for i in items]

    def limit(self, items: list[Any]) -> float:
        """Processor seconds a changed run may take."""
        return 10 + sum(self.each(items))


def _ending(said: Iterable[Any]) -> dict[str, Any]:
    told = list(said)
    if "fate" in told[0]:
        return dict(told[0])
    if "problem" in told[0]:
        return {"fate": KILLED}
    return {"fate": LATE if told[-1]["status"] < 0 else UNCLEAR}


class _Changed(importlib.abc.MetaPathFinder):
    """Serves one module from a changed code."""

    def __init__(self, name: str, code: types.CodeType) -> None:
        self.name, self.code = name, code

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self.name:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert isinstance(spec.loader, importlib.machinery.SourceFileLoader)
        spec.loader.get_code = lambda _: self.code  # type: ignore[method-assign]
        return spec


def cold(path: Path, tree: ast.Module, tests: list[str], seconds: float, each: list[float] | None = None) -> dict[str, Any]:
    """What becomes of a changed file in a process that imports it anew; `seconds` for all, `each` of the tests."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    order = {nodeid: place for place, nodeid in enumerate(tests)}

    def work(tell: Callable[[Any], None]) -> None:
        sys.meta_path.insert(0, _Changed(name, code_of(tree, path)))

        def act(board: Board) -> None:
            items = sorted((i for i in board.items if i.nodeid in order), key=lambda i: order[i.nodeid])
            whole = len(items) == len(order)
            tell({"fate": SURVIVED} if whole and board.passes(items, each) else {"fate": KILLED, "by": board.failed or "collection"})

        # pytest loads files named to it, as those with doctests are, by a loader of its own that rewrites asserts
        ask(sorted({t.split("::")[0] for t in tests}), act, "--assert=plain")
        tell({"fate": KILLED, "by": "collection"})

    return _ending(in_child(work, seconds))


def notes_of() -> Path:
    """Where the calls of the tests are kept: a file for the package as it is."""
    files = [p for folder in ("mutasi_toolkit", "data/parameters", "data/cycles") for p in sorted((ROOT / folder).rglob("*")) if p.suffix in {".py", ".yaml", ".csv"}]
    stamp = hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:16]
    jit = os.environ.get("NUMBA_DISABLE_JIT", "0")
    return Path(tempfile.gettempdir()) / f"mutants-{stamp}-{jit}.json"
