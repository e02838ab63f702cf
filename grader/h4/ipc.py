# SPDX-License-Identifier: MIT
"""What messages cost: the program `pingpong` in the last lab that has it, and in the
first one, where all messages go the general way.

The program prints instructions for each number of words, one way, between address
spaces and within one; of a message without words phases.py says what it consists of.

L4 is a client of H, and what is graded is compiled with traps (build.CLIENT_TRAPS).
Both is measured:

    ipc.inter.0.instructions              as it is graded
    ipc.general.inter.0.instructions      the same on the general way
    ipc.no_traps.inter.0.instructions, ipc.no_traps.general.inter.0.instructions
    ipc.intra.0.instructions, ...         within an address space
    ipc.inter.phases.lookup.instructions, ipc.inter.cr3_loads, ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from h4.course import Course
from h4.emulator import Ending
from h4.errors import GraderError
from h4.manifest import Lab
from h4.phases import COUNTS, PHASES, Message, functions, mean, message_of
from h4.running import choose_root, run_stage
from h4.stage import Recipe, Stage, StageBuilder
from h4.steps import SYSENTER, Step, followed, kernel_entries
from h4.symbols import Image
from h4.work_folder import work_folder

PROGRAM = "pingpong"
WORDS = tuple(range(0, 61, 4))
WAYS = ("inter", "intra")  # in the order in which the program measures them
MEGABYTES = 32

_ROW = re.compile(r"^ +([0-9]+) +([0-9]+) +([0-9]+)$", re.M)

# Where the machine is stopped: the kernel begins to run programs; a thread is ended,
# as the first way has been measured; one of those that send begins; a message begins.
STARTED, ENDED, THREAD, MESSAGE = "l4_run", "thread_end", "pong", "exchange_message"
# The first messages find tables and TLB empty. The program sends ten rounds before it
# measures.
SKIPPED = 8
TRIED = 8  # four there, four back
KERNEL = 0xC0000000


@dataclass(frozen=True)
class Variant:
    """A kernel to be measured."""

    general: bool
    traps: bool

    @property
    def name(self) -> str:
        """What its figures' names begin with."""
        parts = ["ipc"]
        if not self.traps:
            parts.append("no_traps")
        if self.general:
            parts.append("general")
        return ".".join(parts)

    @property
    def words(self) -> str:
        way = "general way" if self.general else "short way"
        return way if self.traps else f"{way}, no traps"


VARIANTS = tuple(
    Variant(general, traps) for traps in (True, False) for general in (False, True)
)


def instructions_name(variant: Variant, way: str, words: int) -> str:
    return f"{variant.name}.{way}.{words}.instructions"


def phase_name(variant: Variant, way: str, phase: str) -> str:
    return f"{variant.name}.{way}.phases.{phase}.instructions"


def count_name(variant: Variant, way: str, count: str) -> str:
    return f"{variant.name}.{way}.{count}"


def labs_with(course: Course, program: str) -> list[Lab]:
    """Those that have this program, in order."""
    return [lab for lab in course.labs if program in lab.programs]


def measured(course: Course) -> Iterator[tuple[Variant, Lab]]:
    """What is measured in which lab. Where one lab alone has the program there is no
    other way than the general one, under both names."""
    labs = labs_with(course, PROGRAM)
    if not labs:
        raise GraderError(f"no lab has the program {PROGRAM}")
    for variant in VARIANTS:
        yield variant, labs[0] if variant.general else labs[-1]


def read_table(text: str) -> dict[str, dict[int, int]]:
    """The table that the program prints: instructions by words, each way."""
    rows = [tuple(map(int, found.groups())) for found in _ROW.finditer(text)]
    if tuple(words for words, *_ in rows) != WORDS:
        raise GraderError(f"{PROGRAM} has not printed its table:\n{text[-2000:]}")
    return {
        way: {words: ticks[at] for words, *ticks in rows} for at, way in enumerate(WAYS)
    }


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Every figure, by name."""
    course = Course(root)
    builder = builder or StageBuilder(course, root / "build")
    figures: dict[str, int] = {}
    for variant, lab in measured(course):
        stage = builder.stage(lab, Recipe(traps=variant.traps))
        choose_root(stage, PROGRAM)
        figures |= measure_stage(stage, variant)
    return figures


def measure_stage(stage: Stage, variant: Variant) -> dict[str, int]:
    result = run_stage(stage, MEGABYTES)
    text = result.com1.decode("ascii", "replace")
    if result.ending != Ending.POWER_OFF:
        raise GraderError(f"{PROGRAM} ended by: {result.ending.value}. {result.detail}")
    figures: dict[str, int] = {}
    for way, table in read_table(text).items():
        for words, ticks in table.items():
            figures[instructions_name(variant, way, words)] = ticks
        figures |= figures_of(variant, way, follow(stage, way), table[0])
    return figures


def figures_of(
    variant: Variant, way: str, message: Message, ticks: int
) -> dict[str, int]:
    """The figures of a message, which has to be what the program has measured: both are
    half of a round, and rounded."""
    if abs(message.total - ticks) > 1:
        raise GraderError(
            f"{variant.name}.{way}: the program has counted {ticks} instructions, and "
            f"the emulator {message.total}"
        )
    return {
        phase_name(variant, way, phase): message.phases[phase] for phase in PHASES
    } | {count_name(variant, way, count): message.counts[count] for count in COUNTS}


def follow(stage: Stage, way: str) -> Message:
    """A message without words, from the one thread to the other: of the two directions,
    which are followed in turn, the mean."""
    file = dict(stage.modules)[PROGRAM].with_suffix(".elf")
    user = Image(file)
    with work_folder("ipc-") as work:
        with followed(
            stage.image, "", MEGABYTES, Path(work), stage.modules
        ) as machine:
            # Before, boot loader and BIOS may have had code where the program is.
            stops = [stage.image.address(STARTED)]
            if way != WAYS[0]:
                stops.append(user.address(ENDED))
            stops.append(user.address(THREAD))
            stops += [user.address(MESSAGE)] * SKIPPED
            for at, address in enumerate(stops):
                if address not in stops[:at]:
                    machine.stop_at(address)
                machine.run_to(address)
            tried = [machine.trace(lambda _: "") for _ in range(TRIED)]
    ways = [undisturbed(tried[at::2], user.address(MESSAGE)) for at in range(2)]
    places = [one.address for steps in ways for one in steps if one.address >= KERNEL]
    at = functions(stage.image.path, places)
    return mean(*(message_of(steps, at) for steps in ways))


def undisturbed(tried: list[list[Step]], begin: int) -> list[Step]:
    """Of what has been followed from one stop to the next, a message: the one way into
    the kernel was the program's own, no interrupt. Of several the shortest: between
    two measurements a thread does other things, too."""
    whole = [
        steps
        for steps in tried
        if steps
        and steps[0].address == begin
        and kernel_entries(steps) == 1
        and any(step.code == SYSENTER for step in steps)
    ]
    if not whole:
        raise GraderError("no message has been followed from its beginning to its end")
    return min(whole, key=len)
