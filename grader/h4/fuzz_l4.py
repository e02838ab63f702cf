# SPDX-License-Identifier: MIT
"""`make fuzz-l4`: hostile programs on the whole system, with H looking after itself and
L4 being looked at from outside.

The stage is labs/8-speed/fuzz, the root program user/fuzz. What happens follows from a
seed; it ends with the first thing that is not as it has to be:

    # round 3 12000
    # broken mapping at 0x20000000: its children; seed 17, round 3, call 12500
    # vector 14 12345
    # superpages 1234
    # calls 25000

In Bochs a seed says all that happens. QEMU is five times as fast, and its timer
interrupts where this machine's clock says; what it finds may not come again.
"""

from __future__ import annotations

import argparse
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from h4.build import Builder
from h4.course import Course
from h4.emulator import Ending
from h4.errors import GraderError
from h4.programs import Programs
from h4.running import SIGMA0
from h4.stage import Recipe, Stage, StageBuilder
from h4.trials import boot_stage, last_words

FUZZ = "fuzz"  # the stage, and the root program

MEGABYTES = 8
LARGE = 24  # with 4 MB in one piece that programs can have
CALLS = 25_000  # of one boot, which may not take too long
EACH = 500  # all that L4 keeps is looked at after so many
# Instructions: the right kernel needs 30,000 for a call, with all that is looked at.
LIMIT, LIMIT_PER_CALL = 100_000_000, 100_000
PARANOID = 1
# H does too much for each call to be looked after whenever it has done something.
PARANOID_EACH = 256

ROUND = re.compile(r"round (\d+) (\d+)")
BROKEN = re.compile(r"broken (.*)")
VECTOR = re.compile(r"vector (\d+) (\d+)")
SUPERPAGES = re.compile(r"superpages (\d+)")
DONE = re.compile(r"calls (\d+)")


@dataclass
class Fuzzed:
    """What came of one boot."""

    seed: int
    megabytes: int = MEGABYTES
    calls: int = 0
    rounds: int = 0
    vectors: dict[int, int] = field(default_factory=dict)
    superpages: int = 0  # mappings of 4 MB out of others, as often as seen
    broken: str = ""
    said: str = ""  # on COM1

    def __str__(self) -> str:
        words = f"SEED={self.seed} MEMORY={self.megabytes}: {self.calls} calls in {self.rounds} rounds"
        return f"{words}: {self.broken or 'all is well'}"


def fuzz_stage(builder: StageBuilder, texts: dict[str, str] | None = None) -> Stage:
    """The stage with sigma0 and the fuzzer as its boot modules."""
    course = builder.course
    lab = replace(course.lab_with(FUZZ), programs=(SIGMA0, FUZZ))
    recipe = Recipe(name=FUZZ, texts=texts or {}, paranoid=PARANOID, paranoid_each=PARANOID_EACH, jobs=1)
    stage = builder.stage(lab, recipe)
    for exercise, words in stage.failures.items():
        raise GraderError(f"exercise {exercise} does not compile:\n{words}")
    programs = Programs(course, lab)
    compiler = Builder(builder.build / "objects", recipe.compiler, recipe.jobs)
    stage.modules = programs.build(compiler, builder.build)
    return stage


def fuzz(
    stage: Stage, seed: int, calls: int = CALLS, megabytes: int = MEGABYTES,
    each: int = EACH, emulator: str = "bochs",
) -> Fuzzed:  # fmt: skip
    """One boot with so many system calls of hostile programs."""
    notes, result = boot_stage(
        stage, f"seed={seed},calls={calls},each={each}", megabytes, emulator,
        LIMIT + calls * LIMIT_PER_CALL,
    )  # fmt: skip
    found = Fuzzed(seed, megabytes, said=result.com1.decode("ascii", "replace"))
    done = False
    for note in notes:
        if match := ROUND.fullmatch(note):
            found.rounds, found.calls = int(match[1]) + 1, int(match[2])
        elif match := VECTOR.fullmatch(note):
            found.vectors[int(match[1])] = int(match[2])
        elif match := SUPERPAGES.fullmatch(note):
            found.superpages = int(match[1])
        elif match := BROKEN.fullmatch(note):
            found.broken = match[1]
        elif match := DONE.fullmatch(note):
            found.calls, done = int(match[1]), True
    if not found.broken and not (done and result.ending == Ending.POWER_OFF):
        found.broken = last_words(result)
    return found


def seeds(given: argparse.Namespace) -> Iterator[int]:
    """One, if it is given; else one after the other until the time is over."""
    if given.seed is not None:
        yield given.seed
        return
    end = time.monotonic() + given.seconds
    seed = secrets.randbelow(1 << 31)
    while True:
        yield seed
        seed += 1
        if time.monotonic() >= end:
            return


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seconds", type=int, default=60, metavar="N")
    parser.add_argument("--seed", type=int, help="one boot, with this seed")
    parser.add_argument("--calls", type=int, default=CALLS, help="of each boot")
    parser.add_argument("--memory", type=int, default=MEGABYTES, metavar="MB")
    parser.add_argument("--emulator", choices=("bochs", "qemu"), default="bochs")


def main(root: Path, given: argparse.Namespace) -> int:
    stage = fuzz_stage(StageBuilder(Course(root), root / "build"))
    calls = 0
    for seed in seeds(given):
        print(f"SEED={seed}", flush=True)
        found = fuzz(stage, seed, given.calls, given.memory, emulator=given.emulator)
        print(found, flush=True)
        if found.broken:
            print(f"The same again: make fuzz-l4 SEED={seed} MEMORY={given.memory}")
            return 1
        calls += found.calls
    print(f"{calls} system calls of hostile programs: nothing was found.")
    return 0
