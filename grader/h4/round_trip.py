# SPDX-License-Identifier: MIT
"""What a system call that does nothing costs, there and back, and with what.

    user --> H --> client --> H --> user

A program of the measuring stage makes the call, and reads the time-stamp counter
before and after it. For its parts the same stage runs a second time: Bochs's
debugger prints each instruction between two functions of the stage, with the tick
at which it was executed. The parts' sum has to be what the program has read.

    part      by INT 0x80, plain form            by SYSENTER, bound form
    entry     INT, gate, code and vector         SYSENTER, the words that a gate pushes
    save      registers into the context         the same
    decode    what it was, and back to the       the arguments for the handler
              caller of h_execute_vector
    client    calls again                        calls h_run
    check     handles, what ring 3 must have     binding, address space, GS
    restore   registers from the context         the same
    exit      IRET                               STI, SYSEXIT

An instruction that loads a segment register is a segment load; what INT, IRET,
SYSENTER and SYSEXIT load of CS and SS is not counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.bochs import CPU_SECONDS
from h4.bochs_debugger import Debugger, EmulatorGone
from h4.bochs_log import Log
from h4.bochs_machine import configuration, environment, program
from h4.child import Child, Flooded, GivenUp
from h4.errors import GraderError
from h4.image import build_disk
from h4.symbols import Image

PARTS = ("entry", "save", "decode", "client", "check", "restore", "exit")
BEGINS, ENDS = "round_trip_begins", "round_trip_ends"
# A program makes one call so that everything is as it is to stay, then this one.
MEASURED = 1
LIMIT = 2_000_000_000  # instructions

# Cycles of one crossing between user code and kernel (8.2.2); a round trip has two.
DISSERTATION = 3289

IRET, PUSHA, STI = b"\xcf", b"\x60", b"\xfb"
_LINE = re.compile(
    rb"^\(0\)\.\[(\d+)\] \[0x[0-9a-f]+\] ([0-9a-f]{4}):([0-9a-f]+) .*; ([0-9a-f]+)\r?$",
    re.M,
)
# MOV to CR3; MOV to a segment register, POP to one. A prefix may stand before.
_CR3_LOAD = re.compile(rb"\x0f\x22[\xd8-\xdf]")
_SEGMENT_LOAD = re.compile(
    rb"[\x2e\x36\x3e\x26\x66]?(\x8e|\x07|\x17|\x1f|\x0f\xa1|\x0f\xa9)"
)


@dataclass(frozen=True)
class Step:
    """An executed instruction."""

    tick: int
    in_ring_3: bool
    function: str
    code: bytes


@dataclass(frozen=True)
class Trip:
    """A round trip: where each part begins, seen from the step and the one before."""

    name: str
    words: str
    begins: Sequence[Callable[[Step, Step], bool]]  # of the parts but the first


def _enters(function: str) -> Callable[[Step, Step], bool]:
    return lambda step, _: step.function == function


TRIPS = (
    Trip(
        "null_round_trip",
        "INT 0x80, h_execute_vector",
        (
            _enters("leave_user"),
            lambda step, _: step.function != "leave_user",
            _enters("serve"),
            _enters("h_execute_vector"),
            _enters("enter_user"),
            lambda step, _: step.code == IRET,
        ),
    ),
    Trip(
        "null_round_trip_sysenter",
        "SYSENTER, h_run",
        (
            _enters("run_sysenter"),
            lambda _, before: before.code == PUSHA,
            _enters("serve_nothing"),
            _enters("h_run"),
            _enters("run_sysexit"),
            lambda step, _: step.code == STI,
        ),
    ),
)
NAMES = tuple(trip.name for trip in TRIPS)


def total_name(trip: str) -> str:
    return f"h.{trip}.instructions"


def part_name(trip: str, part: str) -> str:
    return f"h.{trip}.{part}.instructions"


def is_of_a_trip(name: str) -> bool:
    return name.split(".")[1] in NAMES


def read_steps(text: bytes, function_at: Callable[[int], str]) -> list[Step]:
    """What the debugger has printed of executed instructions."""
    return [
        Step(
            int(found[1]),
            int(found[2], 16) & 3 == 3,
            function_at(int(found[3], 16)),
            bytes.fromhex(found[4].decode("ascii")),
        )
        for found in _LINE.finditer(text)
    ]


def crossing(steps: list[Step], number: int) -> list[Step]:
    """The steps of one round trip, and the first one behind it: from an instruction
    in ring 3 that leads to ring 0 to the next one in ring 3."""
    left = [
        at
        for at, (step, after) in enumerate(zip(steps, steps[1:]))
        if step.in_ring_3 and not after.in_ring_3
    ]
    if len(left) <= number:
        raise GraderError(f"the program has left ring 3 {len(left)} times only")
    first = left[number]
    back = (at for at in range(first + 1, len(steps)) if steps[at].in_ring_3)
    last = next(back, None)
    if last is None:
        raise GraderError("the program has not come back to ring 3")
    return steps[first : last + 1]


def parts_of(trip: Trip, steps: list[Step]) -> dict[str, int]:
    """The instructions of each part; `steps` is a crossing."""
    borders = [steps[0].tick]
    for before, step in zip(steps, steps[1:-1]):
        if len(borders) < len(PARTS) and trip.begins[len(borders) - 1](step, before):
            borders.append(step.tick)
    if len(borders) < len(PARTS):
        raise GraderError(
            f"{trip.name}: the part `{PARTS[len(borders)]}` does not begin anywhere"
        )
    ends = [*borders[1:], steps[-1].tick]
    return {part: end - begin for part, begin, end in zip(PARTS, borders, ends)}


def figures_of(trip: Trip, steps: list[Step], total: int) -> dict[str, int]:
    """Everything that is known of a round trip, by name."""
    one = crossing(steps, MEASURED)
    parts = parts_of(trip, one)
    if sum(parts.values()) != total:
        raise GraderError(
            f"{trip.name}: the program has counted {total} instructions, and the "
            f"emulator {sum(parts.values())}"
        )
    inside = [step.code for step in one[1:-1]]
    return {
        **{part_name(trip.name, part): ticks for part, ticks in parts.items()},
        f"h.{trip.name}.cr3_loads": sum(map(bool, map(_CR3_LOAD.match, inside))),
        f"h.{trip.name}.segment_loads": sum(
            map(bool, map(_SEGMENT_LOAD.match, inside))
        ),
    }


def _run_to(debugger: Debugger, address: int) -> None:
    """Runs to a breakpoint; the debugger stops for other reasons too."""
    while (stop := debugger.resume()).address != address:
        if stop.tick > LIMIT:
            raise GraderError(f"0x{address:x} is not reached")


def follow(
    image: Image, arguments: str, megabytes: int, directory: Path
) -> list[list[Step]]:
    """Boots the stage, and follows each of the round trips."""
    build_disk(directory, image.path, arguments, [], None)
    (directory / "bochsrc").write_text(configuration(megabytes), "ascii")
    command = [program(), "-q", "-f", "bochsrc"]
    surroundings = environment(directory)
    found = []
    with Child(command, directory, surroundings, CPU_SECONDS, None) as child:
        try:
            debugger = Debugger(child, Log(child).ended)
            debugger.command(f"lb 0x{image.address(BEGINS):x}")
            debugger.command(f"lb 0x{image.address(ENDS):x}")
            for _ in TRIPS:
                _run_to(debugger, image.address(BEGINS))
                debugger.command("trace on")
                text = debugger.command("c")
                debugger.command("trace off")
                found.append(read_steps(text, image.function))
        except (EmulatorGone, Flooded, GivenUp) as reason:
            raise GraderError(f"a round trip cannot be followed: {reason!r}") from None
    return found
