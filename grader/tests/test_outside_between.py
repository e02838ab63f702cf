# SPDX-License-Identifier: MIT
"""The look in between, of machines that are made up: whatever a student's code has done
to one, it ends with words."""

from __future__ import annotations

from typing import Any

import pytest

from h4.outside_between import disturbed
from h4.snapshot import Snapshot

BEGIN, STACK, DATA, VECTORS = 0xC0100000, 0xC0101000, 0xC0102000, 0xC0103000
DIRECTORY, TABLE, ELSEWHERE = 0x1000, 0x2000, 0x400000
MEGABYTES = 2
FLAT = 0xFFFFFFFF


class _Image:
    """A page of code, and data of which all that is asked for lies at one place."""

    constants = BEGIN, STACK - 1
    read_only = BEGIN, bytes(0x1000)
    addresses: dict[str, int] = {}
    test_functions = [BEGIN]
    named = staticmethod(hex)

    def address(self, name: str) -> int:
        return DATA


def machine(pages: dict[int, int]) -> Snapshot:
    """With these pages, and where each of them lies."""
    ram = bytearray(MEGABYTES << 20)
    if pages:
        ram[DIRECTORY + 0xC00 : DIRECTORY + 0xC04] = (TABLE | 1).to_bytes(4, "little")
    for page, frame in pages.items():
        at = TABLE + (page >> 12 & 0x3FF) * 4
        ram[at : at + 4] = (frame | 1).to_bytes(4, "little")
    return Snapshot(
        registers={"cr3": DIRECTORY, "esp": STACK + 0x800, "eflags": 2, "dr7": 0x400},
        gdtr=(DATA, 79), idtr=(VECTORS, 0x17F), task=(0x28, DATA, 103),
        segments={"cs": (8, 0, FLAT)} | {name: (16, 0, FLAT) for name in ("ds", "es", "ss")},
        sysenter=(), read=lambda at, size: bytes(ram[at : at + size]), megabytes=MEGABYTES,
    )  # fmt: skip


HERE = {page: page - 0xC0000000 for page in (BEGIN, STACK, DATA, VECTORS)}


@pytest.mark.parametrize(
    "pages, words",
    [
        ({}, f"{BEGIN:#x} is mapped nowhere"),
        ({**HERE, BEGIN: ELSEWHERE}, f"{BEGIN:#x} is mapped at 0x00400000"),
        ({page: HERE[page] for page in (BEGIN, DATA, VECTORS)}, "is mapped nowhere"),
        ({page: HERE[page] for page in (BEGIN, STACK, VECTORS)}, "kernel_gdt is not mapped"),
        ({page: HERE[page] for page in (BEGIN, STACK, DATA)}, "entry 1 of the GDT"),
    ],
)
def test_a_machine_whose_kernel_is_not_there(pages: dict[int, int], words: str) -> None:
    """Translations that the processor has kept let it go on for a while."""
    image: Any = _Image()
    assert words in "\n".join(disturbed(machine(pages), image))
