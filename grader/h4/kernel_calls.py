# SPDX-License-Identifier: MIT
"""Which calls of a linked kernel may lead into what a student has written.

Tests and harness are linked behind everything else, one after the other. A function of
theirs that neither calls into what is in front of them nor through a pointer, nor goes to
ring 3, and calls none that does, can be left by its own end alone. Calls are looked for byte by byte: what only
looks like one makes a function seem to lead further than it does, which is allowed.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator

from h4.symbols import Image

# call, jmp and the long conditional jumps, with a distance of four bytes.
DIRECT = re.compile(rb"(?=(?:[\xe8\xe9]|\x0f[\x80-\x8f])(....))", re.S)
# call and jmp through a register or memory.
POINTER = re.compile(
    rb"(?=\xff[\x10-\x17\x20-\x27\x50-\x57\x60-\x67\x90-\x97\xa0-\xa7\xd0-\xd7\xe0-\xe7])"
)

# Given, and called by checks; the latter ones when a test has failed already.
GIVEN = (
    "memcpy", "memmove", "memset", "memcmp", "strlen", "strcmp",
    "__udivdi3", "__umoddi3", "__divdi3", "__moddi3", "__udivmoddi4", "__divmoddi4",
    "format", "vformat", "paging_result_name", "page_result_name", "h_strerror",
    "panic_at", "panic_from", "assertion_failed",
)  # fmt: skip
# Behind these no test passes any more.
REPORTS = ("report_failure",)


class Calls:
    """Of one image, whose tests and harness begin at `begin`."""

    def __init__(self, image: Image, begin: int, enters: Callable[[int], bool]) -> None:
        """enters  whether a function of tests goes to ring 3: what a student has written
        is where it is left"""
        self.begin = begin
        names = {*GIVEN, *REPORTS}
        # Not all of them are in each stage: one of these may be another name of what a
        # student has written.
        times = Counter(image.addresses.values())
        known = {image.addresses[name] for name in names if name in image.addresses}
        self._known = {address for address in known if times[address] == 1}
        self._enters = enters
        self._sizes = image.function_sizes
        self._functions = sorted(at for at in self._sizes if at >= begin)
        self._base, self._data = image.read_only
        self._leading: dict[int, bool] = {}  # functions, as far as they are known

    def lead_out(self, target: int | None) -> bool:
        """Whether a call may lead into what a student has written; None: it is one
        through a pointer."""
        if target is None or self._leads_out(target):
            return True
        # What a function does that does not say how large it is nobody knows.
        function = self._function(target)
        return target not in self._known and (
            not target < function + self._sizes.get(function, 0) or self._leads(function)
        )

    def _leads(self, function: int) -> bool:
        """Whether a function itself does, or one that it calls, and so on."""
        if function in self._leading:
            return self._leading[function]
        seen: set[int] = set()
        waiting = [function]
        while waiting:
            one = waiting.pop()
            if one in seen or one in self._known or self._leading.get(one) is False:
                continue
            seen.add(one)
            begin = one - self._base
            code = self._data[begin : begin + self._sizes.get(one, 0)]
            targets = set(_targets(one, code))
            if (
                self._enters(one)
                or POINTER.search(code)
                or any(map(self._leads_out, targets))
            ):
                self._leading[function] = True
                return True
            waiting += map(self._function, targets)
        self._leading |= dict.fromkeys(seen, False)
        return False

    def _leads_out(self, target: int) -> bool:
        return target < self.begin and target not in self._known

    def _function(self, address: int) -> int:
        """Where the function begins that this is in; -1: in none of theirs."""
        at = bisect_right(self._functions, address) - 1
        return self._functions[at] if at >= 0 else -1


def _targets(begin: int, code: bytes) -> Iterator[int]:
    """Addresses in the kernel that are called or jumped to."""
    for found in DIRECT.finditer(code):
        target = begin + found.end(1) + int.from_bytes(found[1], "little") & 0xFFFFFFFF
        if 0xC0000000 <= target < 0xC0400000:
            yield target
