# SPDX-License-Identifier: MIT
"""What is found out about a linked kernel and takes its time, kept in a file beside it.

A file is for one content of the image, and one way of finding out: otherwise it is made anew.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from h4.errors import GraderError
from h4.symbols import Image
from h4.whole_file import write_text


def kept(image: Image, suffix: str, how: bytes, make: Callable[[], Any]) -> Any:
    """What `make` returns, which JSON can hold, or has returned for this image.

    suffix  of the file, with its dot
    how     the source of what makes it
    """
    file = image.path.with_suffix(suffix)
    key = hashlib.sha256(image.digest + how).hexdigest()
    try:
        of, found = json.loads(file.read_bytes())
        if of == key:
            return found
    except (OSError, ValueError, TypeError):
        pass
    found = make()
    with contextlib.suppress(GraderError):  # where one may not write
        write_text(file, json.dumps([key, found]))
    return found
