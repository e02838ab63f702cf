# SPDX-License-Identifier: MIT
"""What the trials of programs come by when they end, as their code says.

From lab 5 on it is a program that judges, in ring 3: a trial whose checks are made in its own
function, and which is over when that returns. A kernel can have its thread go on anywhere,
or say in the harness's place that it is done. So its code is read as a test's is (see
h4.ways_in_code), and points are where the calls come back that it always makes: behind
each of its checks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from h4 import control_flow
from h4.beside_image import kept
from h4.control_flow import Function, disassembled
from h4.symbols import Image, Place
from h4.work_folder import work_folder

FUNCTION = "trial_"  # begins the names that TRIAL gives, see user/include/h4/trial.h

# UD2 and two bytes that are no instruction: behind a report a trial goes on.
REPORT = b"\x0f\x0bH4"

_HOW = Path(__file__).read_bytes() + Path(control_flow.__file__).read_bytes()


class Trials:
    """Those of some programs, by their names and files; beside each lies one with symbols,
    NAME.elf."""

    def __init__(self, programs: Sequence[tuple[str, Path]]) -> None:
        files = [Path(f"{path}.elf") for _, path in programs]
        self._files = [elf for elf in files if elf.exists()]

    def points(self, name: str) -> list[int]:
        """Of the trial of this name, in the order in which it comes by for the first time;
        none where not exactly one program has it."""
        found = [known[name] for known in map(_points, self._files) if name in known]
        return found[0] if len(found) == 1 else []

    def place(self, address: int, name: str) -> Place:
        """A point of the trial of this name."""
        (elf,) = (one for one in self._files if name in _points(one))
        return _image(elf).places([address])[0]


@lru_cache(maxsize=16)
def _image(elf: Path) -> Image:
    return Image(elf)


@lru_cache(maxsize=16)
def _points(elf: Path) -> dict[str, list[int]]:
    """Of each trial. They are kept beside the program."""
    image = _image(elf)
    found: dict[str, list[int]] = kept(image, ".trials", _HOW, lambda: _read(image))
    return found


def _read(image: Image) -> dict[str, list[int]]:
    sizes = image.function_sizes
    functions = {
        name.removeprefix(FUNCTION): address
        for (_, name), address in image.own.items()
        if name.startswith(FUNCTION) and address in sizes
    }
    if not functions:
        return {}
    end = max(address + sizes[address] for address in functions.values())
    with work_folder("trials-") as folder:
        plain = Path(folder) / image.path.name
        plain.write_bytes(image.path.read_bytes().replace(REPORT, b"\x90" * len(REPORT)))
        code = disassembled(plain, min(functions.values()), end)
    places = [one.address for one in code]
    found = {}
    for name, begin in functions.items():
        first, behind = (bisect_left(places, at) for at in (begin, begin + sizes[begin]))
        always = Function(code[first:behind]).always_passed()
        found[name] = [step.behind for step in always if step.behind]
    return found
