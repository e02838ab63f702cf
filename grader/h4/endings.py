# SPDX-License-Identifier: MIT
"""How a test ended, in a status and in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from h4.emulator import BootResult, Ending
from h4.faults import WRONG_RING, advice, fault_words, in_kernels_ring
from h4.manifest import Test
from h4.manifest_rules import KILLS
from h4.protocol import Transcript
from h4.symbols import Image, Place

PASS, FAIL, MISSING, BLOCKED = "pass", "fail", "missing", "blocked"
CRASH, HANG, FLOOD, FORGED = "crash", "hang", "flood", "forged"
NOT_BUILT, ERROR = "not-built", "error"

ENDS_LATER = (
    "a right solution needs less than half of that. A little later this comes to an end, "
    "well or by a crash, so it is no loop without end, but one over far too much"
)
_TODO = re.compile(r"panic exercise (\S+) is not done yet")  # kernel/todo.c
_HEX = re.compile(r"(0x)?[0-9a-fA-F]{1,8}")


@dataclass
class Outcome:
    """What became of one test.

    on_host   the machine's own result was ok; what arrived outside of it was wrong
    schedule  of a test that passed: where the timer's interrupts came by a seed, in the
              words of grader/guest/README.md; empty if none were to come
    carried   all that came on COM1 in the boot that this is of
    seed      of that boot; None where no boot was to be believed
    waits_for the exercise that blocks it; empty where none does
    """

    test: Test
    status: str
    message: list[str] = field(default_factory=list)
    backtrace: Sequence[Place] = field(default_factory=list)
    instructions: int | None = None
    printed: list[str] = field(default_factory=list)  # the last lines on COM1
    on_host: bool = False
    schedule: str = ""
    carried: bytes = b""
    seed: int | None = None
    waits_for: str = ""


def numbers(text: str, count: int) -> list[int]:
    """Hexadecimal numbers of a note; zeros where it is not made of them."""
    words = text.split()
    if len(words) != count or not all(_HEX.fullmatch(word) for word in words):
        return [0] * count
    return [int(word, 16) for word in words]


def schedule_of(notes: list[str]) -> str:
    """What the harness has said of the test's schedule, if it had one."""
    return next((text for kind, _, text in (n.partition(" ") for n in notes)
                 if kind == "schedule"), "")  # fmt: skip


def read_notes(
    outcome: Outcome, notes: list[str], image: Image, megabytes: int
) -> None:
    """Adds the harness's diagnostics, see grader/guest/README.md, of a machine with so
    much memory."""
    places: list[int] = []
    trying = ""
    for note in notes:
        kind, _, text = note.partition(" ")
        if kind == "message":
            outcome.message.append(text)
        elif kind == "while":
            trying = text
        elif kind in ("expected", "found"):
            outcome.message.append(f"{kind + ':':<10}{text}")
        elif kind == "panic":
            outcome.status = CRASH
            outcome.message.append(f"the kernel panicked: {text}")
        elif kind == "off":
            outcome.status = CRASH
            outcome.message.append(switched_off())
            outcome.message += [f"last on COM1: {words}" for words in outcome.printed[-1:]]
        elif kind == "fault":
            outcome.status = CRASH
            vector, code, eip, cr2, cs = numbers(text, 5)
            outcome.message.append(fault_words(vector, code, cr2, eip))
            stack = range(*map(image.address, ("boot_stack_bottom", "boot_stack_top")))
            outcome.message += filter(None, [advice(vector, code, cr2, megabytes, stack)])
            # Where nothing was to be fetched, somebody has jumped to nowhere.
            if in_kernels_ring(eip, cs) and cr2 != eip:
                outcome.message.append(WRONG_RING)
            places.insert(0, eip)
        elif kind in ("frame", "where"):
            # A return address: the call stands in front of it. A stack that was
            # overwritten may say nothing.
            places += [back - 1 for back in numbers(text, 1) if back]
    if trying:
        outcome.message.append(while_words(trying))
    outcome.backtrace = image.places(places)
    for found in filter(None, map(_TODO.fullmatch, notes)):
        if found[1] in image.missing:
            _called_what_is_not_there(outcome, found[1])


def up_to_the_test(places: Sequence[Place], test: Test) -> Sequence[Place]:
    """Of a backtrace what is a student's business: not who has called the test."""
    for at, place in enumerate(places):
        if place.function == f"test_{test.name}":
            return places[: at + 1]
    return places


def _called_what_is_not_there(outcome: Outcome, exercise: str) -> None:
    """A test that has come to an exercise which is not there waits for it, though the
    manifest does not say so: what calls it is a student's."""
    # The first of them is the exercise's own function.
    called = " is called by ".join(str(place) for place in outcome.backtrace[:2])
    outcome.status, outcome.waits_for = BLOCKED, exercise
    outcome.message = [f"needs {exercise}, which is not there yet: {called}"]
    outcome.backtrace = []


def ending(
    result: BootResult, script: Transcript, begun: bool, kind: str = ""
) -> tuple[str, list[str]]:
    """A test that did not come to its result: how the machine ended, and what the test
    was doing."""
    status, words = _how_it_ended(result, script, begun, kind)
    if result.trying and begun:
        words.append(while_words(result.trying))
    return status, words


def _how_it_ended(
    result: BootResult, script: Transcript, begun: bool, kind: str
) -> tuple[str, list[str]]:
    when = "" if begun else " before the first test began"
    if result.ending == Ending.HOST_LIMIT:
        return ERROR, [
            f"the emulator used more processor time than it may{when}: "
            "this says nothing about the exercise",
            result.detail,
        ]
    if result.ending == Ending.EMULATOR_FAILED:
        return ERROR, [f"the emulator failed{when}: {result.detail}"]
    if result.ending == Ending.FLOOD:
        return FLOOD, [f"the machine did hardly anything but write{when}: {result.detail}"]
    if result.ending == Ending.DEVICE:
        return CRASH, [
            f"a device was asked{when} for what it cannot do, as happens when "
            "a wild physical address is read or written",
            f"the emulator says: {result.detail}",
        ]
    if result.ending == Ending.REBOOT or script.restarted:
        return CRASH, [f"the machine was reset{when}: it began to boot a second time"]
    if result.ending == Ending.TRIPLE_FAULT:
        return CRASH, [
            f"triple fault{when}: an exception came up, and the processor "
            "could not reach its handler, nor that of the double fault",
            "this is what a page-directory without the kernel in it looks like",
        ]
    if result.ending == Ending.HALTED:
        return HANG, [
            f"the processor was halted, and nothing can wake it: {result.detail}"
        ]
    if result.ending == Ending.LIMIT:
        return HANG, [
            f"it did not come to an end: {result.detail}",
            "all runs of your test share them: it is too long, or a loop of it does not end "
            "on one of the versions"
            if kind == KILLS
            else ENDS_LATER
            if result.hang and result.hang.ends
            else "a right solution needs less than half of that: this is a loop without end, "
            "or one over far too much",
        ]
    if result.ending == Ending.SLOW:
        return HANG, [
            f"it did not come to an end: {result.detail}",
            "instructions like WBINVD and INVD, in a loop, are as slow as that",
        ]
    return CRASH, [switched_off(when)]


def while_words(trying: str) -> str:
    """What the test was doing, in its own words."""
    return f"while {trying}"


def switched_off(when: str = "") -> str:
    return f"the machine was switched off{when} before its result came"


def forged_words(words: str) -> list[str]:
    """Of a line that nobody but the harness may send."""
    return [
        "the result line carries something that the test harness did not send, so "
        "nothing of this boot counts:",
        words,
        "COM2 (ports 0x2F8 to 0x2FF) belongs to the harness alone",
    ]


def tampered_words(words: list[str]) -> list[str]:
    """Of a harness that is not what it was."""
    return [
        "the test harness in the machine is not as it was made, so nothing of this "
        "boot counts:",
        *words,
        "its code, its data and the way back to it belong to the harness alone; a wild "
        "write can do this, too",
    ]
