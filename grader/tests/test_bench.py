# SPDX-License-Identifier: MIT
"""What H's operations cost: measured in one boot; the figures read and drawn."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT

from h4.course import Course
from h4.errors import GraderError
from h4.measure import (
    LAST,
    by_operation,
    lab_to_measure,
    measure,
    module,
    name_of,
    read_figures,
)
from h4.plots import PLOTS, Line, Plot, draw, draw_all, points
from h4.release import _INSTRUCTORS
from h4.stage import StageBuilder

# Limits of alarm, not the aims, which are 400, 1,500 and 8,000 instructions: another
# compiler may miss those; what is twice as dear has lost something.
PAGE, NEW_TABLE, SUPERPAGE = 800, 3000, 16000


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    build = tmp_path_factory.mktemp("measure")
    return measure(ROOT, StageBuilder(Course(ROOT), build))


def cases(figures: dict[str, int], operation: str, prefix: str) -> dict[int, int]:
    return dict(points(figures, Line("", operation, prefix)))


def test_each_operation_has_a_common_and_a_worst_case(figures: dict[str, int]) -> None:
    header = re.sub(r"//.*", "", (ROOT / "h/h.h").read_text())
    operations = set(re.findall(r"\bh_(\w+)\(", header))
    measured = by_operation(figures)
    assert operations == set(measured)
    for operation, found in measured.items():
        assert 0 < found["common"] <= found["worst"], operation


def test_mapping_costs_no_more_than_it_is_to(figures: dict[str, int]) -> None:
    adding = by_operation(figures)["add_mapping"]
    assert adding["1"] < PAGE
    assert adding["new_table"] < NEW_TABLE
    assert adding["superpage"] < SUPERPAGE


@pytest.mark.parametrize("operation", ["add_mapping", "remove_mapping"])
def test_what_mapping_grows_with(figures: dict[str, int], operation: str) -> None:
    spaces = cases(figures, operation, "spaces_")
    assert max(spaces) >= 512 and len(set(spaces.values())) == 1
    one, two = (cases(figures, operation, f"{n}_regions_") for n in (1, 2))
    assert set(one) == set(two) == {1 << n for n in range(11)}
    assert len(set(one.values())) == 1
    assert two[1024] - two[1] <= 20 * 10  # the logarithm
    pages = cases(figures, operation, "")
    assert set(pages) == {1 << n for n in range(15)}
    assert pages[512] < 512 * 50 and pages[16384] < 16384 * 10


def test_the_worst_case_is_the_dearest_of_those_without_one() -> None:
    notes = ["ticks a_b common 3", "ticks a_b 5 7", "ticks c 1 2", "ticks c 2 4", LAST]
    assert by_operation(read_figures(notes)) == {
        "a_b": {"common": 3, "5": 7, "worst": 7},
        "c": {"1": 2, "2": 4, "common": 2, "worst": 4},
    }


@pytest.mark.parametrize(
    "notes",
    [
        [],
        ["ticks a common 3"],
        ["ticks a common 3", LAST, "ticks a common 3"],
        ["ticks a common -3", LAST],
        ["ticks a common 3", "ticks a common 3", LAST],
        ["message no", LAST],
    ],
)
def test_figures_that_are_none_are_refused(notes: list[str]) -> None:
    with pytest.raises(GraderError):
        read_figures(notes)


def some_figures() -> dict[str, int]:
    return {
        name_of(line.operation, f"{line.prefix}{number}"): 100 + number
        for plot in PLOTS
        for line in plot.lines
        for number in (1, 2, 512, 1024, 4096)
    }


def test_drawings_are_the_same_each_time(tmp_path: Path) -> None:
    first = draw_all(some_figures(), tmp_path / "a")
    second = draw_all(some_figures(), tmp_path / "b")
    assert [path.name for path in first] == [f"{plot.name}.svg" for plot in PLOTS]
    for one, other in zip(first, second):
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.name)
def test_a_drawing_says_what_it_shows(plot: Plot) -> None:
    text = draw(some_figures(), plot)
    root = ElementTree.fromstring(text)
    words = {"".join(one.itertext()).strip() for one in root.iter()}
    assert {plot.title, plot.along, "instructions"} <= words
    assert {line.words for line in plot.lines} <= words
    assert (ROOT / f"handouts/figures/{plot.name}.svg").is_file()


def test_the_stage_that_measures_is_no_part_of_what_is_graded() -> None:
    course = Course(ROOT)
    lab = lab_to_measure(course)
    folder = course.own_stage(lab, "measure")
    own = course.own_stage_files(lab, "measure")
    assert own and all((ROOT / path).is_file() for path in own)
    for ordinary in (course.units(lab), course.stage_tree(lab), course.given):
        assert not [path for path in ordinary if path.startswith(folder)]
    measuring = course.units(lab, "measure")
    assert [path for path in own if path.endswith(".c")] == [
        path for path in measuring if path.startswith(lab.folder)
    ]
    assert {"grader/h4/measure.py", "grader/h4/plots.py"} <= _INSTRUCTORS


def test_the_module_is_a_program() -> None:
    assert module()[:4] == b"\x7fELF" and len(module()) == 4096
