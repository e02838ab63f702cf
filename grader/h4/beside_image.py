# SPDX-License-Identifier: MIT
"""What is found out about a linked kernel and takes its time, kept in a file beside it.

A file is for one content of the image, and one way of finding out: otherwise it is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

from h4.errors import GraderError
from h4.symbols import Image
from h4.whole_file import write_text


def kept(image: Image, suffix: str, how: bytes, make: Callable[[], Any]) -> Any:
    """What `make` returns, which JSON can hold, or has returned for this image.

    suffix  of the file, with its dot
    how     the source of what makes it
    """
    return kept_parts(image, suffix, how, [""], lambda _: {"": make()})[""]


def kept_parts(
    image: Image, suffix: str, how: bytes, names: Sequence[str],
    make: Callable[[list[str]], dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The same in parts with these names, of which `make` is asked for those that nobody
    has asked for before."""
    file = image.path.with_suffix(suffix)
    key = hashlib.sha256(image.digest + how).hexdigest()
    found: dict[str, Any] = {}
    try:
        of, parts = json.loads(file.read_bytes())
        if of == key:
            found = dict(parts)
    except (OSError, ValueError, TypeError):
        pass
    missing = [name for name in names if name not in found]
    if missing:
        found |= make(missing)
        with contextlib.suppress(GraderError):  # where one may not write
            write_text(file, json.dumps([key, found]))
    return {name: found[name] for name in names}
