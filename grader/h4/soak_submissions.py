# SPDX-License-Identifier: MIT
"""Submissions for `make soak`: what is not right has to get the same verdict each time, too.

right   the course's own tree
half    of each lab the second half of its exercises is as students are given it
wrong   in each lab one of the mistakes of its table
broken  here and there functions crash, hang, flood, sleep, forge or do not compile

All but the first are graded with BASE=reference, so that each lab is judged by itself.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from h4.bodies import Stub, answer, replace_body
from h4.course import Course
from h4.manifest import load_mutants
from h4.marks import mutate, starter

_OUT = '__asm__ volatile("outb %0, %1" : : "a"((unsigned char){}), "Nd"((unsigned short){}));'
_NO_VECTORS = (
    "struct { unsigned short limit; unsigned base; } __attribute__((packed)) none ="
    ' { 0, 0 }; __asm__ volatile("lidt %0; int3" : : "m"(none));'
)
# Exercises with few tests that few others need, and what each function does first: each
# test that fails in such a way costs a boot.
MISBEHAVIOUR = {
    "1.8": "*(volatile int *)8 = 1;",
    "1.9": "volatile int on = 1; while (on) ;",
    "4.7": f"for (;;) {{ {_OUT.format(ord('x'), '0x3F8')} }}",
    "5.8": _NO_VECTORS,
    "6.7": '__asm__ volatile("cli; hlt");',
    "7.8": "".join(_OUT.format(ord(letter), "0x2F8") for letter in "ok 1 a\n"),
    "7.9": "static char much[1u << 31] = { 1 }; much[1] = 1;",
}


@dataclass(frozen=True)
class Submission:
    """A tree to be graded; `options` are those of `grader/grade grade`."""

    name: str
    options: tuple[str, ...]


def submissions(course: Course, folder: Path) -> list[Submission]:
    """The four; writes the trees of those that are not right to `folder`."""
    texts = {
        "half": {path: _half(course, path) for path in course.exercise_files},
        "wrong": _wrong(course),
        "broken": {path: _broken(course, path) for path in course.exercise_files},
    }
    found = [Submission("right", ())]
    for name, files in texts.items():
        tree = folder / name
        shutil.rmtree(tree, ignore_errors=True)
        for path, text in files.items():
            (tree / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / path).write_text(text)
        options = ("--submission", str(tree), "--base", "reference")
        found.append(Submission(name, options))
    return found


def _half(course: Course, path: str) -> str:
    missing = {
        exercise.id
        for lab in course.labs
        for exercise in lab.exercises[len(lab.exercises) // 2 :]
    }
    here = {exercise.id for exercise in course.exercise_files[path]}
    return starter(course.text(path), path, here & missing)


def _wrong(course: Course) -> dict[str, str]:
    texts = {path: course.solved(path) for path in course.exercise_files}
    for lab in course.labs:
        mutants = [one for one in load_mutants(course.root, lab) if one.jitter is None]
        if mutants:
            chosen = mutants[len(mutants) // 2]
            texts[chosen.file] = mutate(course.text(chosen.file), chosen)
    return texts


def _broken(course: Course, path: str) -> str:
    here = [e.id for e in course.exercise_files[path] if e.id in MISBEHAVIOUR]
    if not here:
        return course.solved(path)
    exercise = here[0]

    def body(stub: Stub) -> str:
        used = "".join(f"(void)({argument}); " for argument in stub.arguments)
        return f"{MISBEHAVIOUR[exercise]} {used}{answer(stub.returns, '0')}"

    return replace_body(course.text(path), path, exercise, body)
