"""The tables of docs/dirty-exports.md.

`python -m hamm_eval.synthetic.dirty.page` writes them, from eight dirty cities of 300 persons.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from hamm_eval.project import find_root
from hamm_eval.synthetic.dirty.catalogue import BY_NAME
from hamm_eval.synthetic.dirty.score import IntakeScore, score_intake
from hamm_eval.synthetic.dirty.store import write_dirty
from hamm_eval.synthetic.export import write_city
from hamm_eval.synthetic.marked import with_tables

PAGE = Path("docs/dirty-exports.md")
SEEDS = range(1, 9)
PERSONS = 300
_COUNTS = ["planted", "found", "other_rule", "missed", "wrongly_refused"]


def scores(seeds: Sequence[int] = SEEDS, persons: int = PERSONS) -> list[IntakeScore]:
    """Today's intake on a dirty city of each seed: a city has fewer files than there are defects of files."""
    found = []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            city = write_city(Path(folder) / "city", seed=seed, persons=persons, truth=False)
            found.append(score_intake(write_dirty(city, seed=seed)))
    return found


def by_kind(of: Sequence[IntakeScore]) -> pd.DataFrame:
    """The scores' frames added up, one row a kind, in the order of planting."""
    frames = pd.concat([score.to_frame() for score in of])
    facts = ["family", "rule", "detectable", "expected"]
    added = frames.groupby("kind")[_COUNTS].sum(min_count=1)
    named = frames.drop_duplicates("kind").set_index("kind")[facts]
    order = [name for name in BY_NAME if name in added.index]
    return named.join(added).loc[order].reset_index()


def table_lines(of: Sequence[IntakeScore]) -> list[str]:
    """One row a kind, as Markdown."""
    lines = [
        "| kind | what is planted | # | rule | detectable | expected | planted | found | other | missed |",
        "|---|---|---:|---|---|---|---:|---:|---:|---:|",
    ]
    for row in by_kind(of).itertuples(index=False):
        kind = BY_NAME[str(row.kind)]
        counts = " | ".join("" if pd.isna(n) else str(n) for n in (row.found, row.other_rule, row.missed))
        rule = f"`{kind.rule}`" if kind.rule else "–"
        told = "yes" if kind.detectable else "no"
        lines.append(
            f"| `{kind.name}` | {kind.meaning} | {kind.case or ''} | {rule} | {told} | {kind.expected.value} "
            f"| {row.planted} | {counts} |"
        )
    return lines


def summary_lines(of: Sequence[IntakeScore]) -> list[str]:
    """The shares, as Markdown."""
    kinds = by_kind(of)
    asked = kinds[kinds["found"].notna()]
    planted = int(asked["planted"].sum())
    sound = sum(score.sound_rows for score in of)
    refused = sum(score.sound_rows_refused for score in of)
    warned = sum(score.sound_rows_warned for score in of)
    harmless = kinds[kinds["detectable"] & kinds["expected"].isin(["accepted", "noticed"])]
    unseen = kinds[~kinds["detectable"]]
    rows = [
        ("detectable defects that ask for a word", planted, ""),
        ("found under their rule", *_of(asked["found"].sum(), planted)),
        ("found under another rule", *_of(asked["other_rule"].sum(), planted)),
        ("missed", *_of(asked["missed"].sum(), planted)),
        ("harmless variants", int(harmless["planted"].sum()), ""),
        ("of them refused", *_of(harmless["wrongly_refused"].sum(), harmless["planted"].sum())),
        ("defects that nobody can tell", int(unseen["planted"].sum()), ""),
        ("of them named", *_of(sum(score.undetectable_named for score in of), unseen["planted"].sum())),
        ("sound rows of files that can be read", sound, ""),
        ("of them refused or quarantined", *_of(refused, sound)),
        ("of them warned of", *_of(warned, sound)),
        ("sound files refused", sum(len(score.files_refused) for score in of), ""),
    ]
    lines = ["| | number | share |", "|---|---:|---:|"]
    return lines + [f"| {what} | {number:,} | {share} |" for what, number, share in rows]


def _of(part: float, whole: float) -> tuple[int, str]:
    """A number and its share."""
    return int(part), f"{100 * part / whole:.1f} %" if whole else ""


def page_tables() -> str:
    """What docs/dirty-exports.md shows between its marks."""
    of = scores()
    return "\n".join([*summary_lines(of), "", *table_lines(of)])


if __name__ == "__main__":
    path = find_root(Path.cwd()) / PAGE
    page = with_tables(path.read_text(encoding="utf-8"), {"score": page_tables()})
    path.write_text(page, encoding="utf-8", newline="\n")
    print(f"Written: {path}")
