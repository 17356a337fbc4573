"""How many small faults the tests of a module notice: change one thing, run that module's tests, count.

    python tools/mutants.py workload rules --sample 60 --seed 1

A mutant is the module with one comparison turned, one operator exchanged, one constant moved, one condition negated, one
argument of and/or dropped, or one returned value lost. It is killed when the module's tests fail, and survives when they pass.
Text that people read (docstrings, messages, annotations) is not mutated, nor lines marked '# no mutant'. The sample is drawn by
the seed from all mutants of the module. Tests are those named `tests/test_<module>*.py` and `tests/test_<alias>*.py`, and the module's doctests.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mutasi_toolkit"
#: Tests of a room that do not bear its name.
ALSO = {"schema": ["test_check*.py", "test_cycle*.py"], "assignment": ["test_verify*.py", "test_planning.py"]}
COMPARE = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATE = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Pow: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change: the file, the place of the changed node in `ast.walk`, which of its changes, the line, and what was changed."""

    path: Path
    node: int
    change: int
    line: int
    what: str

    def text(self) -> str:
        """The file's text with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        node = list(ast.walk(tree))[self.node]
        _changes(node)[self.change][1](node)
        return ast.unparse(ast.fix_missing_locations(tree))


def candidates(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    quiet = {i for i, line in enumerate(source.splitlines(), 1) if "# no mutant" in line}
    dead = {id(n) for node in ast.walk(tree) for part in _unread(node) for n in ast.walk(part)}
    found = []
    for number, node in enumerate(ast.walk(tree)):
        line = getattr(node, "lineno", 0)
        if line not in quiet and id(node) not in dead:
            found += [Mutant(path, number, k, line, what) for k, (what, _) in enumerate(_changes(node))]
    return found


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    """What is never computed: docstrings, annotations, type-checking blocks, messages, names to export."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node
    for name in ("annotation", "returns"):
        if getattr(node, name, None) is not None:
            yield getattr(node, name)
    if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
        yield node
    if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and (t.id == "__all__" or (t.id[0].isupper() and isinstance(node.value, ast.Subscript))) for t in node.targets):
        yield node
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield from node.decorator_list
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"text", "TypeVar", "cast"}:
        yield node
    if isinstance(node, (ast.Raise, ast.Assert)):
        yield node


def _changes(node: ast.AST) -> list[tuple[str, Callable[[Any], None]]]:
    out: list[tuple[str, Callable[[Any], None]]] = []
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in COMPARE:
        to = COMPARE[type(node.ops[0])]
        out.append((f"{type(node.ops[0]).__name__} -> {to.__name__}", lambda n, to=to: n.ops.__setitem__(0, to())))
    if isinstance(node, (ast.BinOp, ast.AugAssign)) and type(node.op) in OPERATE:
        to = OPERATE[type(node.op)]
        out.append((f"{type(node.op).__name__} -> {to.__name__}", lambda n, to=to: setattr(n, "op", to())))
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        out.append((f"{node.value} -> {not node.value}", lambda n: setattr(n, "value", not n.value)))
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        out.append((f"{node.value} -> {node.value + 1}", lambda n: setattr(n, "value", n.value + 1)))
    if isinstance(node, (ast.If, ast.IfExp)):
        out.append(("condition negated", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))))
    if isinstance(node, ast.BoolOp):
        to = ast.Or if isinstance(node.op, ast.And) else ast.And
        out.append((f"{type(node.op).__name__} -> {to.__name__}", lambda n, to=to: setattr(n, "op", to())))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub, ast.Invert)):
        out.append((f"{type(node.op).__name__} dropped", lambda n: _bare(n)))
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        out.append(("return None", lambda n: setattr(n, "value", ast.Constant(None))))
    return out


def _bare(node: ast.UnaryOp) -> None:
    """Take the operator's effect away: - and ~ become +, not becomes not not."""
    if isinstance(node.op, ast.Not):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    else:
        node.op = ast.UAdd()


def tests_of(module: str) -> list[str]:
    """Test files of a module (a room of the package, or room/file)."""
    room, _, rest = module.partition("/")
    patterns = [f"test_{room}_{rest}*.py"] if rest and list((ROOT / "tests").glob(f"test_{room}_{rest}*.py")) else [f"test_{room}*.py", *ALSO.get(room, [])]
    return sorted({str(p.relative_to(ROOT)) for pattern in patterns for p in (ROOT / "tests").glob(pattern)})


def sources_of(module: str) -> list[Path]:
    """Files of a module."""
    place = PACKAGE / module
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def survives(mutant: Mutant, copy_of: Path, tests: list[str], limit: float) -> bool:
    """Whether the tests pass with the mutant in place."""
    target = copy_of / mutant.path.relative_to(ROOT)
    before = target.read_bytes()
    target.write_text(mutant.text(), encoding="utf-8")
    try:
        near = sorted(tests, key=lambda t: mutant.path.stem not in t)
        return run(copy_of, [str(target.relative_to(copy_of)), *near], limit)
    finally:
        target.write_bytes(before)


def run(where: Path, tests: list[str], limit: float) -> bool:
    """Run tests in a copy of the project, in a child that starts with the slow libraries loaded; longer than `limit` seconds is failed."""
    child = os.fork()
    if child == 0:
        os.chdir(where)
        sys.path.insert(0, str(where))
        with open(os.devnull, "w") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
            os._exit(int(pytest.main(["-x", "-q", "--doctest-modules", *tests])))
    ends = time.monotonic() + limit
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def load_libraries() -> None:
    """Import what every test run imports, but nothing of the package: children start from here."""
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    sys.dont_write_bytecode = True
    sys.path[:] = [p for p in sys.path if Path(p or ".").resolve() != ROOT]
    for name in ("numpy", "pandas", "scipy.sparse", "scipy.special", "pydantic", "yaml", "openpyxl", "networkx", "numba", "python_calamine", "xlsxwriter"):
        with suppress(ImportError):
            importlib.import_module(name)


def score(module: str, sample: int, seed: int, budget: float) -> tuple[int, list[Mutant], int]:
    """Mutants tried, those that survived, and how many there are in all."""
    every = [m for path in sources_of(module) for m in candidates(path)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    tests = tests_of(module)
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "project"
        shutil.copytree(ROOT, where, ignore=shutil.ignore_patterns(".git", ".venv*", "runs", ".mypy_cache", ".ruff_cache"))
        begun = time.monotonic()
        if not run(where, [*tests, *(str(p.relative_to(ROOT)) for p in sources_of(module))], 3600):
            raise SystemExit(f"{module}: the tests fail without any change: {' '.join(tests)}")
        limit = 3 * (time.monotonic() - begun) + 10
        begun = time.monotonic()
        tried, lived = 0, []
        for mutant in chosen:
            if time.monotonic() - begun > budget:
                break
            tried += 1
            if survives(mutant, where, tests, limit):
                lived.append(mutant)
                sys.stdout.write(f"  survived {mutant.path.relative_to(PACKAGE)}:{mutant.line} {mutant.what}\n")
                sys.stdout.flush()
    return tried, lived, len(every)


def main() -> int:
    """Print the score of every module named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=["workload", "rules"], help="rooms of the package, or room/file")
    parser.add_argument("--sample", type=int, default=60, help="mutants of each module (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="most time for each module")
    options = parser.parse_args()
    load_libraries()
    for module in options.modules:
        tried, lived, every = score(module, options.sample, options.seed, 60 * options.minutes)
        share = 100 * (tried - len(lived)) / max(1, tried)
        sys.stdout.write(f"{module}: {tried - len(lived)} of {tried} killed ({share:.0f} %), sampled from {every}, seed {options.seed}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
