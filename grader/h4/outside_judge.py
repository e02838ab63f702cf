# SPDX-License-Identifier: MIT
"""The judge of what no kernel can say of itself: from a snapshot of the machine at the
end of a test, taken by the emulator, it says what is wrong with the page-tables, the
status of pages, and L4's spaces, threads and mappings.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from h4.outside_machine import Kind, find_machine
from h4.outside_status import check_status
from h4.outside_tables import check_tables
from h4.outside_view import Known, Unreadable, View
from h4.snapshot import Snapshot
from h4.symbols import Image

_KNOWN: WeakKeyDictionary[Image, Known] = WeakKeyDictionary()


def judge(snapshot: Snapshot, image: Image) -> list[str]:
    """What is wrong, a line each; nothing if all is well."""
    known = _KNOWN.get(image)
    if known is None:
        known = _KNOWN[image] = Known.of(image)
    try:
        machine = find_machine(View(snapshot, known))
        found = check_tables(machine)
        if not found and machine.kind in (Kind.SPACES, Kind.SYSTEM):
            found = check_status(machine)
        return found
    except Unreadable as reason:
        return [f"the kernel's records lead out of its memory: {reason}"]
