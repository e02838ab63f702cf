# SPDX-License-Identifier: MIT
"""The harness's <h4/system.h>: whole systems for tests by user code. Lab 5's tests are
its first use; they see each of the mistakes below. How trials end that do not end
well, grader/tests/system says."""

from __future__ import annotations

import pytest
from conftest import ROOT
from given_mistakes import Mistake
from system_course import ENDINGS, LIMIT, System

from h4.endings import PASS, Outcome
from h4.manifest import Test
from h4.mutants import KILLED
from h4.stage import Recipe, Stage, StageBuilder
from h4.verdict import Machine, run_tests

PLACE = "user/endings/endings.c:"

# What the report of each test of grader/tests/system says.
WORDS = {
    "ends_with_words": ["these are the words", PLACE, "0x00000abd", "0x00000abc"],
    "ends_by_looping": [
        "after 20 ms: now runs thread 0x000c8001",
        "; the trial is behind line 18, its check 1: a check that passes",
    ],
    "ends_with_nobody": ["L4 has switched the machine off", "thread 0x000c8001"],
    "ends_by_calls": ["left 500 times", ", behind 0 checks: one call behind"],
    "ends_by_a_fault": ["page fault at 0x20000000 of thread 0x000c8001"],
    "ends_by_an_exception": ["exception 6 of thread 0x000c8001"],
    "ends_after_an_exception": [
        "now runs thread 0x000c8001",
        "There was exception 6 of thread 0x000cc002",
    ],
    "ends_before_it_begins": ["has no TRIAL(there is no such trial)"],
    "ends_without_a_program": ["the boot loader has brought no program nothing"],
    "ends_at_another_look": ["which look"],
    "ends_at_a_look": ["(1), and was to end without"],
    "ends_without_a_look": ["was to say before that the test should look (3)"],
    "ends_with_too_few_notes": ["the trial has made 1 notes"],
    "ends_with_a_thread_left": ["fault contexts in use"],
}

MISTAKES = {
    "a_word_of_bits_stays": Mistake(
        "l4/ready.c", "                        words &= ~(1u << priority / 32);\n",
        "                        (void)words;\n",
        "ready_first_is_of_the_highest_priority",
    ),
    "nobody_becomes_the_last": Mistake(
        "l4/ready.c", "        ready_remove(thread);\n        ready_add(thread);\n",
        "        (void)thread;\n",
        "ready_rings_keep_their_order",
    ),
    "threads_lost_with_a_leaf": Mistake(
        "l4/table.c", "if (--leaf->used == 0)", "if (--leaf->used <= 1)",
        "threads_are_found",
    ),
    "any_version_is_found": Mistake(
        "l4/table.c", "thread->id == id && id != ID_NIL",
        "thread->id >> 14 == id >> 14 && id != ID_NIL",
        "any_word_may_be_asked_for",
    ),
    "leaves_do_not_come_back": Mistake(
        "l4/table.c", "                free_leaf(leaf);\n        }\n        *thread",
        "        }\n        *thread",
        "the_table_may_be_full",
    ),
    "the_kernel_s_id_not_told": Mistake(
        "l4/instruction.c",
        "        set_register(thread, H_ESI, KIP_KERNEL_ID);\n", "",
        "the_page_is_found",
    ),
    "a_clock_of_milliseconds": Mistake(
        "l4/calls.c", "set_register(self, H_EAX, (uint32_t)now);",
        "set_register(self, H_EAX, (uint32_t)now / 1000);",
        "the_clock_goes_on",
    ),
    "another_stack": Mistake(
        "l4/exchange.c", "                set_register(thread, H_ESP, in->edx);\n",
        "                ;\n",
        "a_thread_begins_where_it_is_told",
    ),
    "contexts_are_lost": Mistake(
        "l4/thread.c",
        "                must(h_free_fault_context(thread->context),\n"
        '                     "h_free_fault_context");\n',
        "",
        "threads_come_and_go",
    ),
    "another_error": Mistake(
        "l4/thread_control.c",
        "        if (!request->scheduler)\n                "
        "return CALL_BAD_SCHEDULER;\n",
        "        if (!request->scheduler)\n                return CALL_BAD_SPACE;\n",
        "thread_control_refuses",
    ),
    "any_priority": Mistake(
        "l4/schedule_call.c", "(in->ecx != UNCHANGED && priority > self->priority)",
        "(in->ecx != UNCHANGED && priority > self->priority && false)",
        "refused_schedules_change_nothing",
    ),
    "no_turn_given": Mistake(
        "l4/schedule_call.c", "        slice_give(self, NULL);\n        return NULL;",
        "        return self;",
        "thread_switch_gives_turns",
    ),
    "the_lowest_priority_runs": Mistake(
        "l4/ready.c", "return 31u - (unsigned)__builtin_clz(word);",
        "return (unsigned)__builtin_ctz(word);",
        "the_highest_priority_runs",
    ),
    "slices_without_an_end": Mistake(
        "l4/slice.c", "if (thread->slice_left > PERIOD) {",
        "if (thread->slice_left > 0 || PERIOD) {",
        "time_slices_end",
    ),
    # Where the kernel itself is stuck, or gives up.
    "the_kernel_hangs": Mistake(
        "l4/schedule_call.c", "        enum schedule_state state = SCHEDULE_ERROR;\n",
        "        enum schedule_state state = SCHEDULE_ERROR;\n\n"
        "        while (in->edi == UNCHANGED)\n"
        '                __asm__ volatile("");\n',
        "refused_schedules_change_nothing",
    ),
    "the_kernel_gives_up": Mistake(
        "l4/exchange.c", "set_register(thread, H_EIP, in->esi);",
        "set_register(thread, (enum h_register)99, in->esi);",
        "a_thread_begins_where_it_is_told",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def system() -> System:
    return System(ROOT)


@pytest.fixture(scope="module")
def stage(system: System) -> Stage:
    return build(system)


def build(
    system: System, recipe: Recipe | None = None, limit: int = LIMIT
) -> Stage:
    builder = StageBuilder(system, ROOT / "build")
    stage = builder.stage(system.system_lab(limit), recipe or Recipe())
    assert not stage.failures
    return stage


def run(
    stage: Stage, tests: list[Test], emulator: str = "bochs", megabytes: int = 32,
    direct: bool = False,
) -> dict[str, Outcome]:
    # Tests of lab 5 write by hand, as its manifest says and this one does not.
    machine = Machine(
        emulator, jobs=1, megabytes=megabytes, direct=direct, look=False
    )
    return run_tests(stage, stage.lab, tests, stage.course.secret, machine)


def expect_pass(outcomes: dict[str, Outcome]) -> None:
    wrong = {
        name: [one.status, *one.message, *map(str, one.backtrace)]
        for name, one in outcomes.items()
        if one.status != PASS
    }
    assert not wrong, "\n".join(f"{n}: " + "\n  ".join(w) for n, w in wrong.items())


@pytest.mark.parametrize(
    ("emulator", "megabytes"),
    [("bochs", 8), ("bochs", 32), ("bochs", 64), ("qemu", 8), ("qemu", 64)],
)
def test_they_pass(emulator: str, megabytes: int, stage: Stage) -> None:
    expect_pass(run(stage, list(stage.lab.tests), emulator, megabytes))


def test_they_pass_in_any_order_and_again(stage: Stage) -> None:
    tests = list(stage.lab.tests)
    expect_pass(run(stage, tests[::-1] + tests, direct=True))


def test_each_passes_alone(stage: Stage) -> None:
    for test in stage.lab.tests:
        expect_pass(run(stage, [test], direct=True))


def test_how_trials_end() -> None:
    stage = build(System(ROOT, ENDINGS))
    outcomes = run(stage, list(stage.lab.tests), direct=True)
    expect_pass({"passes": outcomes.pop("passes")})
    assert set(outcomes) == set(WORDS)
    for name, one in outcomes.items():
        text = "\n".join(one.message)
        assert one.status == "fail", (name, one.status, text)
        assert all(words in text for words in WORDS[name]), (name, text)
        assert "test_endings.c" in str(one.backtrace[0]), name


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_seen(name: str, system: System) -> None:
    mistake = MISTAKES[name]
    text = system.text(mistake.file)
    assert text.count(mistake.find) == 1
    texts = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = build(system, Recipe(texts=texts, jobs=1))
    tests = [test for test in stage.lab.tests if test.name == mistake.seen_by]
    outcome = run(stage, tests, direct=True)[mistake.seen_by]
    assert outcome.status in KILLED, outcome.status
