# SPDX-License-Identifier: MIT
"""What a compiler's or linker's own words do not say to whom they are new: that there is
no C library below a kernel, or what else such a mistake mostly comes from.

It goes by the messages alone, those of gcc and GNU ld as well as of clang and lld.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from h4.manifest import Exercise

# Of ISO C and POSIX, without those that a freestanding compiler brings along.
_LIBRARY_HEADERS = frozenset(
    "assert ctype errno fcntl inttypes locale malloc math memory pthread sched setjmp "
    "signal stdio stdlib string strings threads time unistd wchar wctype".split()
)  # fmt: skip
_PRINTING = frozenset(
    "printf puts putchar putc fputs fputc fprintf perror vprintf fflush fwrite write".split()
)
_LIBRARY = _PRINTING | frozenset(
    "abort abs assert atexit atoi calloc exit fopen free getchar isalpha isdigit "
    "isprint isspace malloc memchr qsort rand realloc scanf snprintf sprintf srand "
    "stderr stdout strcat strchr strcpy strdup strncmp strncpy strstr strtol strtoul "
    "time tolower toupper usleep vsnprintf __assert_fail".split()
)  # fmt: skip
# What a compiler calls for arithmetic that the processor's integers do not do.
_FLOATS = re.compile(r"__(?:float|fix|add|sub|mul|div|neg|extend|trunc|eq|ne|[lg][te]|unord)"
                     r"\w*[sdx]f\w*")  # fmt: skip

_NO_FILE = re.compile(r"fatal error: (?:'([^']+)' file not found|(\S+): No such file)")
_UNDEFINED = re.compile(r"undefined (?:reference to `|symbol: )(\w+)")
_CONFLICT = "version control conflict marker in file"
_NOT_C = re.compile(r"stray '\\3\d\d' in program|unexpected character <U\+|"
                    r"character <U\+\w+> not allowed")  # fmt: skip

_INSTEAD = (
    "there are the compiler's <stdarg.h>, <stdbool.h>, <stddef.h>, <stdint.h> and <limits.h>, "
    "and the course's own: <kernel/string.h> has memcpy, memset and the like, "
    "<kernel/format.h> format(), <kernel/panic.h> ASSERT()"
)
_PRINT = (
    "printk() of <kernel/console.h> prints as printf does; h_putstr() of <h/h.h> in l4/"
)


def build_advice(messages: str, headers: Collection[str] = ()) -> list[str]:
    """What is to be said in front of these messages, a line each; mostly nothing.

    headers  that there are, by the names that an include may give them
    """
    lines = list(_of_files(messages, headers))
    names = set(_UNDEFINED.findall(messages))
    if known := sorted(names & _LIBRARY):
        lines += [_no_library(f"{known[0]}()"), _INSTEAD]
        lines += [_PRINT] if names & _PRINTING else []
    if any(map(_FLOATS.fullmatch, names)):
        lines.append("the kernel computes with integers alone: no float, no double")
    if _CONFLICT in messages:
        lines.append(
            "a merge has left both versions of some lines: keep what is right of them, and "
            "take out the lines that begin with <<<<<<<, ======= and >>>>>>>"
        )
    if _NOT_C.search(messages):
        lines.append(
            "a character there only looks like one of C's, as do quotes, dashes and blanks "
            "that are copied out of a document: type them again"
        )
    return lines


def link_words(exercises: Sequence[Exercise], messages: str) -> str:
    """What a linker said of the file of these exercises, behind the functions that are
    to be in it and are not."""
    names = {name: exercise.file for exercise in exercises for name in exercise.functions}
    gone = dict.fromkeys(name for name in _UNDEFINED.findall(messages) if name in names)
    lines = [
        f"{name}() is not in {names[name]}, or is static there: the rest of the kernel "
        "calls it by that name"
        for name in gone
    ]
    return "\n".join([*lines, messages])


def _no_library(what: str) -> str:
    return f"{what} belongs to a C library, which a kernel has to do without (freestanding):"


def _of_files(messages: str, headers: Collection[str]) -> Iterator[str]:
    """Of the header that was not found: a compiler ends there."""
    found = _NO_FILE.search(messages)
    if not found:
        return
    name = found[1] or found[2]
    stem, _, rest = name.partition("/")
    if stem.removesuffix(".h") in _LIBRARY_HEADERS or (rest and stem in ("sys", "bits")):
        yield _no_library(f"<{name}>")
        yield _INSTEAD
        if stem == "stdio.h":
            yield _PRINT
        return
    last = name.rpartition("/")[2]
    alike = difflib.get_close_matches(name, sorted(headers), 1, 0.8)
    alike += [one for one in sorted(headers) if one.rpartition("/")[2] == last]
    yield f"there is no header {name}" + (f"; there is <{alike[0]}>" if alike else "")
