"""How many small faults the tests of a module notice: change one thing, run the tests that reach it, count.

    python tools/mutants.py workload rules --sample 60 --seed 1

A mutant is the module with one comparison turned, one operator exchanged, one constant moved, one condition negated, one
argument of and/or dropped, or one returned value lost. It is killed when a test fails or does not end, and survives when all pass.
Text that people read (docstrings, messages, annotations) is not mutated, nor what only guards (raise, assert, zip's strict), nor constants that only steer (STEERING), nor lines marked '# no mutant'. The sample is drawn by
the seed from all mutants of the module. Tests are those of the module's test files and its doctests that call the changed function
(mutants_run.py), quickest first, up to 60 processor seconds in all; those that need more than 4 are not asked. With --again the survivors get a second chance:
all test files that import the package, and tests of up to 20 processor seconds. Rooms that hold compiled kernels run uncompiled.
"""

from __future__ import annotations

import argparse
import ast
import random
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mutasi_toolkit"
AUDIT = ["assignment/verify.py", "assignment/audit/*.py"]
SOLVER = [f"assignment/{name}.py" for name in (
    "build", "costs", "elastic", "exact", "grouped", "highs", "knapsack", "model", "network", "pairs", "plan", "prices", "problem", "prove",
    "relax", "resolve", "rows", "search", "segments", "simplex", "solve", "tie",
)]  # fmt: skip
KERNELS = [f"spread/{name}.py" for name in ("bitplanes", "cascade_bits", "cascade_skip", "contagions", "gains", "histories", "lanes", "moves", "outcome", "periods", "thresholds")]
#: Rooms that are a part of a folder: their files.
PARTS = {"verify": AUDIT, "solver": SOLVER, "kernels": KERNELS}
#: Test files of a room that do not bear its name.
ALSO = {
    "schema": ["test_check*.py", "test_cycle*.py"],
    "assignment": ["test_verify*.py", "test_planning.py"],
    "verify": ["test_assignment_verify.py", "test_rules_second.py", "test_rules_edges.py"],
    # Small exact tests, quick without compilation; `--again` asks all others.
    "solver": ["test_assignment_network.py", "test_assignment_limits.py", "test_what_if.py", "test_diagnose.py"],
    "kernels": ["test_spread_kernels.py", "test_spread_lanes.py", "test_spread_histories.py"],
}
#: Constants of modules that decide how long the way to a result is, and not the result; they are not changed.
STEERING = {
    "assignment/elastic.py": {"ROUGH": "how good one of many ways out must be", "ROUGH_NODES": "how long it is looked for"},
    "assignment/grouped.py": {"MOST_PRICES": "most prices tried", "MOST_ROUNDS": "most rounds of single moves"},
    "assignment/highs.py": {"NO_LIMIT": "seconds that no run takes"},
    "assignment/knapsack.py": {"MOST_CELLS": "larger models are bounded another way", "MOST_ROUNDS": "most rounds of pricing", "SMOOTHING": "which prices are tried next"},
    "assignment/network.py": {"MOST_PRICES": "most prices tried"},
    "assignment/prove.py": {"MOST_LEAVES": "largest tree built", "TRIES": "arcs tried before a branch"},
    "assignment/relax.py": {
        "SMALL": "larger models are begun with a part", "ENTER_EACH": "arcs that enter in one round", "ENTER_SHARE": "the same",
        "LARGE": "larger models leave the last of the bound to the branches", "NEAR": "how much of it",
    },
    "assignment/resolve.py": {"FIRST_SLACK": "arcs looked at first, more as the plan found asks", "RAY": "how fine a proof by duals is tried before all arcs are"},
    "assignment/search.py": {"LEAST_SLACK": "arcs looked at first, more as the plan found asks", "TIE_NODES": "how long equals are compared"},
    "assignment/simplex.py": {"LEAST_BLOCK": "arcs looked at before one enters", "PIVOTS": "pivots between two looks at the clock"},
}  # fmt: skip
#: Rooms whose tests run with compiled kernels, because none of the kernels is theirs.
COMPILED = {"workload", "rules", "skills", "schema", "verify"}
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
    #: The function it stands in: file, qualified name, first line; None outside of all functions.
    scope: tuple[str, str, int] | None = None

    @property
    def name(self) -> str:
        """File, line, column-wise place and change: the same in every run of the same sources."""
        where = self.path.relative_to(PACKAGE) if self.path.is_relative_to(PACKAGE) else self.path.name
        return f"{where}:{self.line} {self.what} [{self.node}]"

    def tree(self) -> ast.Module:
        """The file's syntax with the change."""
        tree = ast.parse(self.path.read_text(encoding="utf-8"))
        node = list(ast.walk(tree))[self.node]
        _changes(node)[self.change][1](node)
        return ast.fix_missing_locations(tree)

    def text(self) -> str:
        """The file's text with the change."""
        return ast.unparse(self.tree())


def candidates(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    quiet = {i for i, line in enumerate(source.splitlines(), 1) if "# no mutant" in line}
    steering = STEERING.get(str(path.relative_to(PACKAGE)), {}) if path.is_relative_to(PACKAGE) else {}
    dead = {id(n) for part in [*(p for node in ast.walk(tree) for p in _unread(node)), *_valued(tree, steering)] for n in ast.walk(part)}
    scopes = dict(_scopes(tree, "", None))
    name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
    found = []
    for number, node in enumerate(ast.walk(tree)):
        line = getattr(node, "lineno", 0)
        if line not in quiet and id(node) not in dead:
            inside = scopes.get(id(node))
            scope = (name, *inside) if inside else None
            found += [Mutant(path, number, k, line, what, scope) for k, (what, _) in enumerate(_changes(node))]
    return found


def _scopes(node: ast.AST, prefix: str, scope: tuple[str, int] | None) -> Iterator[tuple[int, tuple[str, int] | None]]:
    """The innermost function of every node: its qualified name and first line."""
    for part in ast.iter_child_nodes(node):
        yield id(part), scope
        if isinstance(part, ast.FunctionDef):
            name = prefix + part.name
            inside = (name, min([part.lineno, *(d.lineno for d in part.decorator_list)]))
            for line in part.body:
                yield id(line), inside
                yield from _scopes(line, f"{name}.<locals>.", inside) if not isinstance(line, (ast.FunctionDef, ast.ClassDef)) else _scopes(ast.Module([line], []), f"{name}.<locals>.", inside)
            for outer in (part.args, *part.decorator_list):
                yield from _scopes(outer, prefix, scope)
        else:
            yield from _scopes(part, f"{prefix}{part.name}." if isinstance(part, ast.ClassDef) else prefix, scope)


def _valued(tree: ast.Module, names: Iterable[str]) -> Iterator[ast.AST]:
    """The values that a module gives to some names."""
    for line in tree.body:
        if isinstance(line, ast.Assign):
            target, value = line.targets[0], line.value
            pairs = zip(target.elts, value.elts, strict=True) if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) else [(target, value)]
            yield from (v for t, v in pairs if isinstance(t, ast.Name) and t.id in names)


def _unread(node: ast.AST) -> Iterator[ast.AST]:
    """What is never computed: docstrings, annotations, type-checking blocks, messages, names to export; and what only guards."""
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
    if isinstance(node, ast.keyword) and node.arg == "strict":
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
    if module in PARTS:
        return sorted(p for pattern in PARTS[module] for p in PACKAGE.glob(pattern))
    place = PACKAGE / module
    return sorted(place.rglob("*.py")) if place.is_dir() else [place.with_suffix(".py")]


def importers(module: str) -> list[str]:
    """Test files that import the package of a module, whatever their name."""
    room = module.split("/")[0]
    package = {"verify": "assignment", "solver": "assignment", "kernels": "spread"}.get(room, room)
    named = re.compile(rf"mutasi_toolkit\.{package}\b|from mutasi_toolkit import .*\b{package}\b")
    return sorted(str(p.relative_to(ROOT)) for p in (ROOT / "tests").glob("test_*.py") if named.search(p.read_text(encoding="utf-8")))


def run_room(module: str, mutants: list[Mutant], minutes: float, again: bool = False) -> Iterator[tuple[Mutant, str]]:
    """What becomes of each mutant, one after the other, as far as the time allows; `again` asks the tests that were not asked the first time."""
    import mutants_run as runs

    own = [*tests_of(module), *(str(p.relative_to(ROOT)) for p in sources_of(module))]
    tests = sorted({*own, *importers(module)}) if again else own

    def work(tell: Callable[[Any], None]) -> None:
        def act(board: runs.Board) -> None:
            noted.__exit__()
            warm = runs.Warm(board, noted.keys, runs.notes_of(), own, again)
            tell({"tests": len(warm.seen), "of": len(board.items)})
            ends = time.monotonic() + 60 * minutes
            for number, mutant in enumerate(mutants):
                if time.monotonic() > ends:
                    break
                tell({"number": number, **warm.fate(mutant.path, mutant.tree(), mutant.scope)})

        noted = runs.Calls()
        noted.__enter__()
        runs.ask(tests, act)

    for said in runs.in_child(work, 1e6):
        if "of" in said:
            sys.stdout.write(f"{module}: {said['tests']} of {said['of']} tests asked\n")
            sys.stdout.flush()
        elif "number" in said:
            mutant = mutants[said["number"]]
            fate = said if said["fate"] != runs.AGAIN else runs.cold(mutant.path, mutant.tree(), said["tests"], said["limit"], said["each"])
            yield mutant, fate["fate"]
        elif said.get("problem") or said.get("status"):
            raise SystemExit(f"{module}: {said}")


def score(module: str, sample: int, seed: int, minutes: float, only: set[str], again: float = 0) -> tuple[int, list[Mutant], int]:
    """Mutants tried, those that survived, and how many there are in all; `again` are the minutes of the second chance."""
    every = [m for path in sources_of(module) for m in candidates(path)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    if only:
        chosen = [m for m in every if m.name in only]
    tried, lived = 0, []
    for mutant, fate in run_room(module, chosen, minutes):
        tried += 1
        if fate not in {"killed", "late"}:
            lived.append(mutant)
        if fate != "killed":
            sys.stdout.write(f"  {fate} {mutant.name}\n")
            sys.stdout.flush()
    for mutant, fate in run_room(module, list(lived), again, again=True) if lived and again else ():
        if fate in {"killed", "late"}:
            lived.remove(mutant)
            sys.stdout.write(f"{module}: {fate} by tests of others or slower ones: {mutant.name}\n")
            sys.stdout.flush()
    return tried, lived, len(every)


def interval(killed: int, tried: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in percent."""
    z, n = 1.959964, max(1, tried)
    share = killed / n
    middle, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return tuple(100 * (middle + sign * half) / (1 + z * z / n) for sign in (-1, 1))  # type: ignore[return-value]


def main() -> int:
    """Print the score of every module named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=["workload", "rules"], help="rooms of the package, or room/file, or verify, solver, kernels")
    parser.add_argument("--sample", type=int, default=60, help="mutants of each module (default 60)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60, help="most time for each module")
    parser.add_argument("--again", type=float, default=0, metavar="MINUTES", help="then ask about the survivors all tests that import the package and need up to 20 processor seconds")
    parser.add_argument("--only", type=Path, help="a file with the lines of survivors that this program printed: try those again")
    options = parser.parse_args()
    import mutants_run as runs

    runs.load_libraries(jit={m.split("/")[0] for m in options.modules} <= COMPILED)
    only = {line.strip().split(" ", 1)[1] for line in options.only.read_text().splitlines() if line.startswith("  ")} if options.only else set()
    for module in options.modules:
        tried, lived, every = score(module, options.sample, options.seed, options.minutes, only, options.again)
        killed = tried - len(lived)
        low, high = interval(killed, tried)
        share = 100 * killed / max(1, tried)
        sys.stdout.write(f"{module}: {killed} of {tried} killed ({share:.0f} %, {low:.0f} to {high:.0f}), sampled from {every}, seed {options.seed}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
