# SPDX-License-Identifier: MIT
"""The tables and plots of `make bench` about memory in L4: lending it and taking it back,
and how long interrupts wait while that is done."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4 import latency, lending
from h4.latency import AIM, CASES, MOST, Gap, flat
from h4.lending import CALLS, COSTS, NUMBERS, SHAPES
from h4.plots import Line, Plot, draw_plots

ALONG = "mappings"


def measure(root: Path, folder: Path, console: Console) -> dict[str, int]:
    """Measures, prints and draws."""
    figures = lending.measure(root)
    console.print(calls(figures))
    console.print(
        "\nInstructions of whole calls, a page of 4 KB, between address spaces.\n"
    )
    console.print(mappings(figures))
    console.print(
        "Instructions, by how many mappings there are: "
        + "; ".join(f"{shape}, {words}" for shape, words in SHAPES.items())
        + ".\n"
    )
    for path in draw_plots(figures, folder, plots(figures)):
        console.print(f"drawn: {path}", markup=False)
    console.print()
    gaps = latency.measure(root)
    console.print(waits(gaps))
    console.print(
        "Instructions for which an interrupt waits at most, and the functions between "
        f"which\nthat is. The longest of all is to be under {AIM:,}: "
        f"{flat(gaps)[MOST]:,}.\n"
    )
    return figures | flat(gaps)


def calls(figures: dict[str, int]) -> Table:
    table = Table("call", box=None)
    table.add_column("instructions", justify="right")
    for call, words in CALLS.items():
        table.add_row(words, f"{figures[lending.call_name(call)]:,}")
    return table


def mappings(figures: dict[str, int]) -> Table:
    """The columns, and how each grows."""
    columns = [(cost, shape) for shape in SHAPES for cost in COSTS]
    table = Table("\n\nmappings", box=None)
    for cost, shape in columns:
        first, _, rest = COSTS[cost].partition(" ")
        table.add_column(f"{shape}\n{first}\n{rest}", justify="right")
    for number in NUMBERS:
        row = [figures[lending.name_of(cost, shape, number)] for cost, shape in columns]
        table.add_row(f"{number:,}", *(f"{one:,}" for one in row))
    found = lending.growths(figures)
    table.add_row("", *(found[column] for column in columns))
    return table


def waits(gaps: dict[str, Gap]) -> Table:
    """How long interrupts wait, by case."""
    table = Table("case", box=None)
    table.add_column("waits", justify="right")
    table.add_column("between")
    for case, gap in gaps.items():
        table.add_row(CASES[case], f"{gap.latency:,}", f"{gap.begin}, {gap.end}")
    return table


def plots(figures: dict[str, int]) -> list[Plot]:
    """One for each shape; it says how each line grows."""
    found = lending.growths(figures)
    return [
        Plot(
            f"cost-mappings-{shape}",
            f"How many mappings there are, {words}",
            ALONG,
            [
                Line(
                    f"{COSTS[cost]}: {found[cost, shape]}",
                    cost, f"{shape}.", layer="l4",
                )
                for cost in COSTS
            ],
            both_logarithmic=True,
        )
        for shape, words in SHAPES.items()
    ]  # fmt: skip
