# SPDX-License-Identifier: MIT
"""Mistakes in what programs see of memory, ports and strings, and which trial of
user/trial7 sees each."""

from __future__ import annotations

from given_mistakes import Mistake

ITEMS = {
    "the_window_begins_at_its_beginning": Mistake(
        "l4/fpages.c",
        ".to = to.first + (offset & reach(to.log2)),",
        ".to = to.first,",
        "the_send_base_selects_a_part_of_the_window",
    ),
    "the_first_part_is_sent": Mistake(
        "l4/fpages.c",
        ".from = from.first + (offset & reach(from.log2)),",
        ".from = from.first,",
        "the_send_base_selects_a_part_of_what_is_sent",
    ),
    "an_item_without_a_window_is_left_out": Mistake(
        "l4/items.c",
        "        if (window == FPAGE_NIL)\n                return ITEM_OVERFLOW;\n",
        "",
        "a_window_is_wanted_for_an_item",
    ),
    "half_an_item_is_none": Mistake(
        "l4/items.c",
        "        if (left == 1)\n                return ITEM_OVERFLOW;",
        "        if (left == 1)\n                return ITEM_OVER;",
        "an_item_that_is_cut_off",
    ),
    "a_fault_has_the_acceptor_s_window": Mistake(
        "l4/items.c",
        "                return FPAGE_ALL_LOG2 << 4;",
        "                return utcb_read(receiver, UTCB_BR0) & ~ACCEPTOR_BITS;",
        "a_page_fault_is_answered_by_a_page",
    ),
    "a_port_fault_wants_memory": Mistake(
        "l4/items.c",
        "                return fpage_ports(0, 16);",
        "                return FPAGE_ALL_LOG2 << 4;",
        "a_port_fault_is_answered_by_ports",
    ),
    "every_item_maps": Mistake(
        "l4/map_item.c",
        ".grant = (words[0] & ITEM_TYPE) == ITEM_GRANT,",
        ".grant = false,",
        "a_page_is_granted",
    ),
}

MAPPING = {
    "writing_without_reading": Mistake(
        "l4/map_item.c",
        "return (rights & (H_W | H_X)) != 0 ? rights | H_R : rights;",
        "return rights & (H_R | H_W);",
        "a_page_is_granted_for_executing",
    ),
    "rights_of_a_gift": Mistake(
        "l4/mapdb_source.c",
        ".rights = given(piece->rights & place.page.rights),",
        ".rights = given(piece->rights),",
        "nobody_gives_rights_that_he_has_not",
    ),
    "rights_are_taken_by_mapping": Mistake(
        "l4/mapdb_share.c",
        "unsigned rights = there.page.rights | source->rights;",
        "unsigned rights = source->rights;",
        "rights_are_not_taken_by_mapping",
    ),
    "rights_stay_as_they_were": Mistake(
        "l4/mapdb_share.c",
        "        page_set_rights(piece->to, piece->to_at, piece->log2, rights);\n",
        "        (void)rights;\n",
        "rights_are_added",
    ),
    "who_is_there_stays": Mistake(
        "l4/mapdb_share.c",
        "there.page.log2 < piece->log2)\n                return MAP_OCCUPIED;",
        "there.page.log2 < piece->log2)\n                return MAP_OK;",
        "another_page_takes_the_place",
    ),
    "the_next_page_is_left_out": Mistake(
        "l4/map_item.c",
        "item->done += 1u << (log2 != 0 ? log2 : H_PAGE_LOG2);",
        "item->done += 2u << (log2 != 0 ? log2 : H_PAGE_LOG2);",
        "many_pages_at_once",
    ),
}

GRANTING = {
    "a_grant_leaves_more_rights_below": Mistake(
        "l4/map_item.c",
        "if (item->grant && more != 0) {",
        "if (item->grant && more != 0 && !item->to) {",
        "a_grant_of_fewer_rights",
    ),
    "who_grants_keeps_the_page": Mistake(
        "l4/mapdb_replace.c",
        "        page_unmap(piece->from, piece->at, piece->log2);\n",
        "",
        "a_page_is_granted",
    ),
    "a_grant_comes_from_who_grants": Mistake(
        "l4/mapdb_replace.c",
        "                mapping_move(mapping, piece->to, piece->to_at);\n",
        "                mapping_begin(piece->to, piece->to_at, source->frame,\n"
        "                              piece->log2, mapping);\n",
        "a_granted_page_is_from_where_it_was",
    ),
    "a_grant_finds_the_place_taken": Mistake(
        "l4/mapdb_replace.c",
        "there.mapping->parent != source->mapping ? MAP_OK\n"
        "                                                                : "
        "MAP_OCCUPIED;",
        "there.mapping->parent != source->mapping ? MAP_OK\n"
        "                                                                : "
        "MAP_OK;",
        "a_grant_takes_the_place",
    ),
}

UNMAPPING = {
    "unmap_takes_from_oneself": Mistake(
        "l4/mapdb_walk.c",
        "return walk->own || walk->cursor != walk->top;",
        "return walk->own || walk->cursor;",
        "unmap_takes_from_all_below",
    ),
    "a_flush_leaves_one_s_own": Mistake(
        "l4/unmap.c",
        "bool flush = (control & CONTROL_FLUSH) != 0;",
        "bool flush = (control & CONTROL_FLUSH) == 1;",
        "a_flush_takes_from_oneself_too",
    ),
    "the_last_flexpage_is_left_out": Mistake(
        "l4/unmap.c",
        "return thread->under_way.at <= (control & CONTROL_LAST);",
        "return thread->under_way.at < (control & CONTROL_LAST);",
        "many_flexpages_at_once",
    ),
    "rights_come_back_as_they_were": Mistake(
        "l4/unmap.c",
        "(flexpage(thread, number) & ~FPAGE_RIGHTS) | used;",
        "flexpage(thread, number) | used;",
        "unmap_of_what_is_nowhere",
    ),
    "the_right_to_write_stays": Mistake(
        "l4/mapdb_walk.c",
        "        if (less)\n                page_set_rights(",
        "        if (less && left == 0)\n                page_set_rights(",
        "the_right_to_write_is_taken_away",
    ),
    "the_use_is_told_again": Mistake(
        "l4/mapdb_used.c",
        "        mapping->used = 0;\n",
        "",
        "the_use_is_told_once",
    ),
    "the_use_is_told_to_nobody_above": Mistake(
        "l4/mapdb_used.c",
        "        mapping->news |= (uint8_t)used;\n",
        "",
        "each_hears_of_the_use_below",
    ),
    "the_end_of_a_mapping_forgets_the_use": Mistake(
        "l4/mapdb.c",
        "        walks_leave_ended(mapping);\n"
        "        mapping_tell_parent(mapping);\n",
        "        walks_leave_ended(mapping);\n",
        "the_use_is_kept_when_somebody_ends",
    ),
    "a_space_that_ends_leaves_what_others_have": Mistake(
        "l4/ends.c",
        "if (!mapdb_leave(space) && !ports_step(space)) {",
        "if (!ports_step(space)) {",
        "what_others_have_from_a_space_ends_with_it",
    ),
}

PORTS = {
    "ports_go_past_the_window": Mistake(
        "l4/map_item.c",
        "item->row = ports_fit(words[1], window);",
        "item->row = ports_of(words[1]);",
        "ports_go_through_a_window",
    ),
    "who_grants_keeps_the_ports": Mistake(
        "l4/ports.c",
        "                begin(from, to, row, true);\n",
        "                begin(from, to, row, false);\n",
        "ports_are_granted",
    ),
    "ports_are_lost_by_the_next_ones_only": Mistake(
        "l4/ports.c",
        "note_loss(port_holder_loses(holder, taking.from, taking.row) ||\n"
        "                      port_holder_loses_lost(holder))) {",
        "note_loss(port_holder_loses(holder, taking.from, taking.row))) {",
        "ports_go_a_long_way",
    ),
    "threads_keep_lost_ports": Mistake(
        "l4/ports.c",
        "                unsettled = true;\n",
        "                unsettled = false;\n",
        "ports_are_taken_away",
    ),
    "a_space_that_ends_leaves_its_ports": Mistake(
        "l4/ends.c",
        "if (!mapdb_leave(space) && !ports_step(space)) {",
        "if (!mapdb_leave(space)) {",
        "ports_end_with_the_space_they_are_from",
    ),
    "one_port_too_many": Mistake(
        "l4/port_holders.c",
        "space->ports[i].last = (uint16_t)(away.first - 1);",
        "space->ports[i].last = (uint16_t)away.first;",
        "ports_are_taken_away",
    ),
}

SIGMA0 = {
    "the_kernel_does_not_help_sigma0_with_strings": Mistake(
        "l4/carry.c",
        "        if (typed_own_fault(faulting, missing))\n"
        "                return true;\n",
        "        (void)missing;\n",
        "pages_of_sigma0_as_a_sender_are_there",
    ),
    "only_superpages_are_sigma0_s": Mistake(
        "l4/own_fault.c",
        "return take(space, address, H_PAGE_LOG2) ? H_PAGE_LOG2 : 0;",
        "return 0;",
        "sigma0_gives_any_page",
    ),
    "anybody_controls_memory": Mistake(
        "l4/memory_control.c",
        "        if (!self->space->privileged)\n"
        "                return CALL_NO_PRIVILEGE;\n",
        "",
        "memory_control_wants_privilege",
    ),
    "nil_is_memory": Mistake(
        "l4/memory_control.c",
        "                if (word == FPAGE_NIL)\n                        continue;\n",
        "",
        "memory_control_takes_what_is_so_already",
    ),
    "any_attribute_will_do": Mistake(
        "l4/memory_control.c",
        "attributes[word & ATTRIBUTE] != DEFAULT)",
        "attributes[word & ATTRIBUTE] == DEFAULT && !self)",
        "memory_control_refuses_all_else",
    ),
}

MISTAKES = ITEMS | MAPPING | GRANTING | UNMAPPING | PORTS | SIGMA0
