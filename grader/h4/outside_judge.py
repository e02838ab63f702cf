# SPDX-License-Identifier: MIT
"""The judge of what no kernel can say of itself: from a snapshot of the machine at the
end of a test, taken by the emulator, it says what is wrong with the page-tables, the
status of pages, and L4's spaces, threads and mappings.
"""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from h4 import outside_l4_rules, outside_program, outside_status, outside_tables
from h4.outside_pages import Kind, Machine, find_machine
from h4.outside_rule import Rule
from h4.outside_view import Known, Unreadable, View
from h4.snapshot import Snapshot
from h4.symbols import Image

_KNOWN: WeakKeyDictionary[Image, Known] = WeakKeyDictionary()
_READING = Lock()  # two boots of one image come here at the same time


def rules(machine: Machine) -> list[Rule]:
    """Those that hold of such a machine, from the structure upwards."""
    found = [*outside_tables.RULES]
    if machine.pages:
        found += outside_status.RULES
    if machine.kind == Kind.SYSTEM:
        found += outside_l4_rules.RULES
    return found


def judge(
    snapshot: Snapshot,
    image: Image,
    by_hand: tuple[str, ...] = (),
    programs: dict[str, Path] | None = None,
) -> list[str]:
    """What is wrong, a line each; nothing if all is well.

    by_hand  the names of rules that do not hold in the state that the test has made
             itself, of pages and tables that it has written by hand
    programs  the boot modules, by name; None: they are not looked at
    """
    with _READING:
        known = _KNOWN.get(image)
        if known is None:
            known = _KNOWN[image] = Known.of(image)
    try:
        machine = find_machine(View(snapshot, image, known))
        for rule in rules(machine):
            if rule.name not in by_hand:
                found = rule.judge(machine)
                if found:
                    return found
        if programs is not None and outside_program.NAME not in by_hand:
            return outside_program.programs_are_as_built(machine, programs)
    except Unreadable as reason:
        return [f"the kernel's records lead out of its memory: {reason}"]
    return []
