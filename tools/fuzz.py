"""Coverage-guided fuzzing of every reader for a bounded time: `make fuzz`, in an environment of its own.

Bytes from atheris become a table, a workbook, settings, a scenario or an import file beside a tiny good cycle. Anything but a cycle,
its faults or a MutasiError is a finding: its bytes are kept in fuzz/ and the run fails.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
TARGETS = ("csv", "workbook", "settings", "scenario", "siasn", "abk")


def main() -> None:
    """Fuzz one target until its seconds are over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    options = parser.parse_args()
    import atheris

    with atheris.instrument_imports(include=["mutasi_toolkit.schema", "mutasi_toolkit.settings", "mutasi_toolkit.siasn", "mutasi_toolkit.workload.forms"]):
        import mutasi_toolkit.cycle
        import mutasi_toolkit.siasn
        import mutasi_toolkit.workload.forms  # noqa: F401
    place = Path(tempfile.mkdtemp(prefix="fuzz-"))
    one = one_input(options.target, place)
    corpus = ROOT / "fuzz" / options.target
    corpus.mkdir(parents=True, exist_ok=True)
    for n, seed in enumerate(seeds(options.target, place)):
        (corpus / f"seed{n}").write_bytes(seed)
    limits = [f"-max_total_time={options.seconds}", "-max_len=20000", "-timeout=30", "-rss_limit_mb=4000", "-seed=1"]
    atheris.Setup([sys.argv[0], *limits, f"-artifact_prefix={corpus.parent}/{options.target}-", str(corpus)], one)
    try:
        atheris.Fuzz()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def one_input(target: str, place: Path):
    """The function that atheris calls with each input."""
    from mutasi_toolkit.cycle import check_cycle
    from mutasi_toolkit.errors import MutasiError
    from mutasi_toolkit.settings import load_settings
    from mutasi_toolkit.siasn import cycle_tables, read_export
    from mutasi_toolkit.workload.forms import read_abk
    from tests.faults.build import Files

    folder = Files().csv_folder(place / "siklus")
    (folder / "scenarios").mkdir(exist_ok=True)
    book = place / "buku"
    book.mkdir(exist_ok=True)
    shutil.copy(folder / "cycle.yaml", book)

    def tell(where: Path) -> None:
        _, faults = check_cycle(where)
        for fault in faults:
            fault.text("id")

    def one(data: bytes) -> None:
        try:
            if target == "csv":
                (folder / "keputusan.csv").write_bytes(data)
                tell(folder)
            elif target == "workbook":
                (book / "siklus.xlsx").write_bytes(data)
                tell(book)
            elif target == "settings":
                (book / "cycle.yaml").write_bytes(data)
                load_settings(book / "cycle.yaml")
            elif target == "scenario":
                (folder / "scenarios" / "acak.yaml").write_bytes(data)
                load_settings(folder / "cycle.yaml", "acak")
            elif target == "siasn":
                (place / "ekspor.csv").write_bytes(data)
                cycle_tables(read_export(place / "ekspor.csv"))
            else:
                (place / "abk.csv").write_bytes(data)
                read_abk(place / "abk.csv")
        except MutasiError as error:
            str(error)

    return one


def seeds(target: str, place: Path) -> list[bytes]:
    """Inputs that begin well, so that the readers' depths are reached."""
    from tests.faults.build import Files

    if target == "workbook":
        return [Files().workbook(place / "benih").read_bytes()]
    if target in {"settings", "scenario"}:
        return [Files().settings.encode(), b"bobot: {beban: 3}\nkeputusan: [{pegawai_id: X, putusan: tolak}]\n"]
    if target == "siasn":
        from mutasi_toolkit.siasn.export import parameters

        head = ";".join(parameters()["kolom"]["use"])
        row = "196803121994031000;12-03-1968;M;PNS;Aktif;P;1994-03-01;IV/c;Struktural;Kepala Dinas;2022-06-01;S-2;Hukum;1;Dinas A/B;Kota"
        return [f"DAFTAR\n{head}\n{row}\n".encode()]
    if target == "abk":
        return [b"Nama Jabatan;Pengelola\nNo;Uraian Tugas;Hasil Kerja;Jumlah Hasil;Waktu Penyelesaian (menit)\n1;Memeriksa;dokumen;12;45\n"]
    return [b"pegawai_id,putusan,jabatan_id,alasan,tanggal\n198312122008011000,tolak,J08,x,2026-01-01\n", b"\xff\xfep\x00", b"sep=;\npegawai_id;putusan\n"]


if __name__ == "__main__":
    main()
