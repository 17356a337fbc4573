"""The synthetic city, put together: every table of a cycle for Pangkalpinang, 2026."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.synth import history, knowledge, work
from mutasi_toolkit.synth.organisation import build
from mutasi_toolkit.synth.people import (
    AS_OF,
    ages,
    civil_servants,
    contract_staff,
    numbers,
    service,
)
from mutasi_toolkit.synth.seats import deal

DAYS = 365.2425
RATINGS = ("Sangat Baik", "Baik", "Butuh Perbaikan", "Kurang", "Sangat Kurang")
RATING_SHARE = (0.14, 0.80, 0.045, 0.01, 0.005)
#: Functional jobs got their title at the penyetaraan of the end of 2021 at the earliest.
PENYETARAAN = np.datetime64("2021-12-31")


def tables(seed: int) -> dict[str, pd.DataFrame]:
    """All tables of the city's cycle.

    Parameters
    ----------
    seed : int
        The same seed gives the same tables.
    """
    rng = np.random.default_rng(seed)
    organisation = build(rng)
    staff, empty = deal(civil_servants(), contract_staff(rng), organisation, rng)
    staff = work.lead_units(staff, organisation.unit)
    jabatan, held = work.seat_classes(staff, empty)
    staff = _dates(staff.assign(jabatan_id=held.to_numpy()), rng)
    staff = _homes(staff, organisation.unit, rng)
    riwayat = history.past_moves(staff, organisation.unit, rng)
    staff = _tenure(staff, riwayat, rng)
    staff = _conditions(staff, rng).sort_values("pegawai_id", ignore_index=True)
    part = work.part_time(jabatan)
    rumpun = organisation.unit.set_index("unit_id")["rumpun"]
    past = (
        staff["pegawai_id"]
        .map(riwayat.drop_duplicates("pegawai_id").set_index("pegawai_id")["unit_asal"].map(rumpun))
        .fillna("")
    )
    years = (AS_OF - staff["tmt_unit"].to_numpy(dtype="datetime64[D]")).astype(float) / DAYS
    return {
        "unit": organisation.unit,
        "jabatan": jabatan,
        "pegawai": staff.drop(columns=["nama"]),
        "tugas": work.tasks(jabatan, work.targets(jabatan, part, rng), rng),
        "keahlian": knowledge.held(staff.assign(tahun_unit=years), past, rng),
        "syarat": knowledge.required(jabatan, rng),
        "riwayat": riwayat,
        "hubungan": history.ties(staff, riwayat, rng),
        "konflik": history.conflicts(staff, rng),
        "preferensi": history.wishes(staff, organisation.unit, rng),
        "hasil": history.outcomes(organisation.unit, rng),
        "paruh_waktu": part,
    }


def _years_ago(years: np.ndarray) -> np.ndarray:
    return AS_OF - np.round(years * DAYS).astype("timedelta64[D]")


def _dates(staff: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Dates of birth, entry and contract, and the NIP made from them."""
    civil = staff["golongan"].str.contains("/").to_numpy()
    age = np.empty(len(staff))
    age[civil] = ages(staff[civil], rng)
    age[~civil] = 25.2 + 28 * rng.beta(1.8, 2.6, int((~civil).sum()))
    entry = np.empty(len(staff))
    entry[civil] = service(age[civil], staff.loc[civil, "pendidikan"].to_numpy(), rng)
    birth = _years_ago(age)
    start = _years_ago(age - entry * civil)
    start = start.astype("datetime64[M]").astype("datetime64[D]")
    contract = np.where(
        rng.random(len(staff)) < 149 / 743,
        "2025-03-01",
        rng.choice(["2021-02-01", "2022-05-01", "2023-06-01", "2024-05-01"], len(staff)),
    )
    start = np.where(civil, start, contract.astype("datetime64[D]"))
    second = np.where(
        civil, pd.Series(start).dt.strftime("%Y%m"), pd.Series(start).dt.strftime("%Y") + "21"
    )
    birth, nip = numbers(birth, second, staff["jenis_kelamin"].to_numpy())
    fresh = civil & (start > np.datetime64("2025-01-31"))
    status = np.where(civil, np.where(fresh, "CPNS", "PNS"), "PPPK")
    end = start + np.timedelta64(round(5 * DAYS), "D")
    return staff.assign(
        pegawai_id=nip,
        tanggal_lahir=birth,
        tmt_cpns=np.where(civil, start, np.datetime64("NaT", "D")),
        mulai=start,
        status=status,
        akhir_kontrak=np.where(civil, np.datetime64("NaT", "D"), end),
    )


def _homes(staff: pd.DataFrame, unit: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    place = unit.set_index("unit_id")[["lat", "lon"]].loc[staff["unit_id"]].to_numpy()
    home = place + rng.normal(0, 0.016, place.shape)
    return staff.assign(domisili_lat=home[:, 0].round(5), domisili_lon=home[:, 1].round(5))


def _tenure(staff: pd.DataFrame, riwayat: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Since when in the unit and in the seat: the last recorded move, else a draw by kind of job."""
    start = staff["mulai"].to_numpy(dtype="datetime64[D]")
    served = (AS_OF - start).astype(float) / DAYS
    mean = np.where(
        staff["profesi"] != "",
        9.0,
        np.where(staff["jenis"].isin(["jpt", "administrator", "pengawas"]), 3.2, 6.0),
    )
    in_unit = _years_ago(np.minimum(rng.gamma(1.7, mean / 1.7), served))
    recorded = pd.to_datetime(riwayat.groupby("pegawai_id")["tanggal"].max())
    last = staff["pegawai_id"].map(recorded).to_numpy(dtype="datetime64[D]")
    in_unit = np.where(np.isnat(last), np.maximum(in_unit, start), last)
    in_seat = in_unit + np.round(
        (AS_OF - in_unit).astype(float)
        * np.where(rng.random(len(staff)) < 0.6, 0.0, rng.random(len(staff)))
    ).astype("timedelta64[D]")
    raised = (staff["kind"].eq("Eselon IV") & staff["jenis"].eq("fungsional")).to_numpy()
    in_seat = np.where(raised, np.maximum(in_unit, PENYETARAAN), in_seat)
    return staff.assign(tmt_unit=in_unit, tmt_jabatan=in_seat)


def _conditions(staff: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Performance, talent box, discipline, study, competency test, and the words of the schema."""
    n = len(staff)
    ratings = [rng.choice(RATINGS, n, p=RATING_SHARE) for _ in range(2)]
    result = np.select([ratings[0] == "Sangat Baik", ratings[0] == "Baik"], [2, 1], 0)
    potential = rng.choice(3, n, p=[0.22, 0.58, 0.20])
    box = np.array([[1, 2, 4], [3, 5, 7], [6, 8, 9]])[potential, result]
    civil = staff["status"].isin(["PNS", "CPNS"]).to_numpy()

    def some(share: float, among: np.ndarray | bool = True) -> np.ndarray:
        return np.where((rng.random(n) < share) & among, "ya", "tidak")

    senior = staff["jenis"].isin(["jpt", "administrator"]).to_numpy()
    field = np.where(
        staff["profesi"] == "guru",
        "pendidikan",
        np.where(staff["profesi"] != "", staff["profesi"], staff["rumpun"]),
    )
    return staff.assign(
        predikat_1=ratings[0],
        predikat_2=ratings[1],
        kotak_talenta=box,
        hukuman_disiplin=some(0.006),
        proses_hukum=some(0.001),
        tugas_belajar=some(0.010, civil),
        ikatan_dinas=some(0.004, civil),
        uji_kompetensi=np.where(senior, some(0.65), some(0.12, civil)),
        bidang_ilmu=np.where(
            rng.random(n) < 0.82,
            field,
            rng.choice(["ekonomi", "hukum", "ilmu pemerintahan", "teknik"], n),
        ),
    )
