# SPDX-License-Identifier: MIT
"""Kernels that tamper with the harness while it runs: the grader sees it from outside,
in both emulators, and says what it saw."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from h4 import verdict
from h4.bochs_memory import GuestMemory
from h4.course import Course
from h4.endings import FAIL, FORGED, PASS, Outcome
from h4.manifest import Lab
from h4.process_memory import ProcessMemory
from h4.qemu_look import DUMP
from h4.snapshot import Code, Snapshot
from h4.stage import Recipe, Stage, StageBuilder
from h4.symbols import Image
from h4.verdict import Machine, run_tests

FILE, EXERCISE = "kernel/flexpage.c", "1.1"
GUILTY, INNOCENT = "fpage_make_takes_every_size", "1.3"

# What the cheats are made of. They know the harness by its symbols.
TOOLS = r"""
#include <kernel/cpu.h>
#include <kernel/descriptors.h>
#include <kernel/fault.h>
#include <kernel/image.h>
#include <kernel/power.h>
#include <kernel/string.h>

struct harness_line { char nonce[40]; uint32_t number; };
struct harness_plan { uint32_t seed; char tests[1000]; };
struct harness_running {
        bool test, counted, failing, debug;
        uint32_t number, index;
        const uint32_t *frame;
};
extern struct harness_line harness_line;
extern struct harness_plan harness_plan;
extern struct harness_running harness_running;
void harness_test_end(uint32_t index);
void protocol_line(const char *text, ...);
void protocol_drain(void);
void expect_hex(uint32_t expected, uint32_t found, const char *text, ...);
void trap_set_observer(bool (*observer)(struct trap_frame *frame));
void cheat(void);

static void
poke(void *where, const void *what, size_t size)
{
        uint32_t cr0 = read_cr0();

        write_cr0(cr0 & ~CR0_WP);
        memcpy(where, what, size);
        write_cr0(cr0);
}

static uint8_t kept[5];

// In place of expect_hex: whatever is expected is found, and nothing is left to see.
static void
expect_nothing(uint32_t expected, uint32_t found, const char *text, ...)
{
        (void)expected;
        (void)found;
        (void)text;
        poke(expect_hex, kept, 5);
}

static void
expect_nothing_once(void)
{
        uint8_t jump[5] = { 0xE9 };
        uint32_t distance = (uint32_t)expect_nothing - (uint32_t)expect_hex - 5;

        memcpy(kept, expect_hex, 5);
        memcpy(jump + 1, &distance, 4);
        poke(expect_hex, jump, 5);
}

static uint32_t *
idt_entry(unsigned vector)
{
        struct table_register table;

        sidt(&table);
        return (uint32_t *)table.base + 2 * vector;
}

static void
handler_of_mine(void)
{
        for (;;)
                ;
}

static bool
observer_of_mine(struct trap_frame *frame)
{
        return frame != NULL;
}

static uint32_t *
frame_of_the_test(void)
{
        uint32_t *frame = __builtin_frame_address(0);

        while (frame[0] != (uint32_t)harness_running.frame)
                frame = (uint32_t *)frame[0];
        return frame;
}

static void
say_the_rest(void)
{
        protocol_line("ok %u", harness_running.number);
        protocol_drain();
        power_set_observer(NULL); // the harness's would say more
        power_off(POWER_OFF_DONE);
}

static uint8_t other_page[2 * PAGE_SIZE];

// The page of `linear`, copied, is mapped in place of itself.
static void
map_another(void *linear)
{
        uint8_t *page = (uint8_t *)((uint32_t)linear & -PAGE_SIZE);
        uint8_t *copy =
                (uint8_t *)(((uint32_t)other_page + PAGE_SIZE - 1) & -PAGE_SIZE);
        unsigned index = ((uint32_t)page - KERNEL_BASE) / PAGE_SIZE;

        memcpy(copy, page, PAGE_SIZE);
        boot_table[index] = ((uint32_t)copy - KERNEL_BASE) |
                            (boot_table[index] & (PAGE_SIZE - 1));
        __asm__ volatile("invlpg (%0)" : : "r"(page) : "memory");
}
"""

RETURN = '(const uint8_t[]){ 0xC3 }, 1'

# Which one is done, the seed says: one build, many boots. Each comes with words of
# which the verdict has to have one: Bochs stops where it happens, QEMU afterwards.
CHEATS: dict[str, tuple[str, str, str]] = {
    "code": (f"poke(expect_hex, {RETURN});", FORGED, "expect_hex"),
    "constants": (
        "poke(kernel_read_only_end - 4, &harness_plan, 4);", FORGED,
        "code and constants are not what was linked|a write to",
    ),
    "vector": (
        "idt_entry(14)[0] = (idt_entry(14)[0] & 0xFFFF0000u) | "
        "((uint32_t)handler_of_mine & 0xFFFFu);"
        "idt_entry(14)[1] = (idt_entry(14)[1] & 0xFFFFu) | "
        "((uint32_t)handler_of_mine & 0xFFFF0000u);",
        FORGED, "vector 14 leads to|(idt + 11",
    ),
    "observer": ("trap_set_observer(observer_of_mine);", FORGED, "trap_observer"),
    "segment": ("kernel_gdt[3].high ^= 0x6000;", FORGED, "entry 3 of the GDT"),
    "task": (
        "*(uint32_t *)((kernel_gdt[6].low >> 16 | (kernel_gdt[6].high & 0xFF) << 16 "
        "| (kernel_gdt[6].high & 0xFF000000u)) + 32) = (uint32_t)handler_of_mine;",
        FORGED, "double_fault_entry",
    ),
    "ports": ("kernel_tss.io_map = 60;", FAIL, "I/O permissions at 60 (io_map), and should"),
    "return": (
        "frame_of_the_test()[1] = (uint32_t)say_the_rest;", FORGED,
        "before the harness had come to the end",
    ),
    "callers": (
        "((uint32_t *)harness_running.frame)[1] = (uint32_t)say_the_rest;", FORGED,
        "the stack of the harness above the test",
    ),
    "number": ("harness_running.number = 1;", FORGED, "record of the running test"),
    "index": ("harness_running.index++;", FORGED, "record of the running test"),
    "plan": ('memcpy(harness_plan.tests, "0", 2);', FORGED, "harness_plan|told to run the tests"),
    "nonce": ("harness_line.nonce[0] ^= 1;", FORGED, "harness_line|nonce"),
    "lines": ("harness_line.number--;", FORGED, "now it says"),
    "result": ("say_the_rest();", FORGED, "before the harness had come to the end"),
    "stop": (
        "harness_test_end(harness_running.index); say_the_rest();", FORGED,
        "goes back to",
    ),
    "frame": ("map_another(&harness_line);", FORGED, "is mapped to"),
    "code-frame": ("map_another(expect_hex);", FORGED, "is mapped to"),
    "and-back": (
        "expect_nothing_once();", FORGED,
        "(expect_hex + 0)",
    ),
    "sysenter": (
        '__asm__ volatile("wrmsr" : : "c"(0x176), "a"(handler_of_mine), "d"(0));',
        FAIL, "the registers of SYSENTER",
    ),
}  # fmt: skip
# QEMU does not tell of these registers, nor of what is not there any more when it stops.
BOCHS_ALONE = {"and-back", "sysenter"}


@pytest.fixture(scope="module")
def lab(course: Course) -> Lab:
    return course.lab(1)


@pytest.fixture(scope="module")
def stage(builder: StageBuilder, course: Course, lab: Lab) -> Stage:
    """Functions that are all wrong, in a kernel that can do each cheat."""
    cases = "".join(
        f"        case {at}:\n                {code}\n                return;\n"
        for at, (code, _, _) in enumerate(CHEATS.values(), 1)
    )
    cheat = (
        "\nvoid\ncheat(void)\n{\n        static bool done;\n\n        if (done)\n"
        "                return;\n        done = true;\n"
        f"        switch (harness_plan.seed) {{\n{cases}        }}\n}}\n"
    )
    text = course.solved(FILE)
    first = "if (log2_size < PAGE_LOG2"
    assert first in text
    begin = text.index("\n#include")
    text = text[:begin] + TOOLS + text[begin:].replace(first, f"cheat(); {first}")
    made = builder.stage(lab, Recipe(texts={FILE: text + cheat}, jobs=1))
    assert not made.failures, made.failures
    return made


def run(
    course: Course, lab: Lab, stage: Stage, seed: int, emulator: str
) -> tuple[Outcome, list[Outcome]]:
    """The test in which the cheat happens, and two without."""
    guilty = next(test for test in lab.tests if test.name == GUILTY)
    one, two, *_ = lab.tests_of(course.exercise(INNOCENT))
    machine = Machine(emulator, jobs=1, seed=seed, direct=True)
    outcomes = run_tests(stage, lab, [one, guilty, two], course.secret, machine)
    return outcomes[GUILTY], [outcomes[test.name] for test in (one, two)]


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_nothing_is_seen_where_nothing_was_done(
    course: Course, lab: Lab, stage: Stage, emulator: str
) -> None:
    outcome, others = run(course, lab, stage, len(CHEATS) + 1, emulator)
    for one in (outcome, *others):
        assert one.status == PASS, one.message


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_is_seen(
    course: Course, lab: Lab, stage: Stage, name: str, emulator: str
) -> None:
    if emulator == "qemu" and name in BOCHS_ALONE:
        pytest.skip("QEMU does not tell")
    _, status, words = CHEATS[name]
    seed = list(CHEATS).index(name) + 1
    outcome, others = run(course, lab, stage, seed, emulator)
    text = " ".join(outcome.message)
    assert outcome.status == status, text
    assert any(one in text for one in words.split("|")), text
    if name == "and-back":
        assert any(p.function.startswith("cheat") for p in outcome.backtrace)
    for one in others:
        assert one.status == PASS, one.message


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
@pytest.mark.parametrize("name", ["vector", "frame", "nothing"])
def test_where_the_system_lets_nobody_read_the_emulator_prints(
    course: Course,
    lab: Lab,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    emulator: str,
) -> None:
    """The same is seen."""
    asked: list[int] = []

    def forbidden(memory: ProcessMemory, address: int, size: int) -> bytes:
        return b""

    def no_file(name: str) -> int:
        raise OSError

    printed = GuestMemory._printed_bytes

    def remembered(memory: GuestMemory, address: int, size: int) -> bytes:
        asked.append(address)
        return printed(memory, address, size)

    dumped = Path.read_bytes

    def remembered_too(path: Path) -> bytes:
        if path.name == DUMP:
            asked.append(0)
        return dumped(path)

    monkeypatch.setattr(ProcessMemory, "read", forbidden)
    monkeypatch.setattr(os, "memfd_create", no_file)
    monkeypatch.setattr(GuestMemory, "_printed_bytes", remembered)
    monkeypatch.setattr(Path, "read_bytes", remembered_too)
    seed = [*CHEATS, "nothing"].index(name) + 1
    outcome, others = run(course, lab, stage, seed, emulator)
    assert asked
    assert outcome.status == (PASS if name == "nothing" else FORGED), outcome.message
    for one in others:
        assert one.status == PASS, one.message


@pytest.mark.parametrize("emulator", ["bochs", "qemu"])
def test_what_is_wrong_in_the_machine_fails_a_test_that_the_guest_would_have_passed(
    course: Course,
    lab: Lab,
    stage: Stage,
    monkeypatch: pytest.MonkeyPatch,
    emulator: str,
) -> None:
    def judge(machine: Snapshot, image: Image, *at: int) -> list[str]:
        found = machine.word(Code.physical(image.address("harness_running")) + 8)
        wanted = image.tests.index(GUILTY)
        return [f"test {found} has left its trace"] if found == wanted else []

    monkeypatch.setattr(verdict, "judges_of", lambda *which: [judge])
    outcome, others = run(course, lab, stage, len(CHEATS) + 1, emulator)
    assert outcome.status == FAIL
    assert "the guest reported" in outcome.message[0]
    assert "has left its trace" in outcome.message[1]
    for one in others:
        assert one.status == PASS, one.message
