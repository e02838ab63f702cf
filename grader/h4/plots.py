# SPDX-License-Identifier: MIT
"""Drawings of the figures of H and L4: how the costs of mapping and of threads grow,
and with what, what a system call's round trip consists of, and how the scores of a
class are spread.

The same figures give the same file: nothing of it depends on the day, and no name
in it is drawn at random.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from h4.many import COSTS
from h4.round_trip import PARTS, TRIPS, part_name
from h4.whole_file import write_text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# As in a text editor, whatever fonts there are: the words stay words.
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "h4",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "#dddddd",
    "lines.linewidth": 1.5,
    "lines.markersize": 4,
}
# Told apart by everyone (Okabe and Ito), and by their marks.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9")
MARKS = ("o", "s", "^", "D", "v")
# Of the parts of a round trip: what the processor and the way in and out do, what H
# does, what the client does. The client's is the lightest.
PART_COLORS = (
    "#0072B2", "#56B4E9", "#009E73", "#F0E442", "#D55E00", "#56B4E9", "#0072B2",
)  # fmt: skip
BAR = 0.45
TENTHS = 10
ROUND_TRIP = "round-trip"
ROUND_TRIP_TITLE = "A system call that does nothing, there and back"
LICENSE = "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n"


@dataclass(frozen=True)
class Line:
    """The cases of one operation whose titles are `prefix` and a number."""

    words: str
    operation: str
    prefix: str = ""
    first: int = 0
    end: int = 1 << 32
    layer: str = "h"  # what the figures' names begin with


@dataclass(frozen=True)
class Plot:
    name: str
    title: str
    along: str  # what the numbers are
    lines: Sequence[Line]
    both_logarithmic: bool = False


SUPERPAGE = 1024
PLOTS = (
    Plot(
        "cost-pages",
        "Mapping pages, with one call",
        "pages of 4 KB; from 1,024 on they are superpages",
        [
            Line("h_add_mapping, page-table", "add_mapping", "", end=SUPERPAGE),
            Line("h_remove_mapping, page-table", "remove_mapping", "", end=SUPERPAGE),
            Line("h_add_mapping, superpages", "add_mapping", "", SUPERPAGE),
            Line("h_remove_mapping, superpages", "remove_mapping", "", SUPERPAGE),
        ],
        both_logarithmic=True,
    ),
    Plot(
        "cost-regions",
        "How many initial regions there are",
        "initial regions",
        [
            Line("h_add_mapping of 1 page", "add_mapping", "1_regions_"),
            Line("h_remove_mapping of 1 page", "remove_mapping", "1_regions_"),
            Line("h_add_mapping of 2 pages", "add_mapping", "2_regions_"),
            Line("h_remove_mapping of 2 pages", "remove_mapping", "2_regions_"),
        ],
    ),
    Plot(
        "cost-spaces",
        "How many address spaces map the page already",
        "address spaces",
        [
            Line("h_add_mapping of 1 page", "add_mapping", "spaces_"),
            Line("h_remove_mapping of 1 page", "remove_mapping", "spaces_"),
            Line("h_alloc_pagemap", "alloc_pagemap", "spaces_"),
        ],
    ),
)


def _thread_lines(*costs: str) -> list[Line]:
    return [Line(COSTS[cost], cost, layer="threads") for cost in costs]


ALONG_THREADS = "other threads"
THREAD_PLOTS = (
    Plot(
        "cost-threads",
        "How many threads there are: their lives",
        ALONG_THREADS,
        _thread_lines("make", "page", "end"),
    ),
    Plot(
        "cost-running",
        "How many threads there are: switching, messages, timeouts",
        ALONG_THREADS,
        _thread_lines("switch", "message", "receive", "timeout", "expire"),
    ),
)


def points(figures: dict[str, int], line: Line) -> list[tuple[int, int]]:
    """What is drawn of one line: numbers and instructions, in ascending order."""
    begin = re.escape(f"{line.layer}.{line.operation}.{line.prefix}")
    pattern = re.compile(begin + r"([0-9]+)\.instructions")
    found = [
        (int(match[1]), ticks)
        for name, ticks in figures.items()
        if (match := pattern.fullmatch(name))
    ]
    return sorted(one for one in found if line.first <= one[0] < line.end)


def draw(figures: dict[str, int], plot: Plot) -> str:
    """One plot, as SVG."""
    # Slow to load, and needed here alone.
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, LogLocator

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        axes.set_xscale("log", base=2)
        for line, color, mark in zip(plot.lines, COLORS, MARKS):
            numbers, ticks = zip(*points(figures, line))
            axes.plot(numbers, ticks, mark + "-", color=color, label=line.words)
        if plot.both_logarithmic:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        thousands = FuncFormatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_major_locator(LogLocator(base=4))
        axes.xaxis.set_major_formatter(thousands)
        axes.yaxis.set_major_formatter(thousands)
        axes.set_xlabel(plot.along)
        axes.set_ylabel("instructions")
        axes.set_title(plot.title)
        axes.legend(frameon=False)
        return _svg(figure, plot.title)


def draw_round_trips(figures: dict[str, int]) -> str:
    """The parts of each round trip in a row, as SVG: a bar for each trip, and the
    number of instructions in each part."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(7, 3), layout="constrained")
        axes = figure.subplots()
        axes.grid(False)
        axes.spines["left"].set_visible(False)
        axes.tick_params(left=False)
        for row, trip in enumerate(TRIPS):
            left = 0
            for index, part in enumerate(PARTS):
                ticks = figures[part_name(trip.name, part)]
                axes.barh(
                    row, ticks, BAR, left, color=PART_COLORS[index], edgecolor="white"
                )
                # Narrow parts follow each other: some words stand below the bar.
                below = index % 2 == 1
                axes.annotate(
                    f"{part} {ticks}",
                    (left + ticks / 2, row - BAR / 2 if below else row + BAR / 2),
                    (0, -12 if below else 15 if index == 0 else 4),
                    textcoords="offset points",
                    fontsize=8,
                    ha="center",
                )
                left += ticks
            axes.annotate(
                f"{left:,}", (left, row), (4, 0), textcoords="offset points", va="center"
            )
        axes.set_yticks(range(len(TRIPS)), [trip.words for trip in TRIPS])
        axes.margins(x=0.08)
        axes.set_ylim(-0.6, len(TRIPS) - 0.3)
        axes.set_xlabel("instructions")
        axes.set_title(ROUND_TRIP_TITLE)
        return _svg(figure, ROUND_TRIP_TITLE)


def draw_histogram(
    values: Sequence[float], most: float, title: str, along: str, what: str
) -> str:
    """How many of `values`, from 0 to `most`, lie in each tenth, as SVG. What is `most`
    lies in the last one."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(5, 2.6), layout="constrained")
        axes = figure.subplots()
        axes.grid(False)
        counts, _, bars = axes.hist(
            values, bins=TENTHS, range=(0, most), color=COLORS[0], rwidth=0.9
        )
        words = [f"{count:.0f}" if count else "" for count in counts]
        axes.bar_label(bars, labels=words, fontsize=8)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_xlim(0, most)
        axes.set_ylim(0, max(1.0, max(counts)) * 1.15)
        axes.set_xlabel(along)
        axes.set_ylabel(what)
        axes.set_title(title)
        return _svg(figure, title)


def _svg(figure: Figure, title: str) -> str:
    """The text of a figure, with its license."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = io.StringIO()
    FigureCanvasSVG(figure).print_svg(
        out, metadata={"Date": None, "Creator": None, "Title": title}
    )
    head, tag, rest = out.getvalue().partition("<svg ")
    end = rest.index(">") + 2
    return head + tag + rest[:end] + LICENSE + rest[end:]


def draw_plots(
    figures: dict[str, int], folder: Path, plots: Sequence[Plot]
) -> list[Path]:
    """Some plots, into `folder`."""
    return _write(folder, {plot.name: draw(figures, plot) for plot in plots})


def draw_all(figures: dict[str, int], folder: Path) -> list[Path]:
    """Everything about H, into `folder`."""
    texts = {plot.name: draw(figures, plot) for plot in PLOTS}
    texts[ROUND_TRIP] = draw_round_trips(figures)
    return _write(folder, texts)


def _write(folder: Path, texts: dict[str, str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for name, text in texts.items():
        path = folder / f"{name}.svg"
        write_text(path, text)
        drawn.append(path)
    return drawn
