# SPDX-License-Identifier: MIT
"""`make run`: boots a stage and shows what it prints."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from h4.emulator import BootRequest, BootResult, Ending, boot
from h4.grading import build_lab, chosen_labs, course_and_labs, settings, stage_options
from h4.stage import Stage
from h4.verdict import grub_cache

# Enough for any demonstration; a stage that waits for ever ends here. Where H looks
# at all memory after each operation, there is more to do the more memory there is.
LIMIT = 500_000_000
PARANOID_LIMIT = 20_000_000_000


def options(parser: argparse.ArgumentParser) -> None:
    stage_options(parser)


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    use.recipe.own_given = True
    for lab in chosen_labs(course, labs, given.lab, use):
        stage = build_lab(course, lab, use)
        for words in stage.failures.values():
            print(words, file=sys.stderr)
        # A machine without serial output could not say it itself.
        for one in sorted(stage.missing):
            exercise = course.exercise(one)
            print(
                f"{one} {exercise.title} is not done yet: {exercise.file}",
                file=sys.stderr,
            )
        limit = PARANOID_LIMIT if given.paranoid else LIMIT
        result = run_stage(stage, given.memory, given.emulator, limit)
        text = result.com1.decode("ascii", "replace")
        print("".join(c if c.isprintable() or c == "\n" else "?" for c in text))
        if result.ending != Ending.POWER_OFF:
            print(f"The machine ended by: {result.ending.value}. {result.detail}")
    return 0


def run_stage(
    stage: Stage, megabytes: int = 32, emulator: str = "bochs", limit: int = LIMIT
) -> BootResult:
    """Boots a stage without tests: its demonstration."""
    with tempfile.TemporaryDirectory(prefix="h4-run-") as work:
        request = BootRequest(
            kernel=stage.image.path,
            args="",
            megabytes=megabytes,
            workdir=Path(work),
            begin=0,
            end=0,
            limits=[limit],
            modules=stage.modules,
            cache=grub_cache(stage.image.path),
        )
        return boot(request, emulator)
