# SPDX-License-Identifier: MIT
"""What lies in the folder of a class: one entry a submission, and by which name it
goes.

Names are what students typed. In a result they stand printable; a folder of the result
has a name of letters, digits and `._-` alone, and no two have the same one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from h4.errors import GraderError

ENDINGS = (
    ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".zip", ".git",
)  # fmt: skip
LONGEST = 60  # characters of a name, of which others are cut
MOST_LOOKED_AT = 50_000  # files of a folder whose times tell whether it has changed
_ODD = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Entry:
    """One submission as it was handed in.

    path     where it lies; its last part may be any bytes
    entry    that last part, printable
    name     the student's: the entry without the ending of an archive
    folder   of the result
    refused  why it cannot be read, if that shows from outside
    """

    path: Path
    entry: str
    name: str
    folder: str
    refused: str = ""


def printable(text: str) -> str:
    """A name without line ends and whatever else a terminal or table obeys."""
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    raw = character.encode("utf-8", "surrogateescape")
    return "".join(f"\\x{byte:02x}" for byte in raw)


def entries(folder: Path) -> list[Entry]:
    """All submissions of a class, by name. Hidden files are none."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        raise GraderError(f"DIR={folder}: {error.strerror}") from error
    names = [name for name in names if not name.startswith(".")]
    if not names:
        raise GraderError(f"DIR={folder}: there is no submission in it")
    by_name: dict[str, list[str]] = {}
    for one in names:
        by_name.setdefault(student(one), []).append(one)
    found: list[Entry] = []
    taken: set[str] = set()
    for one in names:
        name = student(one)
        same = by_name[name]
        refused = _kind(folder / one)
        if len(same) > 1:
            whole = ", ".join(printable(other) for other in same)
            refused = f"{len(same)} submissions have the name {printable(name)}: {whole}"
        plain = printable(name)
        found.append(
            Entry(folder / one, printable(one), plain, _folder(one, same, taken), refused)
        )
    return sorted(found, key=lambda entry: (entry.name, entry.entry))


def student(entry: str) -> str:
    """The name without the ending of an archive."""
    for ending in sorted(ENDINGS, key=len, reverse=True):
        if entry.lower().endswith(ending) and len(entry) > len(ending):
            return entry[: -len(ending)]
    return entry


def _folder(entry: str, same: list[str], taken: set[str]) -> str:
    """A folder's name; what had to be changed has a number of its own."""
    name = student(entry)
    plain = _ODD.sub("_", name)[:LONGEST]
    odd = plain != name or len(same) > 1 or plain.startswith("-")
    begin, text = plain.lstrip("-"), entry.encode("utf-8", "surrogateescape")
    # Who knows another one's name can have this number in his own.
    while odd or plain.lower() in taken:
        text = hashlib.sha256(text).hexdigest().encode()
        plain, odd = f"{begin}-{text[:8].decode()}", False
    taken.add(plain.lower())
    return plain


def _kind(path: Path) -> str:
    """Why this is not read at all."""
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return "is a link, and links are not followed"
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        return "is neither a file nor a folder"
    return ""


def fingerprint(entry: Entry) -> str:
    """Changes when the submission does: from the names, sizes and times of all that
    lies in it. The time of a change cannot be set back, as that of writing can."""
    digest = hashlib.sha256(f"{entry.entry}\n{entry.refused}\n".encode())

    def add(path: str) -> None:
        try:
            status = os.lstat(path)
        except OSError as error:  # it has just gone, or is not for us to see
            digest.update(os.fsencode(path) + repr(error.errno).encode())
            return
        facts = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        digest.update(os.fsencode(path) + b"\0" + repr(facts).encode())

    add(str(entry.path))
    if entry.path.is_dir() and not entry.refused:
        for path in sorted(itertools.islice(_all_below(str(entry.path)), MOST_LOOKED_AT)):
            add(path)
    return digest.hexdigest()


def _all_below(folder: str) -> Iterator[str]:
    """All that lies in a folder, however deep: os.walk goes no deeper than Python calls
    functions, and ends in an exception there."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as inside:
                found = sorted(inside, key=lambda one: one.name)
        except OSError:
            continue
        for one in found:
            yield one.path
            if one.is_dir(follow_symlinks=False):
                waiting.append(one.path)
