"""Execute the numbered notebooks, or research notebooks named on the command line, with their own parameters and store them, normalised, in place."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import papermill

from mutasi_toolkit.pipeline.execute import execute, normalise

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Refresh every notebook named on the command line, or all numbered ones."""
    names = sys.argv[1:] or sorted(str(p) for p in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    for name in names:
        path = Path(name)
        source = nbformat.read(path, as_version=4)
        if path.resolve().parent.name == "research":
            papermill.execute_notebook(str(path), str(path), kernel_name="python3", progress_bar=False)
            normalise(path)
        else:
            execute(path, path, {})
        done = nbformat.read(path, as_version=4)
        done.cells = [c for c in done.cells if "injected-parameters" not in c.metadata.get("tags", [])]
        # The injected cell takes one execution count; without it the rest count from one again.
        count = 0
        for cell in done.cells:
            if cell.cell_type != "code":
                continue
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if output.output_type == "execute_result":
                    output.execution_count = count
        assert [c.id for c in done.cells] == [c.id for c in source.cells]
        nbformat.write(done, path)
        sys.stdout.write(f"{path.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
