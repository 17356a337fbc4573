"""Kill `mutasi run` at random moments, look at what lies there, resume, and compare with an undisturbed run byte for byte.

    python tools/test_kills.py [--times 100] [--seed 1] [--notebooks small|all]

Every trial begins from nothing or from an older finished run, starts a run in a process of its own, kills it with SIGKILL after a
time drawn from the length of an undisturbed run, and then asks: is the run folder absent, wholly the old one, or wholly the new
one; does the next run finish; does it equal the undisturbed run; is any kernel left over.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import nbformat

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.pipeline import prepare, work
from mutasi_toolkit.pipeline.folder import hash_tree
from mutasi_toolkit.pipeline.run import first_failure, run_cycle
from mutasi_toolkit.report import pictures

#: A kernel notices within this many seconds that its parent is gone.
KERNEL_ENDS = 20.0
def small_notebooks(folder: Path) -> Path:
    """Two notebooks that read the proposal and do little else, so that many trials take little time."""
    folder.mkdir(parents=True)
    first = "siklus: str = ''\nskenario: str = ''\nfolder_hasil: str = ''\nbahasa: str = 'id'\nbaris: int = 10\n"
    for name in ("01_satu", "02_dua"):
        cells = [
            nbformat.v4.new_code_cell(first, id="parameter", metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("import pathlib\nprint(len((pathlib.Path(folder_hasil) / 'plan.json').read_text()))", id="isi"),
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")
    return folder


def start(cycle: Path, out: Path, notebooks: str, scratch: Path) -> int:
    """A run in a process of its own (its number), with a temporary folder by which its kernels are known."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
        if notebooks:
            prepare.notebooks_dir = lambda: Path(notebooks)
            pictures.ALT_KINDS = ("suku",)
        failure = first_failure(run_cycle(cycle, out=out))
        if failure is not None:
            print(failure, file=sys.stderr, flush=True)
        code = int(failure is not None)
    finally:
        os._exit(code)


def finish(cycle: Path, out: Path, notebooks: str, scratch: Path) -> float:
    """A run to its end; seconds it took."""
    begun = time.perf_counter()
    _, status = os.waitpid(start(cycle, out, notebooks, scratch), 0)
    if status != 0:
        raise RuntimeError("a run that nobody disturbed failed")
    return time.perf_counter() - begun


def content(run: Path) -> dict[str, str]:
    """Hashes of a run's files, without the times; nothing where there is no run."""
    return {n: d for n, d in hash_tree(run).items() if n != "timings.json"} if run.is_dir() else {}


def left_over(scratch: Path) -> int:
    """Processes that still work below the temporary folder of a killed run, once kernels had time to notice."""
    until = time.monotonic() + KERNEL_ENDS
    while True:
        mine = []
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                if str(scratch).encode() in entry.read_bytes():
                    mine.append(int(entry.parent.name))
            except OSError:
                continue
        if not mine or time.monotonic() > until:
            return len(mine)
        time.sleep(0.2)


def trials(times: int, seed: int, which: str) -> Counter[str]:
    """Count what was found after each kill."""
    draw, found = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="mk") as name:
        base = Path(name)
        notebooks = str(small_notebooks(base / "buku")) if which == "small" else ""
        old, new, scratch = base / "lama" / "contoh", base / "baru" / "contoh", base / "t"
        scratch.mkdir()
        for place in (old, new):
            shutil.copytree(data_dir("cycles") / "contoh", place)
        with (old / "cycle.yaml").open("a", encoding="utf-8") as handle:
            handle.write("seed: 7\n")
        finish(old, base / "dari", notebooks, scratch)
        length = finish(new, base / "acuan", notebooks, scratch)
        wanted, before = content(base / "acuan" / "dasar"), content(base / "dari" / "dasar")
        for trial in range(times):
            out = base / f"r{trial}"
            out.mkdir(mode=0o700)
            if trial % 2:
                shutil.copytree(base / "dari" / "dasar", out / "dasar")
            process = start(new, out, notebooks, scratch)
            time.sleep(draw.uniform(0.0, length))
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            lies = content(out / "dasar")
            state = "new" if lies == wanted else "none" if not lies else "old" if trial % 2 and lies == before else "BROKEN"
            begun = (out / ".dasar.part").is_dir()
            found[state + (", resumable" if begun and state != "new" else "")] += 1
            found["kernels left over"] += left_over(scratch)
            finish(new, out, notebooks, scratch)
            found["resumed run differs"] += content(out / "dasar") != wanted
            shutil.rmtree(out)
            print(f"{trial + 1}/{times} {dict(found)}", flush=True)
    return found


def main() -> int:
    """Run the trials; 1 when anything was broken, lost or left over."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--notebooks", choices=("small", "all"), default="small")
    options = parser.parse_args()
    # Every trial is forked from here, so that none has to import anything again.
    work._ready()
    found = trials(options.times, options.seed, options.notebooks)
    bad = found["BROKEN"] + found["BROKEN, resumable"] + found["resumed run differs"] + found["kernels left over"]
    print(f"{options.times} kills: {dict(sorted(found.items()))}")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
