# SPDX-License-Identifier: MIT
"""`make hint EX=n.m`: three hints an exercise, one at a time.

Which have been seen stands in .hints.json of the tree. It is a convenience and
no judge: where it is lost or damaged, the hints begin again.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from h4.course import Course
from h4.errors import GraderError
from h4.manifest import Exercise, Lab
from h4.whole_file import write_text

STATE = ".hints.json"


def next_hint(tree: Path, exercise: str, again: bool = False) -> str:
    """The next hint as text, remembered as seen; with `again` those seen before."""
    course = Course(tree)
    if not exercise:
        raise GraderError(
            "which exercise? `make hint EX=n.m`; the exercises are\n"
            + "\n".join(f"  {e.id}  {e.title}" for e in course.manifest.exercises)
        )
    wanted = course.exercise(exercise)
    lab = course.lab(int(exercise.partition(".")[0]))
    seen = _seen(tree)
    count = seen.get(wanted.id, 0)
    if again:
        return _all_again(lab, wanted, count)
    if count == len(wanted.hints):
        return (
            f"You have seen all {count} hints for exercise {_name(wanted)}.\n"
            f"The section about it: {lab.handout}{wanted.handout}\n"
            f"The hints once more: make hint EX={wanted.id} AGAIN=1"
        )
    _remember(tree, seen | {wanted.id: count + 1})
    text = _hint(wanted, count)
    if count + 1 < len(wanted.hints):
        return f"{text}\n\nThe next one: make hint EX={wanted.id}"
    return f"{text}\n\nThis was the last. The section: {lab.handout}{wanted.handout}"


def _all_again(lab: Lab, exercise: Exercise, count: int) -> str:
    if not count:
        return (
            f"You have not seen a hint for exercise {_name(exercise)} yet.\n"
            f"The first of {len(exercise.hints)}: make hint EX={exercise.id}"
        )
    texts = [_hint(exercise, at) for at in range(count)]
    if count < len(exercise.hints):
        texts.append(f"The next one: make hint EX={exercise.id}")
    else:
        texts.append(f"These are all. The section: {lab.handout}{exercise.handout}")
    return "\n\n".join(texts)


def _name(exercise: Exercise) -> str:
    return f"{exercise.id} ({exercise.title})"


def _hint(exercise: Exercise, at: int) -> str:
    lines = exercise.hints[at].strip("\n").split("\n")
    text = "\n".join(f"  {line}".rstrip() for line in lines)
    return (
        f"Hint {at + 1} of {len(exercise.hints)} for exercise {_name(exercise)}:\n\n"
        f"{text}"
    )


def _seen(tree: Path) -> dict[str, int]:
    """How many hints of each exercise have been seen, 1 to 3."""
    try:
        state = json.loads((tree / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(state, dict):
        return {}
    # A bool is an int to Python, so the type is asked for exactly.
    return {
        name: count
        for name, count in state.items()
        if type(count) is int and 1 <= count <= 3
    }


def _remember(tree: Path, seen: dict[str, int]) -> None:
    """All or nothing: an interrupted write leaves the state as it was."""
    try:
        write_text(tree / STATE, json.dumps(seen, indent=2, sort_keys=True) + "\n")
    except GraderError as error:
        raise GraderError(
            f"{error}: it cannot be written, and keeps which hints you have seen"
        ) from error


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--exercise", default="", metavar="N.M")
    parser.add_argument(
        "--again", action="store_true", help="show the hints already seen"
    )


def main(root: Path, given: argparse.Namespace) -> int:
    print(next_hint(root, given.exercise, given.again))
    return 0
