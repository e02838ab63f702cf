# SPDX-License-Identifier: MIT
"""Mistakes in sigma0 itself, and which trial of user/trial7 sees each."""

from __future__ import annotations

from given_mistakes import Mistake

MAIN = "user/sigma0/main.c"
OWNERS = "user/sigma0/owners.c"

# Whose the pages are.
OWNED = {
    "pages_are_given_again": Mistake(
        OWNERS,
        "return !is_new || owners_set(first, last, thread);",
        "return thread != 0 || !is_new;",
        "sigma0_gives_any_page",
    ),
    "what_others_have_is_given": Mistake(
        OWNERS,
        "                else if (owner != thread)\n",
        "                else if (owner == RESERVED)\n",
        "sigma0_gives_to_one_only",
    ),
    "the_kernel_s_memory_is_given": Mistake(
        OWNERS,
        "                else if (owner != thread)\n",
        "                else if (owner != thread && owner != RESERVED)\n",
        "sigma0_does_not_give_what_is_not_its_own",
    ),
    "any_page_is_one_that_somebody_has": Mistake(
        OWNERS,
        "if (table[entry].owner == FREE && end >= size &&",
        "if (table[entry].owner != RESERVED && end >= size &&",
        "sigma0_has_an_end",
    ),
    "of_a_piece_one_page_is_noted": Mistake(
        MAIN,
        "owners_take(first, first + (pages - 1), thread.raw, !any)",
        "owners_take(first, first, thread.raw, !any)",
        "sigma0_gives_pieces_of_all_sizes",
    ),
    "its_own_program_is_free": Mistake(
        MAIN,
        "        learn_server(&kip->sigma0, 0);\n",
        "",
        "sigma0_does_not_give_what_is_not_its_own",
    ),
    "modules_are_nobody_s": Mistake(
        MAIN,
        "        case BOOT_LOADER:\n",
        "",
        "sigma0_gives_modules_to_who_asks_for_them",
    ),
    "who_has_used_a_page_is_forgotten": Mistake(
        MAIN,
        "if (!owners_take(page, page, thread.raw, false)) {",
        "if (owners_of(page) != FREE &&\n"
        "            !owners_take(page, page, thread.raw, false)) {",
        "sigma0_answers_page_faults",
    ),
}

# What it says.
ANSWERED = {
    "attributes_are_not_looked_at": Mistake(
        MAIN,
        "if (attribute != L4_DefaultMemory &&",
        "if (attribute == 0xFFFFFFFF &&",
        "sigma0_knows_one_attribute",
    ),
    "any_label_is_a_request": Mistake(
        MAIN,
        "        default:\n                return false;\n        }\n}\n\nint",
        "        default:\n                serve_request(from, pages, second);\n"
        "                return true;\n        }\n}\n\nint",
        "sigma0_answers_nothing_else",
    ),
    "one_word_is_a_request": Mistake(
        MAIN,
        "L4_UntypedWords(tag) != WORDS",
        "L4_UntypedWords(tag) > WORDS",
        "sigma0_answers_nothing_else",
    ),
    "pages_for_reading": Mistake(
        MAIN,
        "return whole(L4_FpageLog2(first << PAGE_LOG2, (int)log2));",
        "return L4_FpageAddRights(\n"
        "                L4_FpageLog2(first << PAGE_LOG2, (int)log2), L4_Readable);",
        "sigma0_gives_any_page",
    ),
    "a_request_for_more_gets_a_page": Mistake(
        MAIN,
        "return whole(L4_FpageLog2(first << PAGE_LOG2, (int)log2));",
        "return whole(L4_FpageLog2(first << PAGE_LOG2, (int)PAGE_LOG2));",
        "sigma0_gives_pieces_of_all_sizes",
    ),
    "all_goes_to_the_beginning_of_the_window": Mistake(
        MAIN,
        "        answer(pages, L4_Address(pages));\n",
        "        answer(pages, 0);\n",
        "sigma0_gives_to_one_only",
    ),
    "ports_are_refused": Mistake(
        MAIN,
        "                answer(whole(wanted), 0);\n                return;\n",
        "                answer(L4_Nilpage, 0);\n                return;\n",
        "ports_of_sigma0",
    ),
}

MISTAKES = OWNED | ANSWERED
