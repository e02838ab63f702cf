# SPDX-License-Identifier: MIT
"""The tables of `make bench` about L4: messages beside those of other kernels, what
they consist of, and threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from h4 import ipc, many
from h4.dissertation import (
    BEST_FAST, BEST_GENERAL, MESSAGES, PHASES, PHASES_TOTAL, Phase,
)  # fmt: skip
from h4.ipc import VARIANTS, WAYS, WORDS, count_name, instructions_name, phase_name
from h4.phases import COUNTS, TOGETHER
from h4.phases import PHASES as ALL_PHASES
from h4.plots import THREAD_PLOTS, Plot, draw_plots

BETWEEN, WITHIN = WAYS
GRADED = tuple(variant for variant in VARIANTS if variant.traps)


def measure(root: Path, folder: Path, console: Console) -> dict[str, int]:
    """Measures, prints and draws."""
    figures = ipc.measure(root)
    console.print(messages(figures))
    console.print(
        "Instructions of a message, one way: between address spaces and within one, "
        "on the\nshort way and on the general one. What is graded has traps in it. "
        "Best: the best\nkernel of this API in the same emulator, on its fast path "
        "and off it. Cycles: the\ndissertation's tables 8.1, 8.2 and 8.7, Pistachio "
        "and the Haskell kernel, between\naddress spaces on its machine.\n"
    )
    console.print(phases(figures))
    console.print(
        "Instructions of a message without words, between address spaces; in cycles, "
        "the\ndissertation's phases, tables 8.3 and 8.8.\n"
    )
    console.print(counts(figures))
    console.print()
    found = many.measure(root)
    console.print(threads(found))
    console.print(
        "Instructions, by how many threads there are beside the one that measures: "
        f"with it\n{found['threads.most']:,} in {many.MEGABYTES} MB, as many as H has "
        "contexts.\n"
        + "".join(f"  {cost:8} {words}\n" for cost, words in many.COSTS.items())
    )
    for path in draw_plots(found, folder, thread_plots(found)):
        console.print(f"drawn: {path}", markup=False)
    console.print()
    return figures | found


def messages(figures: dict[str, int]) -> Table:
    """Tables 8.1, 8.2 and 8.7, and what this kernel needs."""
    table = _table(
        "\nwords",
        "between\nshort", "\ngen.", "no traps\nshort", "\ngen.",
        "within\nshort", "\ngen.",
        "best\nfast", "\ngen.",
        "cycles\nPist.", "Haskell\nfirst", "\nlast",
    )  # fmt: skip
    for words in WORDS:
        names = [instructions_name(one, BETWEEN, words) for one in VARIANTS]
        names += [instructions_name(one, WITHIN, words) for one in GRADED]
        ours = [figures[name] for name in names]
        best = [column.get(words) for column in (BEST_FAST, BEST_GENERAL)]
        table.add_row(str(words), *map(_number, [*ours, *best, *MESSAGES[words]]))
    return table


def phases(figures: dict[str, int]) -> Table:
    """Table 8.3: the phases, with those of the dissertation beside the last one of
    ours that belongs to them."""
    table = _table(
        "\nphase", "\nshort", "\ngen.", "no traps\nshort", "\ngen.",
        "\ndissertation", "cycles\nfirst", "\nlast",
    )  # fmt: skip

    def ours(phase: str) -> list[int]:
        return [figures[phase_name(one, BETWEEN, phase)] for one in VARIANTS]

    for names, theirs in TOGETHER:
        beside = _together([one for one in PHASES if one.short in theirs])
        if not names:
            table.add_row("", *("" for _ in VARIANTS), *beside)
        for phase in names:
            last = phase == names[-1]
            table.add_row(
                phase, *map(_number, ours(phase)), *(beside if last else ("", "", ""))
            )
    totals = [sum(column) for column in zip(*map(ours, ALL_PHASES))]
    table.add_row("together", *map(_number, totals), "", *map(_number, PHASES_TOTAL))
    return table


def _together(them: list[Phase]) -> tuple[str, str, str]:
    return (
        " + ".join(phase.short for phase in them),
        _number(sum(phase.first for phase in them)),
        _number(sum(phase.last for phase in them)),
    )


def counts(figures: dict[str, int]) -> Table:
    """What hides behind a number of instructions."""
    table = _table(
        "\na message",
        "between\nshort", "\ngen.", "within\nshort", "\ngen.",
    )  # fmt: skip
    for count in COUNTS:
        row = [figures[count_name(one, way, count)] for way in WAYS for one in GRADED]
        table.add_row(count.replace("_", " "), *map(_number, row))
    return table


def growths(figures: dict[str, int]) -> dict[str, str]:
    """How each cost grows with the number of threads."""
    return {
        cost: many.growth(many.costs(figures, cost))
        for cost in many.COSTS
    }


def thread_plots(figures: dict[str, int]) -> list[Plot]:
    """The plots, which say how each line grows."""
    found = growths(figures)
    return [
        replace(
            plot,
            lines=[
                replace(line, words=f"{line.words}: {found[line.operation]}")
                for line in plot.lines
            ],
        )
        for plot in THREAD_PLOTS
    ]


def threads(figures: dict[str, int]) -> Table:
    table = _table("threads", *many.COSTS)
    for number in many.NUMBERS:
        row = [figures[many.name_of(cost, number)] for cost in many.COSTS]
        table.add_row(f"{number:,}", *map(_number, row))
    table.add_row("", *growths(figures).values())
    return table


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _table(*columns: str) -> Table:
    table = Table(box=None, collapse_padding=True, pad_edge=False)
    table.add_column(columns[0])
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table
