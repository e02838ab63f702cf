# SPDX-License-Identifier: MIT
"""Which of its cases a test was trying when something other than its own words ended
it: said by the guest where it still can, and read from outside where it cannot."""

from __future__ import annotations

import re
import struct

import pytest
from conftest import ROOT

from h4.bochs_debugger import Memory
from h4.bodies import replace_body
from h4.endings import CRASH, HANG, Outcome
from h4.guest_trying import WORDS, guest_trying
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

CASE = 'trying("%s: %d, %u, %5u, 0x%08x, %c%%, %zu", "words", -3, -3u, 7, 0xAB, 65, 9u);'
SAID = "trying words: -3, 4294967293,     7, 0x000000ab, A%, 9"
ENDS = {
    "exception": ('__asm__ volatile("ud2");', CRASH),
    "panic": ('h4_todo("nothing");', CRASH),
    "hang": ('__asm__ volatile("1: jmp 1b");', HANG),
    "sleep": ('__asm__ volatile("cli; hlt");', HANG),
}
NOT_IN_QEMU = "hang"  # it counts no instructions: a loop ends in `error`, see qemu.py


def ended(
    builder: StageBuilder, files: dict[str, str], number: int, name: str,
    emulator: str = "bochs",
) -> Outcome:  # fmt: skip
    """How a test ends where these files are as they are here."""
    lab = builder.course.lab(number)
    test = next(test for test in lab.tests if test.name == name)
    stage = builder.stage(lab, Recipe(texts=files, jobs=1))
    machine = Machine(jobs=1, direct=emulator == "bochs", emulator=emulator)
    return run_tests(stage, lab, [test], builder.course.secret, machine)[name]


def own_test(builder: StageBuilder, body: str, emulator: str = "bochs") -> Outcome:
    """How a student's test that does this ends."""
    course = builder.course
    own = course.exercise("2.6")
    text = replace_body(course.text(own.file), own.file, own.id, lambda _: body)
    return ended(builder, {own.file: text}, 2, "own_test_accepts_the_reference", emulator)


def said(outcome: Outcome) -> list[str]:
    return [line for line in outcome.message if line.startswith("while ")]


@pytest.mark.parametrize("end", ENDS)
def test_the_guest_and_the_host_say_the_same(builder: StageBuilder, end: str) -> None:
    body, status = ENDS[end]
    outcome = own_test(builder, CASE + body)
    assert outcome.status == status
    assert said(outcome) == [f"while your test ran on the right solution, {SAID}"]


@pytest.mark.parametrize("end", [one for one in ENDS if one != NOT_IN_QEMU])
def test_they_say_it_in_qemu_too(builder: StageBuilder, end: str) -> None:
    body, status = ENDS[end]
    outcome = own_test(builder, CASE + body, "qemu")
    assert outcome.status == status
    assert said(outcome) == [f"while your test ran on the right solution, {SAID}"]


def test_what_is_over_is_not_told(builder: StageBuilder) -> None:
    """Nor is what an `expect` had expected the result of."""
    over = 'trying("what is over"); trying_over();'
    expected = 'expect_page_result(PAGE_OK, PAGE_OK, "what was right");'
    outcome = own_test(builder, over + expected + ENDS["exception"][0])
    assert said(outcome) == ["while your test ran on the right solution"]


@pytest.mark.parametrize("end", ENDS)
def test_the_case_of_a_table_is_named(builder: StageBuilder, end: str) -> None:
    """By the text alone that the test has for a wrong answer."""
    course, file = builder.course, "kernel/table_entries.c"
    text = course.solved(file)
    wrong = text.replace("return PAGING_IN_USE;", ENDS[end][0], 1)
    assert wrong != text
    outcome = ended(builder, {file: wrong}, 1, "add_refuses_entries_in_use")
    assert said(outcome) == [
        "while trying add_table_entries(flexpage 0x00460010 to frame 0x00420000, perms 6)"
    ]


@pytest.mark.parametrize("end", ["exception", "hang"])
def test_whom_l4_serves_is_told(builder: StageBuilder, end: str) -> None:
    """Of a trial in user code, whose own lines nobody sees: what it has asked for."""
    course, file = builder.course, "l4/exchange.c"
    text = course.solved(file)
    wrong = text.replace("        struct thread *thread = thread_named(self, in->eax);\n",
                         f"        {ENDS[end][0]}\n        struct thread *thread = "
                         "thread_named(self, in->eax);\n", 1)  # fmt: skip
    assert wrong != text
    outcome = ended(builder, {file: wrong}, 5, "exchange_halts")
    assert outcome.status == ENDS[end][1]
    (line,) = said(outcome)
    served = r"while trying to serve thread 0x000c8001, left by vector 0x80 at 0x[0-9a-f]{8}: "
    assert re.match(served + r"EAX 0x[0-9a-f]+, EBX .*, EDI 0x[0-9a-f]+(;.*)?$", line)
    assert outcome.backtrace[0].function == "call_exchange_registers"


def test_what_a_ruined_guest_says_is_cut_off() -> None:
    """Any words may stand there: nothing but text comes of it, and not without end."""
    words = [0x2000, 99, *[0x3000] * WORDS]
    memory = bytearray(0x4000)
    struct.pack_into(f"<{2 + WORDS}I", memory, 0x1000, *words)
    memory[0x1000 + 4 * (2 + WORDS)] = ord("w")
    memory[0x2000:0x2400] = (b"%s%c%-9999d%*s%n%q%-99999999s" * 40)[:0x400]
    memory[0x3000:0x4000] = b"\xff" * 0x1000

    def at(address: int) -> int:
        return struct.unpack_from("<I", memory, address)[0]

    found = guest_trying(Memory(at, {}, 32), 0x1000)
    assert found.startswith("w, trying \xff") and len(found) <= 240
    assert guest_trying(Memory(at, {}, 32), 0) == ""
    assert guest_trying(Memory(lambda address: None, {}, 32), 0x1000) == ""


def test_a_trial_says_how_far_it_has_come(builder: StageBuilder) -> None:
    """By its last check, or by the row of a table that it tries; whether the kernel
    crashes or the trial does not come to its end."""
    course, file = builder.course, "l4/exchange.c"
    text = course.solved(file)
    first = "        struct thread *thread = thread_named(self, in->eax);\n"
    assert first in text
    row = r"; the trial is at line \d+, behind \d+ checks: nobody$"
    for when, what, name, words in (
        ("in->eax == 0", ENDS["exception"][0], "exchange_of_nobody", row),
        ("in->eax == 0", ENDS["hang"][0], "exchange_of_nobody", row),
        ("(in->ecx & 0x20) && in->edi == 4", ENDS["panic"][0], "exchange_changes_six_flags",
         r"; the trial is behind line \d+, its check \d+: the flags, after one of them was set$"),
    ):  # fmt: skip
        wrong = text.replace(first, f"        if ({when}) {{ {what} }}\n{first}")
        (line,) = said(ended(builder, {file: wrong}, 5, name))
        assert re.search(words, line), line


_FUNCTION = re.compile(r"^}", re.M)


def test_what_is_tried_is_over_some_time() -> None:
    """In the function that has said it: else what comes later is blamed on it."""
    found = 0
    for path in sorted(ROOT.glob("labs/*/*.[ch]")):
        for body in _FUNCTION.split(path.read_text()):
            said = body.rfind("trying(")
            found += said >= 0
            assert said < 0 or "trying_over()" in body[said:], f"{path}:{body}"
    assert found > 30
