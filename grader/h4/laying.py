# SPDX-License-Identifier: MIT
"""Lays out the trees in which is compiled.

Their files are links to those that they come from, so nobody opens one to write to it:
put() takes its place.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from h4.course import USER, Course
from h4.errors import GraderError
from h4.manifest import Lab
from h4.overlay import overlay

if TYPE_CHECKING:
    from h4.stage import Recipe

CLIENT_INCLUDE = "client-include"  # what a client of H has on its path


def lay_sources(
    course: Course, lab: Lab, recipe: Recipe, added: Sequence[str], tree: Path
) -> dict[str, bytes]:
    """All that a stage is compiled from, but for what is made for it; returns the files
    that are not as they are in the course.

    added  what a student has added to the client
    """
    laid = list(dict.fromkeys([*course.stage_tree(lab, recipe.name), *added]))
    for path in laid:
        own = f"{course.root}/{path}"
        given = recipe.own_given and os.path.isfile(own)
        lay(own if given else f"{course.pristine}/{path}", f"{tree}/{path}")
    written: dict[str, bytes] = {}
    if recipe.submission:
        # An own test is in the stage of its lab alone.
        found = overlay(course, recipe.submission, lab)
        written = {path: text for path, text in found.items() if path in {*laid}}
    for path, words in recipe.texts.items():
        if not path.startswith(f"{USER}/"):  # the programs have a tree of their own
            written[path] = words.encode()
    for path, text in written.items():
        put(tree / path, text)
    return written


def lay(source: str | Path, to: str | Path) -> None:
    """Puts a file into a tree, which takes a link a tenth of the time of a copy.

    A stage has hundreds: strings are put together in less time than paths.
    """
    with contextlib.suppress(OSError):  # another file system, or none with links
        if _link_to(source, to):
            return
    if not os.path.isfile(source):
        raise GraderError(f"{source} is missing: the course is not complete")
    os.makedirs(os.path.dirname(to), exist_ok=True)
    shutil.copyfile(source, to)


def put(to: Path, content: bytes) -> None:
    """Writes a file of such a tree anew: what it was linked to stays as it is."""
    to.unlink(missing_ok=True)
    to.write_bytes(content)


def _link_to(source: str | Path, to: str | Path) -> bool:
    """Tries it, as most folders are there already."""
    try:
        os.link(source, to)
    except FileNotFoundError:
        if not os.path.isfile(source):
            return False
        os.makedirs(os.path.dirname(to), exist_ok=True)
        os.link(source, to)
    return True


def lay_client_headers(tree: Path, folders: Sequence[str]) -> None:
    """Puts the headers that a client may include, which lie in the tree already, into
    the folder on its path."""
    for folder in folders:
        for name, header in public_headers(tree, folder).items():
            lay(header, tree / CLIENT_INCLUDE / name)


def public_headers(tree: Path, folder: str = "h") -> dict[str, Path]:
    """All that a client may see of H, by the names that it is included by: the
    headers in h/ itself. Those in folders below are H's own.

    folder   l4: what the parts of that client may see of each other
    """
    found = sorted((tree / folder).glob("*.h"))
    return {f"{folder}/{path.name}": path for path in found}
