# SPDX-License-Identifier: MIT
"""What it costs to lend memory and to take it back: measured, and how that is read."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from rich.console import Console

from h4 import lending
from h4.bench_memory import calls, mappings, plots
from h4.course import Course
from h4.errors import GraderError
from h4.lending import (
    CALLS, COSTS, LINEAR, MORE, NUMBERS, SHAPES, call_name, growth, growths, name_of,
)  # fmt: skip
from h4.many import FLAT
from h4.plots import draw_plots
from h4.stage import StageBuilder

# A limit of alarm, not an aim: what is twice as dear has lost something.
CALL = 16_000


@pytest.fixture(scope="module")
def figures(builder: StageBuilder) -> dict[str, int]:
    return lending.measure(ROOT, builder)


# --- Measured -------------------------------------------------------------------------


def test_a_mapping_costs_the_same_however_many_there_are(
    figures: dict[str, int],
) -> None:
    assert growths(figures) == {
        (cost, shape): LINEAR if cost == "unmap" else FLAT
        for shape in SHAPES
        for cost in COSTS
    }


def test_what_is_more_work_costs_more(figures: dict[str, int]) -> None:
    found = {call: figures[call_name(call)] for call in CALLS}
    assert found["message"] < min(found["map"], found["grant"], found["page_fault"])
    assert max(found.values()) < CALL, found
    for shape in SHAPES:
        for number in NUMBERS[1:]:
            one, whole = (
                figures[name_of(cost, shape, number)] for cost in ("unmap_one", "unmap")
            )
            assert one < whole


# --- Found out ------------------------------------------------------------------------


def text(rows: list[list[int]], left_out: str = "") -> str:
    lines = [f"{call} {at + 100}" for at, call in enumerate(CALLS) if call != left_out]
    lines += ["", "mappings    map   unmap 1   unmap all"]
    return "\n".join(lines + [" ".join(f"{one:9}" for one in row) for row in rows])


def rows() -> list[list[int]]:
    return [[number, 1, 2, 3 * number, 4, 5, 6 * number] for number in NUMBERS]


def test_the_tables_of_the_program_are_read() -> None:
    found = lending.read_tables(text(rows()))
    assert len(found) == len(CALLS) + len(COSTS) * len(SHAPES) * len(NUMBERS)
    assert found["l4.message.instructions"] == 100
    assert found["l4.page_fault.instructions"] == 104
    assert found["l4.map.wide.16.instructions"] == 1
    assert found["l4.unmap_one.deep.16.instructions"] == 5
    assert found["l4.unmap.deep.16.instructions"] == 96


@pytest.mark.parametrize("wrong", [rows()[:-1], rows()[1:], rows() + [[8192] * 7], []])
def test_tables_that_are_not_whole_are_refused(wrong: list[list[int]]) -> None:
    with pytest.raises(GraderError, match="has not measured it all"):
        lending.read_tables(text(wrong))


def test_a_call_that_is_missing_is_missed() -> None:
    with pytest.raises(GraderError, match="has not measured it all"):
        lending.read_tables(text(rows(), left_out="grant"))


def test_no_lab_has_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "PROGRAM", "no_such_program")
    with pytest.raises(GraderError, match="no lab has the program"):
        lending.measure(ROOT, StageBuilder(Course(ROOT), tmp_path))


def test_how_a_cost_grows() -> None:
    def of(cost: object) -> str:
        return growth([(number, int(cost(number))) for number in NUMBERS])

    assert of(lambda n: 6400) == of(lambda n: 6400 + n / 10) == FLAT
    assert of(lambda n: 1830 * n + 3000) == of(lambda n: 1830 * n) == LINEAR
    assert of(lambda n: n * n) == of(lambda n: 1000 * n + n * n) == MORE
    # It does not stay small because it begins with much.
    assert of(lambda n: 6400 + 10 * n) != FLAT


# --- Shown ----------------------------------------------------------------------------


def test_the_tables_say_how_each_cost_grows(figures: dict[str, int]) -> None:
    out = io.StringIO()
    console = Console(file=out, width=100)
    console.print(calls(figures))
    console.print(mappings(figures))
    words = out.getvalue()
    assert f"{figures['l4.map.instructions']:,}" in words
    assert f"{figures['l4.unmap.deep.4096.instructions']:,}" in words
    assert words.split()[-6:] == [FLAT, FLAT, LINEAR] * 2


def test_the_plots_are_drawn_alike_each_time(
    figures: dict[str, int], tmp_path: Path
) -> None:
    drawn = draw_plots(figures, tmp_path, plots(figures))
    assert [path.name for path in drawn] == [
        "cost-mappings-wide.svg", "cost-mappings-deep.svg",
    ]  # fmt: skip
    texts = [path.read_text() for path in drawn]
    for one in texts:
        ElementTree.fromstring(one)
        assert "unmap all: linear" in one and "map one more: flat" in one
    draw_plots(figures, tmp_path, plots(figures))
    assert [path.read_text() for path in drawn] == texts
