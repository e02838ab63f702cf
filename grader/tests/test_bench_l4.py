# SPDX-License-Identifier: MIT
"""What messages and threads of L4 cost: measured, and how the figures are found."""

from __future__ import annotations

import io
from pathlib import Path
from xml.etree import ElementTree

import pytest
from conftest import ROOT
from rich.console import Console

from h4 import ipc, many
from h4.bench_l4 import (
    counts, growths, messages, phases, thread_plots, threads,
)  # fmt: skip
from h4.build import is_client
from h4.dissertation import MESSAGES, PHASES, PHASES_TOTAL
from h4.errors import GraderError
from h4.ipc import (
    VARIANTS, WAYS, WORDS, Variant, count_name, figures_of, instructions_name,
    phase_name,
)  # fmt: skip
from h4.many import COSTS, FLAT, LOGARITHMIC, MORE, MOST, NUMBERS, growth
from h4.phases import COUNTS, Message
from h4.phases import PHASES as OURS
from h4.plots import THREAD_PLOTS, Plot, draw, draw_plots, points
from h4.release import _INSTRUCTORS
from h4.stage import Recipe, StageBuilder

# Limits of alarm, not aims: what is twice as dear has lost something.
SHORT, GENERAL = 500, 2200


@pytest.fixture(scope="module")
def figures(builder: StageBuilder) -> dict[str, int]:
    return ipc.measure(ROOT, builder)


@pytest.fixture(scope="module")
def of_threads(builder: StageBuilder) -> dict[str, int]:
    return many.measure(ROOT, builder)


# --- Measured -------------------------------------------------------------------------


def test_each_number_of_words_has_been_measured(figures: dict[str, int]) -> None:
    assert {
        f"ipc.{general}{way}.{words}.instructions"
        for general in ("", "general.", "no_traps.", "no_traps.general.")
        for way in ("inter", "intra")
        for words in range(0, 61, 4)
    } <= set(figures)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
@pytest.mark.parametrize("way", WAYS)
def test_messages_grow_by_their_words(
    figures: dict[str, int], variant: Variant, way: str
) -> None:
    ticks = [figures[instructions_name(variant, way, words)] for words in WORDS]
    assert ticks == sorted(ticks)
    assert ticks[-1] - ticks[1] <= 2 * 56 and ticks[1] - ticks[0] < 120
    assert ticks[0] < (GENERAL if variant.general else SHORT)


def test_what_is_shorter_is_cheaper(figures: dict[str, int]) -> None:
    for way in WAYS:
        for words in WORDS:
            short, general, bare, _ = (
                figures[instructions_name(one, way, words)] for one in VARIANTS
            )
            assert bare < short < general


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
@pytest.mark.parametrize("way", WAYS)
def test_the_phases_are_the_whole_message(
    figures: dict[str, int], variant: Variant, way: str
) -> None:
    found = {phase: figures[phase_name(variant, way, phase)] for phase in OURS}
    total = figures[instructions_name(variant, way, 0)]
    assert abs(sum(found.values()) - total) <= 1
    if not variant.general:
        assert found.pop("schedule") == 0  # nobody is chosen: it is the receiver
    assert min(found.values()) > 0, found


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_message_is_one_entry_and_one_address_space(
    figures: dict[str, int], variant: Variant
) -> None:
    for way, loads in zip(WAYS, (1, 0)):
        found = {count: figures[count_name(variant, way, count)] for count in COUNTS}
        assert found.pop("segment_loads") <= 6
        assert found == {
            "kernel_entries": 1, "cr3_loads": loads, "msr_writes": 0, "invlpg": 0,
        }  # fmt: skip


def test_threads_cost_the_same_however_many_there_are(
    of_threads: dict[str, int],
) -> None:
    assert of_threads["threads.most"] == MOST + 2 == 4096
    timed = {"timeout", "expire"}
    assert growths(of_threads) == {
        cost: LOGARITHMIC if cost in timed else FLAT for cost in COSTS
    }
    for cost in COSTS:
        few, lots = (of_threads[many.name_of(cost, number)] for number in (4, MOST))
        assert lots <= few * (6 if cost in timed else many.TOLERANCE), cost


def test_traps_are_left_out_only_where_that_is_asked_for(
    builder: StageBuilder,
) -> None:
    lab = ipc.labs_with(builder.course, ipc.PROGRAM)[-1]
    graded, bare = (builder.objects(lab, Recipe(traps=t)) for t in (True, False))
    assert Recipe().traps and builder.objects(lab, Recipe()) == graded
    differing = {path for path in graded if graded[path] != bare[path]}
    assert differing == {path for path in graded if is_client(path)}
    assert "l4/ipc_call.c" in differing


# --- Tables -------------------------------------------------------------------------


def table(rows: list[tuple[int, int, int]]) -> str:
    return "words between within\n" + "".join(
        f"   {words:5}   {inter:14}   {intra:14}\n" for words, inter, intra in rows
    )


def test_the_table_of_messages_is_read() -> None:
    rows = [(words, 300 + words, 200 + words) for words in WORDS]
    found = ipc.read_table("H4\n\n" + table(rows) + "L4: end.\n")
    assert found == {
        "inter": {words: 300 + words for words in WORDS},
        "intra": {words: 200 + words for words in WORDS},
    }
    for wrong in (rows[:-1], rows[1:], rows + rows[-1:], []):
        with pytest.raises(GraderError):
            ipc.read_table(table(wrong))


# --- The dissertation -----------------------------------------------------------------


def test_the_dissertation_has_been_read_aright() -> None:
    """Its column × P is a quotient of others, and its total a sum: what was misread
    would not fit."""
    first = (
        67, 90, 111, 133, 154, 174, 195, 215, 235, 255, 274, 294, 312, 332, 350, 368,
    )  # fmt: skip
    last = (61, 58, 59, 58, 59, 59, 59, 58, 58, 59, 59, 59, 59, 59, 59, 59)
    assert tuple(MESSAGES) == WORDS
    for row, *quotients in zip(MESSAGES.values(), first, last):
        assert [round(haskell / row[0]) for haskell in row[1:]] == quotients
    assert PHASES_TOTAL == (
        sum(phase.first for phase in PHASES), sum(phase.last for phase in PHASES),
    )  # fmt: skip


# --- Threads --------------------------------------------------------------------------


def of_many(end: str = "no memory", numbers: tuple[int, ...] = NUMBERS) -> str:
    rows = "".join(
        f"{number:7}" + "".join(f" {900 + at:8}" for at in range(len(COSTS))) + "\n"
        for number in numbers
    )
    return f"threads make\n{rows}\n4096 threads in all; one more: {end}.\n"


def test_the_table_of_threads_is_read() -> None:
    found = many.read_table(of_many())
    assert found["threads.make.1.instructions"] == 900
    assert found["threads.receive.4094.instructions"] == 900 + len(COSTS) - 1
    assert found["threads.most"] == 4096 and len(found) == len(COSTS) * len(NUMBERS) + 1


@pytest.mark.parametrize(
    "text",
    ["", of_many(numbers=NUMBERS[:-1]), of_many("there is room"), of_many()[:-30]],
)
def test_tables_that_are_not_whole_are_refused(text: str) -> None:
    with pytest.raises(GraderError):
        many.read_table(text)


@pytest.mark.parametrize(
    ("ticks", "words"),
    [
        ((9000, 500, 500, 510, 505, 530, 540), FLAT),
        ((400, 500, 600, 700, 800, 900, 1000), LOGARITHMIC),
        ((400, 401, 410, 450, 600, 1200, 3600), MORE),
        ((900, 500, 600, 700, 800, 900, 1000), MORE),
    ],
)
def test_growth_is_told_apart(ticks: tuple[int, ...], words: str) -> None:
    assert growth(list(zip(NUMBERS, ticks))) == words


# --- Printed and drawn ----------------------------------------------------------------


def some_figures() -> dict[str, int]:
    made = {
        instructions_name(variant, way, words): 1300 + words
        for variant in VARIANTS
        for way in WAYS
        for words in WORDS
    }
    message = Message(dict.fromkeys(OURS, 160), dict.fromkeys(COUNTS, 1))
    for variant in VARIANTS:
        for way in WAYS:
            made |= figures_of(variant, way, message, 1280)
    return made


def some_of_threads() -> dict[str, int]:
    return {
        many.name_of(cost, number): 1000 + at
        for at, cost in enumerate(COSTS)
        for number in NUMBERS
    }


def test_tables_fit_a_terminal() -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    for make in (messages, phases, counts):
        console.print(make(some_figures()))
    console.print(threads(some_of_threads()))
    text = console.export_text()
    assert "…" not in text
    assert " 85,223" in text and "SR + Rst. + Rcv." in text and "invlpg" in text
    # A row each, in which nothing has been folded.
    rows = [line for line in text.splitlines() if line[:2].strip().isdigit()]
    assert len(rows) >= len(WORDS)


@pytest.mark.parametrize("plot", THREAD_PLOTS, ids=lambda plot: plot.name)
def test_a_drawing_says_how_threads_grow(plot: Plot, tmp_path: Path) -> None:
    figures = some_of_threads()
    with_growth = next(one for one in thread_plots(figures) if one.name == plot.name)
    root = ElementTree.fromstring(draw(figures, with_growth))
    words = {"".join(one.itertext()).strip() for one in root.iter()}
    assert {plot.title, plot.along, "instructions"} <= words
    assert {f"{line.words}: flat" for line in plot.lines} <= words
    assert all(len(points(figures, line)) == len(NUMBERS) for line in plot.lines)
    first, second = (
        draw_plots(figures, tmp_path / name, [with_growth]) for name in "ab"
    )
    assert first[0].read_bytes() == second[0].read_bytes()
    assert (ROOT / f"handouts/figures/{plot.name}.svg").is_file()


def test_students_have_none_of_it() -> None:
    tools = ("bench_l4", "dissertation", "ipc", "many", "phases", "steps")
    assert {f"grader/h4/{tool}.py" for tool in tools} <= _INSTRUCTORS
