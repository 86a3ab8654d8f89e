"""Cities in blocks: the same bytes on any number of workers, unique ids that resolve, exact counts."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from hamm_eval.casefile.schema import Table
from hamm_eval.casefile.tables import TABLES
from hamm_eval.errors import HammEvalError, UsageError
from hamm_eval.synthetic.blocks import Block, blocks_of, map_blocks
from hamm_eval.synthetic.days import day_number
from hamm_eval.synthetic.export import write_city
from hamm_eval.synthetic.households import FREE, NO_PROSPECT, PROSPECT, RECOGNISED, REQUIRED
from hamm_eval.synthetic.recording import Records
from hamm_eval.synthetic.scenario import Format, load_scenario
from hamm_eval.synthetic.tables import CITY_WIDE, PREFIX, build_tables
from hamm_eval.synthetic.world import World, build_world

EACH = pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
BLOCKS = 4


def first_number(block: Block) -> tuple[int | None, float, int]:
    return block.number, float(block.generator().random()), os.getpid()


def end_from_outside(block: Block) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture(scope="module")
def blocks() -> list[tuple[World, dict[str, Records]]]:
    """A city of four times Hamm in four blocks."""
    scenario = load_scenario()
    found = []
    for block in blocks_of(float(BLOCKS), 3, block_scale=1.0):
        of_world, of_tables = block.generator().spawn(2)
        world = build_world(scenario, of_world, scale=block.scale)
        found.append((world, build_tables(world, of_tables, block=block.number)))
    return found


@pytest.fixture(scope="module")
def frames(blocks: list[tuple[World, dict[str, Records]]]) -> dict[str, pd.DataFrame]:
    """Its tables, city-wide ones as the first block has them."""
    return {
        table.name: pd.concat(
            [
                pd.DataFrame(tables[table.name])
                for number, (_, tables) in enumerate(blocks)
                if number == 0 or table.name not in CITY_WIDE
            ],
            ignore_index=True,
        )
        for table in TABLES
    }


@pytest.mark.parametrize("scale", [0.5, 1.0, 10.0, 10.4, 11.0, 25.0, 467.07])
def test_blocks_add_up_to_the_city(scale: float) -> None:
    blocks = blocks_of(scale, 1)
    assert sum(block.scale for block in blocks) == pytest.approx(scale)
    assert all(1 <= block.scale <= 11 for block in blocks) or scale < 1
    assert len({str(block.generator().bit_generator.state) for block in blocks}) == len(blocks)
    assert (blocks[0].number is None) is (len(blocks) == 1) is (scale < 11)


def test_a_block_gives_the_same_numbers_every_time() -> None:
    block = blocks_of(30.0, 1)[1]
    spawned = [block.generator().spawn(2)[1].random() for _ in range(2)]
    assert spawned[0] == spawned[1]


@pytest.mark.parametrize("workers", [2, 3])
def test_workers_share_the_blocks_and_keep_their_order(workers: int) -> None:
    blocks = blocks_of(70.0, 5)
    alone, shared = (list(map_blocks(first_number, blocks, workers=w)) for w in (1, workers))
    assert [found[:2] for found in alone] == [found[:2] for found in shared]
    assert [found[0] for found in shared] == list(range(7))
    assert {found[2] for found in alone} == {os.getpid()}
    assert os.getpid() not in {found[2] for found in shared}


def test_no_worker_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="at least one worker"):
        list(map_blocks(first_number, blocks_of(30.0, 1), workers=0))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_worker_that_ends_is_told_and_nobody_is_left() -> None:
    with pytest.raises(HammEvalError, match="fewer workers"):
        list(map_blocks(end_from_outside, blocks_of(30.0, 1), workers=2))
    assert not multiprocessing.active_children()


def test_whoever_stops_waiting_ends_the_workers() -> None:
    results: Iterator[object] = map_blocks(first_number, blocks_of(200.0, 1), workers=2)
    next(results)
    assert multiprocessing.active_children()
    results.close()  # type: ignore[attr-defined]
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_same_seed_same_bytes_on_any_number_of_workers(tmp_path: Path, file_format: Format) -> None:
    def written(workers: int, seed: int = 11) -> dict[str, bytes]:
        folder = tmp_path / f"{workers}-{seed}"
        write_city(
            folder,
            seed=seed,
            scale=0.5,
            block_scale=0.125,
            format=file_format,
            truth=False,
            workers=workers,
        )
        return {path.name: path.read_bytes() for path in folder.iterdir()}

    one = written(1)
    assert set(one) == {f"{table.german}.{file_format}" for table in TABLES}
    assert one == written(2) == written(3)
    assert one != written(1, seed=12)


@EACH
def test_ids_are_unique_over_blocks(frames: dict[str, pd.DataFrame], table: Table) -> None:
    frame = frames[table.name]
    assert not frame.duplicated([table.key, "recorded_on"]).any()
    if table.name in CITY_WIDE:
        return
    blocks = frame[table.key].str.extract(r"^[A-Z]+-(\d{3})\d{6}$", expand=False)
    assert sorted(blocks.unique()) == [f"{number + 1:03d}" for number in range(BLOCKS)]


@EACH
def test_references_resolve_over_blocks(frames: dict[str, pd.DataFrame], table: Table) -> None:
    for column in (c for c in table.columns if c.references):
        parent, key = column.references.split(".")
        assert frames[table.name][column.name].isin(frames[parent][key]).all(), column.name


def test_social_workers_of_blocks_are_different_people(
    blocks: list[tuple[World, dict[str, Records]]],
) -> None:
    workers = [set(tables["cases"]["social_worker"]) for _, tables in blocks]
    assert sum(map(len, workers)) == len(set.union(*workers))


def test_city_wide_tables_are_the_same_in_every_block(
    blocks: list[tuple[World, dict[str, Records]]],
) -> None:
    for name in CITY_WIDE:
        first, *others = (pd.DataFrame(tables[name]) for _, tables in blocks)
        for other in others:
            pd.testing.assert_frame_equal(first, other)


def test_the_register_of_all_blocks_holds_the_published_numbers(frames: dict[str, pd.DataFrame]) -> None:
    """Persons present on the reference day by status: Hamm's numbers, times the scale."""
    day = day_number(load_scenario().reference_day)
    spells = frames["residence_status"].sort_values("recorded_on", kind="stable").groupby("status_id").tail(1)
    departed = frames["departures"].groupby("person_id")["departed_on"].last()
    gone = spells["person_id"].map(departed) <= day
    here = spells[(spells["valid_from"] <= day) & (spells["valid_until"] >= day) & ~gone]
    counts = here["status"].value_counts()
    expected = {RECOGNISED: 1236, PROSPECT: 180, NO_PROSPECT: 529, REQUIRED: 196}
    assert {name: counts[name] for name in expected} == {n: BLOCKS * c for n, c in expected.items()}
    assert counts[FREE] == BLOCKS * (2023 + 1080)


def test_ids_have_the_prefix_of_their_kind(frames: dict[str, pd.DataFrame]) -> None:
    for table in TABLES:
        for column in table.columns:
            if column.name in PREFIX:
                assert frames[table.name][column.name].str.startswith(f"{PREFIX[column.name]}-").all()
