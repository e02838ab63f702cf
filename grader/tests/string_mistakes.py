# SPDX-License-Identifier: MIT
"""Mistakes in strings, and in what takes long, and which trial of
user/trial7 sees each."""

from __future__ import annotations

from given_mistakes import Mistake

STRINGS = {
    "strings_for_everybody": Mistake(
        "l4/string.c",
        "        return receiver->role == ROLE_USER &&\n"
        "               (utcb_read(receiver, UTCB_BR0) & ACCEPTOR_STRINGS) != 0;",
        "        return receiver->role == ROLE_USER;",
        "a_string_nobody_accepts",
    ),
    "one_buffer_for_all_strings": Mistake(
        "l4/string.c",
        "way->buffer = (first & ANOTHER_BUFFER) != 0 ? behind(to) : NO_BUFFER;",
        "way->buffer = (first & ANOTHER_BUFFER) != 0 ? way->buffer : NO_BUFFER;",
        "several_strings_arrive",
    ),
    "addresses_behind_the_last_word": Mistake(
        "l4/string.c",
        "return part + 1 + substrings(*word) <= side->end;",
        "return true;",
        "a_string_has_not_as_many_addresses_as_it_says",
    ),
    "the_next_part_is_the_next_word": Mistake(
        "l4/string.c",
        "                place->part += 1 + substrings(word);\n",
        "                place->part += 2;\n",
        "a_string_is_gathered",
    ),
    "strings_in_kernel_space": Mistake(
        "l4/string.c",
        "        if (bytes == 0)\n                return ITEM_OVERFLOW;\n",
        "        if (bytes == 0)\n                return ITEM_OVER;\n",
        "a_string_in_kernel_space",
    ),
    "the_longer_timeout": Mistake(
        "l4/carry_fault.c",
        "way->end_is_receivers = receivers < senders;",
        "way->end_is_receivers = receivers > senders;",
        "no_time_of_the_receiver_s",
    ),
    "each_fault_has_all_the_time": Mistake(
        "l4/carry_fault.c",
        "        if (sender->under_way.fault_end == NOT_BEGUN)\n"
        "                begin_timeout(sender);\n",
        "        begin_timeout(sender);\n",
        "too_late_after_some_pages",
    ),
    "who_is_late_is_the_other_one": Mistake(
        "l4/carry.c",
        "? &too_late_for_receiver\n"
        "                                                  : &too_late_for_sender;",
        "? &too_late_for_sender\n"
        "                                                  : &too_late_for_sender;",
        "no_time_of_the_receiver_s",
    ),
    "a_message_that_fails_has_no_words": Mistake(
        "l4/carry.c",
        "                transfer_untyped(sender, receiver, tag_untyped(sender->tag));\n",
        "",
        "no_time_for_a_fault",
    ),
}

LONG = {
    "nobody_runs_during_unmap": Mistake(
        "l4/unmap.c",
        "        } while (!h_interrupt_pending());",
        "        } while (true);",
        "others_look_on_at_an_unmap",
    ),
    "nobody_runs_during_the_end_of_a_space": Mistake(
        "l4/ends.c",
        "        } while (!h_interrupt_pending());",
        "        } while (true);",
        "others_look_on_at_a_space_s_end",
    ),
    "nobody_runs_during_a_message": Mistake(
        "l4/carry.c",
        "                if (h_interrupt_pending()) {\n",
        "                if (!sender) {\n",
        "others_look_on_at_many_pages_that_come",
    ),
    "a_message_goes_on_where_nobody_is": Mistake(
        "l4/carry.c",
        "        if (sender->under_way.receiver)\n"
        "                fail(sender, &aborted);\n",
        "        if (sender->under_way.receiver && sender != thread)\n"
        "                fail(sender, &aborted);\n",
        "who_maps_ends",
    ),
}

MISTAKES = STRINGS | LONG
