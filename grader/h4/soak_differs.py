# SPDX-License-Identifier: MIT
"""What a run of the grader leaves, and in what two of them differ: in a few lines, and
as files that can be looked at."""

from __future__ import annotations

import difflib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHOWN = 8  # differences of two verdicts
DIFF = "json.diff"


@dataclass(frozen=True)
class Verdict:
    """What a run leaves."""

    status: int
    text: bytes  # JSON
    logs: dict[str, bytes]  # what came on COM1 and COM2, by boot

    def differs(self, other: Verdict) -> list[str]:
        """What is not the same in `other`, a line each."""
        found = []
        if self.status != other.status:
            found.append(f"the status is {self.status}, and {other.status}")
        if self.text != other.text:
            lines = list(_json_differs("", json.loads(self.text), json.loads(other.text)))
            found += lines or [f"the JSON {_bytes_differ(self.text, other.text)}"]
        for name in sorted({*self.logs, *other.logs}):
            mine, its = self.logs.get(name), other.logs.get(name)
            if mine is None or its is None:
                found.append(f"{name} is there once only")
            elif mine != its:
                found.append(f"{name} {_bytes_differ(mine, its)}")
        return found


def _json_differs(where: str, one: object, other: object) -> Iterator[str]:
    """A line for each value that differs, with the way to it."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        here = where + "".join(f" {key} {one[key]}" for key in ("lab", "name") if key in one)
        for key in one:
            yield from _json_differs(
                here if isinstance(one[key], list) else f"{here} {key}", one[key], other[key]
            )
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for mine, its in zip(one, other, strict=True):
            yield from _json_differs(where, mine, its)
    elif one != other:
        yield f"{where.strip() or 'the verdict'}: {one!r}, and {other!r}"


def _bytes_differ(one: bytes, other: bytes) -> str:
    at = len(os.path.commonprefix([one, other]))
    begin = one.rfind(b"\n", 0, at) + 1
    lines = (text[begin:].partition(b"\n")[0] for text in (one, other))
    mine, its = (line.decode("ascii", "backslashreplace")[:200] for line in lines)
    return f"differs from byte {at} on: {mine!r}, and {its!r}"


def keep_both(folder: Path, due: Verdict, found: Verdict) -> None:
    """Writes two verdicts side by side, with the logs that are not the same in both and,
    in the file json.diff, what is to be done to the first JSON to have the second."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts = []
    for name, verdict in (("due", due), ("found", found)):
        (folder / f"{name}.json").write_bytes(verdict.text)
        texts.append(verdict.text.decode("utf-8", "replace").splitlines(keepends=True))
    diff = difflib.unified_diff(*texts, "due.json", "found.json")
    (folder / DIFF).write_text("".join(diff), encoding="utf-8")
    for name in sorted({*due.logs, *found.logs}):
        if due.logs.get(name) != found.logs.get(name):
            for of, verdict in (("due", due), ("found", found)):
                if name in verdict.logs:
                    (folder / f"{name}.{of}").write_bytes(verdict.logs[name])
