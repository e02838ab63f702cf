# SPDX-License-Identifier: MIT
"""Follows a machine instruction by instruction.

Bochs's debugger prints each instruction that it executes, with the tick: the number
of instructions before it. From its bytes it can be said what it loads.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from h4.bochs_pace import CPU_SECONDS
from h4.bochs_debugger import Debugger, EmulatorGone
from h4.bochs_log import Log
from h4.bochs_machine import configuration, environment, program
from h4.child import Child, Flooded, GivenUp
from h4.errors import GraderError
from h4.grub import grub_cache
from h4.image import build_disk
from h4.symbols import Image

LIMIT = 2_000_000_000  # instructions
SYSENTER = b"\x0f\x34"

_LINE = re.compile(
    rb"^\(0\)\.\[(\d+)\] \[0x[0-9a-f]+\] ([0-9a-f]{4}):([0-9a-f]+) .*; ([0-9a-f]+)\r?$",
    re.M,
)
# MOV to CR3; MOV to a segment register, POP to one, before which a prefix may stand;
# WRMSR; INVLPG, the form of its group that has memory as operand.
_CR3_LOAD = re.compile(rb"\x0f\x22[\xd8-\xdf]")
_SEGMENT_LOAD = re.compile(
    rb"[\x2e\x36\x3e\x26\x66]?(\x8e|\x07|\x17|\x1f|\x0f\xa1|\x0f\xa9)"
)
_MSR_WRITE = re.compile(rb"\x0f\x30")
_INVALIDATION = re.compile(
    rb"[\x2e\x36\x3e\x26\x64\x65]?\x0f\x01[\x38-\x3f\x78-\x7f\xb8-\xbf]", re.S
)


@dataclass(frozen=True)
class Step:
    """An executed instruction."""

    tick: int
    in_ring_3: bool
    function: str
    code: bytes
    address: int = 0


def read_steps(text: bytes, function_at: Callable[[int], str]) -> list[Step]:
    """What the debugger has printed of executed instructions."""
    found = []
    for line in _LINE.finditer(text):
        address = int(line[3], 16)
        found.append(
            Step(
                int(line[1]),
                int(line[2], 16) & 3 == 3,
                function_at(address),
                bytes.fromhex(line[4].decode("ascii")),
                address,
            )
        )
    return found


def _count(pattern: re.Pattern[bytes], steps: Sequence[Step]) -> int:
    return sum(1 for step in steps if pattern.match(step.code))


def cr3_loads(steps: Sequence[Step]) -> int:
    return _count(_CR3_LOAD, steps)


def segment_loads(steps: Sequence[Step]) -> int:
    """Without what INT, IRET, SYSENTER and SYSEXIT load of CS and SS."""
    return _count(_SEGMENT_LOAD, steps)


def msr_writes(steps: Sequence[Step]) -> int:
    return _count(_MSR_WRITE, steps)


def invalidations(steps: Sequence[Step]) -> int:
    """Of single pages in the TLB, by INVLPG."""
    return _count(_INVALIDATION, steps)


def kernel_entries(steps: Sequence[Step]) -> int:
    return sum(
        1
        for step, after in zip(steps, steps[1:])
        if step.in_ring_3 and not after.in_ring_3
    )


class Follower:
    """A machine that runs from breakpoint to breakpoint."""

    def __init__(self, debugger: Debugger) -> None:
        self._debugger = debugger

    def stop_at(self, address: int) -> None:
        """From now on the machine stops there: at a linear address."""
        self._debugger.command(f"lb 0x{address:x}")

    def run_to(self, address: int) -> None:
        """Runs to a breakpoint; the debugger stops for other reasons too."""
        while (stop := self._debugger.resume()).address != address:
            if stop.tick > LIMIT:
                raise GraderError(f"0x{address:x} is not reached")

    def trace(self, function_at: Callable[[int], str]) -> list[Step]:
        """The steps to the next breakpoint."""
        self._debugger.command("trace on")
        text = self._debugger.command("c")
        self._debugger.command("trace off")
        return read_steps(text, function_at)


@contextmanager
def followed(
    image: Image,
    arguments: str,
    megabytes: int,
    directory: Path,
    modules: Sequence[tuple[str, Path]] = (),
) -> Generator[Follower, None, None]:
    """Boots a stage, to be followed."""
    build_disk(directory, image.path, arguments, modules, None)
    (directory / "bochsrc").write_text(configuration(megabytes), "ascii")
    command = [program(), "-q", "-f", "bochsrc"]
    surroundings = environment(directory, grub_cache(image.path))
    with Child(command, directory, surroundings, CPU_SECONDS, None) as child:
        try:
            yield Follower(Debugger(child, Log(child).ended))
        except (EmulatorGone, Flooded, GivenUp) as reason:
            raise GraderError(f"the machine cannot be followed: {reason!r}") from None
