"""The export: the city's dialect, deterministic bytes, and the committed city."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from hamm_eval.casefile.intake import check_export
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import ParamsError, UsageError
from hamm_eval.synthetic.export import HAMM_SEED, MINIMUM_PERSONS, TINY_PERSONS, write_city
from hamm_eval.synthetic.scenario import DEFAULT, load_scenario

COMMITTED = Path(__file__).parents[3] / "synthetic_data" / "hamm"


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_the_committed_city_is_a_fresh_one(tmp_path: Path) -> None:
    fresh = _bytes(write_city(tmp_path, seed=HAMM_SEED, truth=False))
    committed = _bytes(COMMITTED)
    assert set(fresh) == set(committed) == {f"{table.german}.csv" for table in TABLES}
    different = [name for name in fresh if fresh[name] != committed[name]]
    assert not different, "write it anew: make truth"
    assert sum(map(len, committed.values())) < 8_000_000


def test_same_seed_same_bytes_other_seed_others(tmp_path: Path) -> None:
    one, again, other = (
        _bytes(write_city(tmp_path / name, seed=seed, persons=TINY_PERSONS, truth=False))
        for name, seed in (("one", 1), ("again", 1), ("other", 2))
    )
    assert one == again
    assert one["personen.csv"] != other["personen.csv"]
    assert all(text.count(b"\r\n") > 1 for text in one.values())  # a header and at least one row


def test_the_dialect(tmp_path: Path) -> None:
    folder = write_city(tmp_path, seed=5, persons=TINY_PERSONS, truth=False)
    for table in TABLES:
        text = (folder / f"{table.german}.csv").read_bytes().decode("cp1252")
        assert text.split("\r\n")[0].split(";") == [column.german for column in table.columns]
    persons = (folder / "personen.csv").read_bytes()
    assert "Flüchtling".encode("cp1252") in persons
    measures = (folder / "massnahmen.csv").read_text(encoding="cp1252")
    assert ";2450,00;04.01.2016" in measures


@pytest.mark.parametrize(
    "size",
    [{"scale": 1.0, "persons": 300}, {"scale": 0.0}, {"scale": 0.01}, {"persons": -1}, {"persons": 29}],
)
def test_sizes_that_make_no_sense_are_refused(tmp_path: Path, size: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        write_city(tmp_path / "city", seed=1, truth=False, **size)
    assert not (tmp_path / "city").exists()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be created"):
        write_city(tmp_path / "city", seed=1, persons=MINIMUM_PERSONS, truth=False)


@pytest.mark.parametrize("seed", range(20))
def test_the_smallest_city_is_a_sound_export(tmp_path: Path, seed: int) -> None:
    folder = write_city(tmp_path, seed=seed, persons=MINIMUM_PERSONS, truth=False)
    assert check_export(folder).usable


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "personen.csv").write_text("real", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty"):
        write_city(tmp_path, seed=1, persons=MINIMUM_PERSONS, truth=False)
    assert [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()] == ["real"]
    write_city(tmp_path, seed=1, persons=MINIMUM_PERSONS, truth=False, overwrite=True)
    assert len(_bytes(tmp_path)) == len(TABLES)


@pytest.mark.parametrize("cut", [dt.date(2016, 9, 30), dt.date(2017, 6, 30), dt.date(2018, 12, 31)])
def test_intake_finds_nothing_at_any_cut(cut: dt.date) -> None:
    assert check_export(COMMITTED, as_of=cut).findings == ()


def test_a_wrong_scenario_names_everything_that_is_wrong(tmp_path: Path) -> None:
    text = DEFAULT.read_text(encoding="utf-8")
    wrong = tmp_path / "scenario.yaml"
    wrong.write_text(text.replace("frailty_sd: 0.4", "frailty_sd: -1\nfraility: 2"), encoding="utf-8")
    with pytest.raises(ParamsError) as caught:
        load_scenario(wrong)
    assert "frailty_sd" in str(caught.value)
    assert "fraility" in str(caught.value)
    wrong.write_text(text.replace("acts_on: language_b1", "acts_on: langauge_b1"), encoding="utf-8")
    with pytest.raises(ParamsError, match="unknown endpoint"):
        load_scenario(wrong)
