# SPDX-License-Identifier: MIT
"""Which headers a source may read, so that its object can be kept while others
change: the stages of two labs, with other headers each, share most of the kernel."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from h4.unchanged import content

# Includes whose content can be told from the text: headers, named plainly.
_INCLUDE = re.compile(rb"^[ \t]*(?:#|%:|\?\?=)[ \t]*include\b(.*)$", re.M)
_PLAIN = re.compile(rb"""^[ \t]*(?:<([\w./-]+\.h)>|"([\w./-]+\.h)")""")
# What asks for headers in another way.
_OTHER = re.compile(
    rb"__has_include|include_next|#[ \t]*import|\?\?|\\\n[ \t]*#?include"
)


@dataclass
class _Known:
    """What has been found out about the headers of a tree, and of others like it."""

    reached: dict[tuple[str, tuple[str, ...]], frozenset[str] | None]
    keys: dict[Hashable, str | None]


@lru_cache(maxsize=32)
def _known(_: tuple[tuple[str, bytes], ...]) -> _Known:
    """Of headers with these names and digests."""
    return _Known({}, {})


@lru_cache(maxsize=2048)
def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()


@lru_cache(maxsize=2048)
def included(text: bytes) -> tuple[str, ...] | None:
    """The names in a text's includes; None: one is not plain."""
    found = []
    for rest in _INCLUDE.findall(text):
        plain = _PLAIN.match(rest)
        if not plain:
            return None
        found.append((plain[1] or plain[2]).decode())
    return tuple(found)


@lru_cache(maxsize=2048)
def _wanted(
    path: str, text: bytes, folders: tuple[str, ...]
) -> frozenset[str] | None:
    """All that the includes of a file may mean; None: nobody can tell."""
    names = None if _OTHER.search(text) else included(text)
    if names is None:
        return None
    return frozenset(
        posixpath.normpath(posixpath.join(place, name))
        for name in names
        for place in (posixpath.dirname(path), *folders)
    )


def _headers_below(tree: str, folder: str) -> Iterator[tuple[str, bytes]]:
    """Their paths in the tree, and their texts."""
    with os.scandir(f"{tree}/{folder}") as entries:
        for entry in entries:
            path = f"{folder}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _headers_below(tree, f"{path}/")
            elif entry.name.endswith(".h"):
                yield path, content(f"{tree}/{path}")


class Headers:
    """The headers of a tree, as they are now.

    keys  for whoever builds with them: what has been found out about sources
    """

    def __init__(self, tree: Path) -> None:
        self._texts = dict(_headers_below(str(tree), ""))
        self._digests = {name: _digest(text) for name, text in self._texts.items()}
        known = _known(tuple(sorted(self._digests.items())))
        self.keys: dict[Hashable, str | None] = known.keys
        self._reached = known.reached

    @cached_property
    def _all(self) -> bytes:
        return self._digest(self._texts)

    def all(self) -> bytes:
        """A digest of every header and its name."""
        return self._all

    def read_by(self, path: str, text: bytes, folders: Sequence[str]) -> bytes:
        """A digest of all headers that a source can read: each that an include may
        mean, in whichever folder, whether the condition around it holds or not.

        folders  in which includes are looked for, beside that of the file
        """
        found = self._closure(path, text, tuple(folders))
        return self.all() if found is None else self._digest(found)

    def _digest(self, names: Iterable[str]) -> bytes:
        digest = hashlib.sha256()
        for name in sorted(names):
            digest.update(name.encode() + b"\0" + self._digests[name])
        return digest.digest()

    def _direct(
        self, path: str, text: bytes, folders: tuple[str, ...]
    ) -> frozenset[str] | None:
        """Of these the ones that there are."""
        wanted = _wanted(path, text, folders)
        return None if wanted is None else wanted & self._texts.keys()

    def _closure(
        self, path: str, text: bytes, folders: tuple[str, ...]
    ) -> frozenset[str] | None:
        found: set[str] = set()
        new = self._direct(path, text, folders)
        while new:
            found |= new
            further: set[str] = set()
            for name in new:
                if (name, folders) not in self._reached:
                    self._reached[name, folders] = self._direct(
                        name, self._texts[name], folders
                    )
                here = self._reached[name, folders]
                if here is None:
                    return None
                further |= here
            new = frozenset(further - found)
        return None if new is None else frozenset(found)
