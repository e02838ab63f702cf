# SPDX-License-Identifier: MIT
"""How long interrupts wait for the kernel: measured, and how that is read."""

from __future__ import annotations

import io
from types import SimpleNamespace

import pytest
from conftest import ROOT
from rich.console import Console

from h4 import latency
from h4.bench_memory import waits
from h4.errors import GraderError
from h4.latency import AIM, CASES, MOST, WAY, Gap, flat, read_gaps
from h4.stage import StageBuilder


@pytest.fixture(scope="module")
def gaps(builder: StageBuilder) -> dict[str, Gap]:
    return latency.measure(ROOT, builder)


def test_the_kernel_looks_for_interrupts_often_enough(gaps: dict[str, Gap]) -> None:
    assert not {case: gap for case, gap in gaps.items() if gap.latency >= AIM}


def test_gaps_are_between_functions_of_the_kernel(gaps: dict[str, Gap]) -> None:
    assert list(gaps) == list(CASES)
    begins = {gap.begin for gap in gaps.values()}
    ends = {gap.end for gap in gaps.values()}
    assert begins <= {
        "ipc_called", "called_by_gate", "left", "schedule", "carry", "unmap_go_on",
        "ends_go_on", "interrupt", "search",
    }  # fmt: skip
    assert "schedule" in ends
    # Interrupts have come while there was something to be done.
    assert any(gap.answer for gap in gaps.values())
    assert all(gap.gap > 500 for gap in gaps.values())


# --- Found out ------------------------------------------------------------------------

IMAGE = SimpleNamespace(function=lambda address: f"f{address:x}")


def notes() -> list[str]:
    told = [f"gap {at} {1000 + at} 0xc0000001 0xc0000002 {at}" for at in range(len(CASES))]
    return [*told, "measured all"]


def test_what_the_stage_tells_is_read() -> None:
    found = read_gaps(notes(), IMAGE)
    assert found["start"] == Gap(1000, 0, "fc0000001", "fc0000002")
    assert found["wide"].latency == WAY + 1002 + 2
    figures = flat(found)
    assert figures["l4.latency.start.instructions"] == WAY + 1000
    assert figures[MOST] == max(figures.values()) == WAY + 999 + 2 * len(CASES) - 1
    assert MOST == "l4.max_interrupt_latency.instructions"


@pytest.mark.parametrize(
    "wrong, words",
    [
        (notes()[:-1], "stopped before its end"),
        ([], "stopped before its end"),
        (notes()[1:], "has not come to: start"),
        (["gap 99 1 0xc0000001 0xc0000002 0", *notes()], "is no gap"),
        (["gap 1 -1 0xc0000001 0xc0000002 0", *notes()], "is no gap"),
    ],
)
def test_what_is_not_whole_is_refused(wrong: list[str], words: str) -> None:
    with pytest.raises(GraderError, match=words):
        read_gaps(wrong, IMAGE)


def test_the_table_names_each_case() -> None:
    out = io.StringIO()
    Console(file=out, width=160).print(waits(read_gaps(notes(), IMAGE)))
    for words in CASES.values():
        assert words in out.getvalue()
    assert f"{WAY + 1000:,}" in out.getvalue()
