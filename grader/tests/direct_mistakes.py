# SPDX-License-Identifier: MIT
"""Mistakes on the short way of messages (l4/direct.c), and which trial of
user/trial6_api sees each in the stage of lab 8."""

from __future__ import annotations

from given_mistakes import Mistake

MISTAKES = {
    "typed_items_are_plain": Mistake(
        "l4/direct.c",
        "#define NOT_PLAIN 0xFFC0u",
        "#define NOT_PLAIN 0xF000u",
        "equals_call_with_typed_items",
    ),
    "flags_are_plain": Mistake(
        "l4/direct.c",
        "#define NOT_PLAIN 0xFFC0u",
        "#define NOT_PLAIN 0x0FC0u",
        "equals_call_in_other_names",
    ),
    "receiving_without_its_timeout": Mistake(
        "l4/direct.c",
        "#define RECEIVE_TIMEOUT 0xFFFFu",
        "#define RECEIVE_TIMEOUT 0u",
        "equals_call_with_timeouts",
    ),
    "a_send_timeout_is_the_other_one": Mistake(
        "l4/direct.c",
        "#define RECEIVE_TIMEOUT 0xFFFFu",
        "#define RECEIVE_TIMEOUT 0xFFFF0000u",
        "equals_call_with_timeouts",
    ),
    "the_receiver_s_timeout_goes_on": Mistake(
        "l4/direct.c",
        "return receiver->wake_place == 0 &&\n"
        "               receiver->condition",
        "return receiver->condition",
        "equals_call_with_timeouts",
    ),
    "any_state_will_do": Mistake(
        "l4/direct.c",
        "receiver->condition == WAITS_SIMPLY &&",
        "receiver->role == ROLE_USER &&",
        "equals_are_halted",
    ),
    "any_role_will_do": Mistake(
        "l4/direct.c",
        "receiver->condition == WAITS_SIMPLY &&",
        "receiver->state == THREAD_RECEIVING && receiver->stopped == 0 &&",
        "equals_are_started",
    ),
    "halted_ones_run": Mistake(
        "l4/direct.c",
        "receiver->condition == WAITS_SIMPLY &&",
        "receiver->state == THREAD_RECEIVING &&\n"
        "               receiver->role == ROLE_USER && !receiver->looks &&",
        "equals_are_halted",
    ),
    "who_looks_will_do": Mistake(
        "l4/direct.c",
        "receiver->condition == WAITS_SIMPLY &&",
        "receiver->state == THREAD_RECEIVING &&\n"
        "               receiver->role == ROLE_USER && !receiver->stopped &&",
        "equals_look_first",
    ),
    "anybody_is_waited_for": Mistake(
        "l4/direct.c",
        "(receiver->partner == sender->id || receiver->partner == ID_ANY)",
        "(receiver->partner != ID_NIL || sender)",
        "equals_wait_for_others",
    ),
    "any_local_is_anybody": Mistake(
        "l4/direct.c",
        "receiver->partner == ID_ANY)",
        "receiver->partner >= ID_ANY_LOCAL)",
        "equals_wait_for_others",
    ),
    "deputies_are_overlooked": Mistake(
        "l4/direct.c",
        "return from == to ? thread->deputies == 0",
        "return from == to ? true",
        "equals_receive_from_those_who_send",
    ),
    "senders_are_overlooked": Mistake(
        "l4/direct.c",
        "from == ID_ANY && thread->senders == NULL",
        "from == ID_ANY",
        "equals_receive_from_those_who_send",
    ),
    "receiving_from_another_one": Mistake(
        "l4/direct.c",
        "from == ID_ANY && thread->senders == NULL",
        "thread->senders == NULL",
        "equals_pass_on",
    ),
    "lower_ones_first": Mistake(
        "l4/direct.c",
        "receiver->priority == self->priority &&",
        "receiver->priority <= self->priority &&",
        "unequals_call",
    ),
    "favours_end_unseen": Mistake(
        "l4/direct.c",
        "&& !chosen_by_favour",
        "",
        "a_gift_ends_with_a_call",
    ),
    "nobody_is_redirected": Mistake(
        "l4/direct.c",
        " &&\n"
        "                   self->space->redirector == ID_ANY",
        "",
        "equals_are_redirected",
    ),
    "any_version_of_the_former": Mistake(
        "l4/direct.c",
        "if (MOSTLY(former && former->id == to))",
        "if (MOSTLY(former && id_number(former->id) == id_number(to) && to > 0xC000))",
        "the_former_partner_has_another_name",
    ),
    "local_ids_of_other_spaces": Mistake(
        "l4/direct.c",
        "former->local == to && former->space == self->space",
        "former->local == to",
        "local_ids_of_the_former_partner_s_space",
    ),
    "a_local_partner": Mistake(
        "l4/direct.c",
        "self->partner = receiver->id; // `to` may be a local one",
        "self->partner = from;",
        "equals_call_by_local_ids",
    ),
    "the_receiver_stays_in_a_ring": Mistake(
        "l4/direct.c",
        "        if (receiver->ring)\n"
        "                ring_take_out(receiver);\n",
        "",
        "equals_wait_no_longer",
    ),
    "the_ring_forgotten": Mistake(
        "l4/rings.h",
        "        thread->ring = NULL;\n",
        "",
        "equals_wait_no_longer",
    ),
    "the_sender_in_no_ring": Mistake(
        "l4/direct.c",
        "                ring_put_in(&receiver->waiters, self);\n",
        "",
        "equals_call_by_local_ids",
    ),
    "the_receiver_waits_on": Mistake(
        "l4/direct.c",
        "        receiver->condition = IS_READY;\n",
        "",
        "equals_that_run_are_ready",
    ),
    "the_sender_is_ready": Mistake(
        "l4/direct.c",
        "        self->condition = WAITS_SIMPLY;\n",
        "",
        "equals_are_served",
    ),
    "the_next_one_from_anybody": Mistake(
        "l4/direct.c",
        "                self->partner = from;\n"
        "        }\n",
        "                (void)from;\n"
        "        }\n",
        "the_former_partner_has_another_name",
    ),
    "the_sender_goes_on_being_current": Mistake(
        "l4/direct.c",
        "        current = receiver;\n",
        "",
        "equals_are_served",
    ),
    "always_the_global_id": Mistake(
        "l4/direct.c",
        "thread_name(self, receiver), tag)",
        "self->id, tag)",
        "equals_are_served",
    ),
    "a_word_less": Mistake(
        "l4/direct.c",
        "tag_untyped(tag),",
        "tag_untyped(tag) & 0x3Eu,",
        "equals_are_served",
    ),
    "not_settled_before_events": Mistake(
        "l4/main.c",
        "        ready_settle();\n"
        "        schedule(event(vector, code));",
        "        schedule(event(vector, code));",
        "equals_have_their_turns",
    ),
    "not_settled_before_calls": Mistake(
        "l4/main.c",
        "        (void)context;\n"
        "        ready_settle();\n",
        "        (void)context;\n",
        "equals_give_up_their_turns",
    ),
    "not_settled_before_messages": Mistake(
        "l4/direct.c",
        "        ready_settle();\n",
        "",
        "equals_wait_both",
    ),
    "favour_is_not_noted": Mistake(
        "l4/main.c",
        "        chosen_by_favour = favoured != NULL;\n",
        "",
        "a_gift_ends_with_a_call",
    ),
    "h_gives_no_tag": Mistake(
        "h/handoff.c",
        "        receiver->registers[H_ESI] = tag;\n",
        "",
        "equals_are_served",
    ),
    "h_hands_over_half": Mistake(
        "h/handoff.c",
        "copy_buffer(receiver, execution.running, count);",
        "copy_buffer(receiver, execution.running, count / 2);",
        "equals_are_served",
    ),
    "h_stays_in_the_space": Mistake(
        "h/handoff.c",
        "        machine_load(slot->space->directory);\n",
        "",
        "equals_are_served",
    ),
    "h_leaves_the_utcb": Mistake(
        "h/handoff.c",
        "        descriptors_set_gs("
        "(struct descriptor){ slot->gs_low, slot->gs_high });\n"
        "        run_sysexit",
        "        run_sysexit",
        "equals_are_served",
    ),
}  # fmt: skip
