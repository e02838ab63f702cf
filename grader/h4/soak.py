# SPDX-License-Identifier: MIT
"""`make soak`: what takes long to be found out.

verdicts   the same submission, graded again and again under load, and on a machine that
           is slower or has fewer processors, gets byte-identical verdicts and serial
           logs: a right one, one that is half done, one with mistakes, one that crashes,
           hangs and floods (with LAB=n of one lab only)
laws       the laws of H, with many seeds
programs   random programs in user space, many of them
hostile    hostile programs on L4: a million system calls
seeds      the right solution's tests with many seeds of their random numbers
halves     submissions in which some exercises are done and others are not
jitter     each test of labs 4 to 7 that has to do with interrupts, with many schedules
mutants    mistakes made by rule in every solution, as `make mutants-auto` does
class      sixty submissions, cheats and broken archives among them: killed at random moments
           and begun again, all get what they got in one go

All but verdicts and mutants follow from a seed, which is drawn and printed: the same again is
`make soak ONLY=laws SEED=n` (with LAW=number and CASES=1 it is one case),
`make soak ONLY=programs SEED=n` (with FIRST=number and RUNS=1 it is one program),
`make soak ONLY=hostile SEED=n` (with RUNS=1 it is one boot),
`make soak ONLY=seeds SEED=n` (with RUNS=1 it is that seed),
`make soak ONLY=halves SEED=n`,
`make soak ONLY=jitter SEED=n` (with RUNS=1 it is that schedule),
`make soak ONLY=class SEED=n` (the moments; with RUNS=n of so many of the sixty).
"""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path

from h4 import auto_command, class_soak
from h4.course import Course
from h4.errors import GraderError
from h4.fuzz_l4 import CALLS, LARGE, MEGABYTES, fuzz, fuzz_stage
from h4.half_done import try_halves
from h4.jitter import DISTURBED, disturb
from h4.manifest import Lab
from h4.seeds import try_seeds
from h4.soak_submissions import Submission, submissions
from h4.soak_verdicts import Soak, others
from h4.stage import StageBuilder
from h4.trials import LAW_NAMES, LAWS, PROGRAMS, run_programs, stage_of, try_laws

RUNS = 100  # verdicts on the right submission
WRONG_EACH = 5  # those on wrong ones, of which each failure costs a boot: a part of so many
CASES = 200  # of each law
PROGRAMS_RUNS = 100_000
PROGRAMS_AT_ONCE = 2500  # in one boot, which may not take too long
HOSTILE_CALLS = 1_000_000
HOSTILE_LARGE_EACH = 4  # one seed of so many has a machine with superpages
SCHEDULES = 200
SEEDS = 60
COMPILERS = ("gcc", "clang")
EACH = 500  # all memory is looked at after so many
SEEDED = ("laws", "programs", "hostile", "seeds", "halves", "jitter", "class")
PARTS = ("verdicts", *SEEDED[:-1], "mutants", "class")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=PARTS, help="a part of it")
    parser.add_argument("--runs", type=int, help="verdicts, programs, boots, seeds, schedules, class")
    parser.add_argument("--cases", type=int, default=CASES, help="of each law")
    parser.add_argument("--seed", type=int, help="of all but verdicts and mutants")
    parser.add_argument("--law", type=int, metavar="N", help="0 to 10")
    parser.add_argument("--first", type=int, default=0, help="number of a program")
    parser.add_argument("--lab", default="all")
    parser.add_argument("--submission", metavar="DIR", help="another tree")


def main(root: Path, given: argparse.Namespace) -> int:
    if given.runs is not None and given.runs < 1 or given.cases < 1:
        raise GraderError("RUNS and CASES: at least one")
    if given.law is not None and given.law not in range(len(LAW_NAMES)):
        raise GraderError(f"LAW={given.law}: 0 to {len(LAW_NAMES) - 1}")
    parts = (given.only,) if given.only else PARTS
    seed = secrets.randbelow(1 << 31) if given.seed is None else given.seed
    if set(parts) & set(SEEDED):
        print(f"SEED={seed}")
    failed = 0
    if "verdicts" in parts:
        failed += soak_verdicts(root, given)
    if "laws" in parts:
        failed += soak_laws(root, seed, given)
    if "programs" in parts:
        failed += soak_programs(root, seed, given)
    if "hostile" in parts:
        failed += soak_hostile(root, seed, given)
    if "seeds" in parts:
        failed += soak_seeds(root, seed, given)
    if "halves" in parts:
        failed += soak_halves(root, seed, given)
    if "jitter" in parts:
        failed += soak_jitter(root, seed, given)
    if "mutants" in parts:
        failed += soak_mutants(root, given)
    if "class" in parts:
        # RUNS of other parts is no number of submissions.
        failed += class_soak.soak(root, seed, given.runs if given.only else None)
    return 1 if failed else 0


def soak_laws(root: Path, seed: int, given: argparse.Namespace) -> int:
    """One boot for each law."""
    stage = stage_of(StageBuilder(Course(root), root / "build"), LAWS)
    broken = 0
    for number in range(len(LAW_NAMES)) if given.law is None else [given.law]:
        law = try_laws(stage, seed, given.cases, number)[-1]
        print(law, flush=True)
        broken += bool(law.broken)
    return broken


def soak_programs(root: Path, seed: int, given: argparse.Namespace) -> int:
    """Some boots, one after the other, until one finds something."""
    stage = stage_of(StageBuilder(Course(root), root / "build"), PROGRAMS)
    first, end = given.first, given.first + (given.runs or PROGRAMS_RUNS)
    while first < end:
        runs = min(PROGRAMS_AT_ONCE, end - first)
        found = run_programs(stage, seed, first, runs, min(EACH, runs))
        print(found, flush=True)
        if found.broken:
            return 1
        first += runs
    return 0


def soak_hostile(root: Path, seed: int, given: argparse.Namespace) -> int:
    """Boots with one seed after the other, until one finds something."""
    stage = fuzz_stage(StageBuilder(Course(root), root / "build"))
    for at in range(given.runs or HOSTILE_CALLS // CALLS):
        # Which machine a seed has does not depend on where it stands in the row.
        small = (seed + at) % HOSTILE_LARGE_EACH != 0
        found = fuzz(stage, seed + at, megabytes=MEGABYTES if small else LARGE)
        print(found, flush=True)
        if found.broken:
            return 1
    return 0


def soak_mutants(root: Path, given: argparse.Namespace) -> int:
    """All of a lab's, or of all labs."""
    wanted = [] if given.lab == "all" else ["--lab", given.lab]
    parser = argparse.ArgumentParser()
    auto_command.options(parser)
    return auto_command.main(root, parser.parse_args(wanted))


def chosen_labs(course: Course, given: argparse.Namespace) -> list[Lab]:
    """Those with tests; LAB=n is one of them."""
    return [
        lab for lab in course.labs if lab.gradable and given.lab in ("all", str(lab.number))
    ]


def soak_seeds(root: Path, seed: int, given: argparse.Namespace) -> int:
    """The reference with one seed after the other, built by each compiler."""
    builder = StageBuilder(Course(root), root / "build")
    failed = 0
    for lab in chosen_labs(builder.course, given):
        for compiler in COMPILERS:
            for line in try_seeds(builder, lab, seed, given.runs or SEEDS, compiler):
                failed += line.startswith("wrong: ")
                print(line, flush=True)
    return failed


def soak_halves(root: Path, seed: int, given: argparse.Namespace) -> int:
    """Half-done submissions of one lab after the other."""
    builder = StageBuilder(Course(root), root / "build")
    failed = 0
    for lab in chosen_labs(builder.course, given):
        for line in try_halves(builder, lab, seed):
            failed += line.startswith("wrong: ")
            print(line, flush=True)
    return failed


def soak_jitter(root: Path, seed: int, given: argparse.Namespace) -> int:
    """The reference under one schedule after the other."""
    course = Course(root)
    failed = 0
    for lab in chosen_labs(course, given):
        if lab.number in DISTURBED:
            for line in disturb(course, lab, seed, given.runs or SCHEDULES):
                failed += line.startswith("again: ")
                print(line, flush=True)
    return failed


def soak_verdicts(root: Path, given: argparse.Namespace) -> int:
    """The right solution and wrong ones, or the tree that was named."""
    if given.submission:
        chosen = [Submission(given.submission, ("--submission", given.submission))]
    else:
        chosen = submissions(Course(root), root / "build" / "soak")
    runs = given.runs or RUNS
    counts = [
        (submission, runs if at == 0 else max(2, runs // WRONG_EACH))
        for at, submission in enumerate(chosen)
    ]
    failed = 0
    for line in Soak(root, given.lab, root / "build" / "soak" / "differs").lines(counts, others()):
        failed += line.startswith("differs: ")
        print(line, flush=True)
    return failed
