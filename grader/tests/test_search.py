# SPDX-License-Identifier: MIT
"""Mistakes in how L4 asks many senders in steps, which is given (l4/meet.c), and which test
of lab 6 sees each."""

from __future__ import annotations

import pytest
from conftest import ROOT
from given_mistakes import Mistake

from h4.endings import FAIL, HANG
from h4.stage import Recipe, StageBuilder
from h4.verdict import Machine, run_tests

MISTAKES = {
    "who_leaves_is_kept": Mistake(
        "l4/meet.c",
        "        if (receiver->asked == sender)\n",
        "        if (receiver->asked == sender && !sender->ring)\n",
        "a_search_goes_on_whoever_leaves",
    ),
    "the_next_one_counts_as_asked": Mistake(
        "l4/meet.c",
        "sender == receiver->senders\n"
        "                                          ? NULL\n"
        "                                          : sender->last_in_ring;",
        "sender->next_in_ring;",
        "a_search_goes_on_whoever_leaves",
    ),
    "the_first_one_leaves_the_last_one": Mistake(
        "l4/meet.c",
        "sender == receiver->senders\n"
        "                                          ? NULL\n"
        "                                          : sender->last_in_ring;",
        "sender->last_in_ring;",
        "a_search_goes_on_whoever_leaves",
    ),
    "interrupts_are_not_looked_for": Mistake(
        "l4/meet.c",
        "if (n % ASKED_AT_ONCE == 0 && h_interrupt_pending())",
        "if (n == 0 && h_interrupt_pending())",
        "many_senders_are_asked_in_steps",
    ),
    "a_search_begins_anew": Mistake(
        "l4/meet.c",
        "        return search(thread, thread->partner);",
        "        return ipc_search(thread, thread->partner);",
        "many_senders_are_asked_in_steps",
    ),
    "a_search_begins_where_the_last_one_ended": Mistake(
        "l4/meet.c",
        "        thread->asked = NULL;\n        return search",
        "        return search",
        "a_search_goes_on_whoever_leaves",
    ),
    "answers_are_lost_to_who_asks": Mistake(
        "l4/meet.c",
        "        return !receiver->looks ||\n"
        "               (receiver->asked && !ipc_found(receiver, partner));",
        "        return !receiver->looks;",
        "senders_go_on_where_many_send",
    ),
    "who_looks_is_sent_to": Mistake(
        "l4/meet.c",
        "        return !receiver->looks ||\n"
        "               (receiver->asked && !ipc_found(receiver, partner));",
        "        return true;",
        "send_to_one_who_looks",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_searching_is_seen(builder: StageBuilder, name: str) -> None:
    mistake = MISTAKES[name]
    text = (ROOT / mistake.file).read_text()
    assert text.count(mistake.find) == 1
    lab = builder.course.lab(6)
    test = next(test for test in lab.tests if test.name == mistake.seen_by)
    changed = {mistake.file: text.replace(mistake.find, mistake.replace)}
    stage = builder.stage(lab, Recipe(texts=changed, jobs=1))
    machine = Machine(jobs=1, direct=True)
    outcome = run_tests(stage, lab, [test], builder.course.secret, machine)[test.name]
    assert outcome.status in (FAIL, HANG)
