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

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.errors import GraderError
from h4.steps import Step, cr3_loads, followed, segment_loads
from h4.symbols import Image

PARTS = ("entry", "save", "decode", "client", "check", "restore", "exit")
BEGINS, ENDS = "round_trip_begins", "round_trip_ends"
# A program makes one call so that everything is as it is to stay, then this one.
MEASURED = 1

# Cycles of one crossing between user code and kernel (8.2.2); a round trip has two.
DISSERTATION = 3289

IRET, PUSHA, STI = b"\xcf", b"\x60", b"\xfb"


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
    inside = one[1:-1]
    return {
        **{part_name(trip.name, part): ticks for part, ticks in parts.items()},
        f"h.{trip.name}.cr3_loads": cr3_loads(inside),
        f"h.{trip.name}.segment_loads": segment_loads(inside),
    }


def follow(
    image: Image, arguments: str, megabytes: int, directory: Path
) -> list[list[Step]]:
    """Boots the stage, and follows each of the round trips."""
    found = []
    with followed(image, arguments, megabytes, directory) as machine:
        machine.stop_at(image.address(BEGINS))
        machine.stop_at(image.address(ENDS))
        for _ in TRIPS:
            machine.run_to(image.address(BEGINS))
            found.append(machine.trace(image.function))
    return found
