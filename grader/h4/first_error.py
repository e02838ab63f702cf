# SPDX-License-Identifier: MIT
"""Where the first mistake is that a compiler, assembler or linker has told of a file."""

from __future__ import annotations

import re

_SAYS = re.compile(r"\S+?:\d+:(?:\d+:)? (?:(?:fatal )?(error)|warning): ", re.I)
# What stands above an error: by which includes, and in which function.
_ABOVE = re.compile(r"In file included from |\s+from |\S+: (?:In |At top level|Assembler )")


def first_error(messages: str, file: str) -> int:
    """The line of `file`, a path in the tree, that the first error is in, or that has led
    to it: by a macro, by a header, by a name that the linker does not find. 0: none is
    named."""
    lines = messages.splitlines()
    said = [(at, found[1]) for at, line in enumerate(lines) if (found := _SAYS.match(line))]
    errors = [at for at, error in said if error]
    if not errors:
        return _line(messages, file)
    at = errors[0]
    begin, end = at, next((other for other, _ in said if other > at), len(lines))
    while begin and _ABOVE.match(lines[begin - 1]):
        begin -= 1
    # The error's own words come before what has led to it.
    return _line("\n".join(lines[at:end] + lines[begin:at]), file)


def _line(text: str, file: str) -> int:
    """The first line of the file that is named."""
    found = re.search(rf"(?:^|[\s(])(?:\./)?{re.escape(file)}:(\d+)", text, re.M)
    return int(found[1]) if found else 0
