# SPDX-License-Identifier: MIT
"""What a function always executes on its way from its beginning to its end, as its machine
code says.

Instructions are read by objdump. What is not known, such as where a jump through a register
leads or that a call never comes back, is taken for more ways than there are: then fewer
instructions lie on all of them, and none that may be left out is ever named.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from h4.errors import GraderError

PREFIXES = rb"(?:(?:rep\w*|bnd|notrack|lock|data16|[c-gs]s) )*"
LINE = re.compile(rb"^ *([0-9a-f]+):\t" + PREFIXES + rb"(\w+) *([^ \n]*)", re.M)
JUMPS = (b"j", b"loop", b"ljmp")
ALWAYS = {b"jmp", b"jmpl", b"ljmp"}
RETURNS = {b"iret", b"iretl"}  # from an interrupt
ENDS = {b"ret", b"lret", b"retl", b"lretl", *RETURNS}
NOWHERE = {b"ud2", b"ud2a", b"ud2b"}


class Instruction(NamedTuple):
    """target  of a jump or a call, where it names an address"""

    address: int
    name: bytes
    target: int | None

    @property
    def calls(self) -> bool:
        return self.name.startswith(b"call")

    @property
    def jumps(self) -> bool:
        return self.name.startswith(JUMPS)


class Step(NamedTuple):
    """An instruction that is on all ways through its function.

    begins  a block: one may come here by a jump, or past one
    leaves  the function, for another one
    behind  of a call: where it comes back
    """

    instruction: Instruction
    begins: bool
    leaves: bool
    behind: int = 0


def disassembled(path: Path, begin: int, end: int) -> list[Instruction]:
    """The instructions from `begin` to `end`, in order."""
    command = [
        "objdump", "-d", "-w", "--no-show-raw-insn", f"--start-address={begin:#x}",
        f"--stop-address={end:#x}", str(path),
    ]  # fmt: skip
    try:
        text = subprocess.run(command, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as reason:
        raise GraderError(f"{path} cannot be disassembled: {reason}") from None
    found = []
    for at, name, operand in LINE.findall(text):
        target = None
        if name[:1] in b"jlc" and not operand.startswith(b"*"):
            target = _address(operand)
        found.append(Instruction(int(at, 16), name, target))
    return found


def _address(operand: bytes) -> int | None:
    try:
        return int(operand, 16)
    except ValueError:
        return None


class Function:
    """One function's instructions, in order, and what may come behind each."""

    def __init__(self, code: Sequence[Instruction]) -> None:
        self._code = code
        self._blocks, self._following = _blocks(code)

    def always_passed(self) -> list[Step]:
        """What it executes whenever it comes to its end, in the order in which each is
        reached first; none if it has no end."""
        next_to = {one.address: after.address for one, after in pairwise(self._code)}
        over = len(self._blocks)
        found = []
        for at in _on_every_way(over, self._following):
            block = self._blocks[at]
            last = block[-1]
            leaves = last.jumps and over in self._following[at]
            for one in block:
                behind = next_to.get(one.address, 0) if one.calls else 0
                found.append(Step(one, one is block[0], leaves and one is last, behind))
        return found

    def reached_from(self, address: int) -> list[Instruction]:
        """What it may execute from this instruction of it on."""
        found: list[Instruction] = []
        behind: Sequence[int] = []
        for at, block in enumerate(self._blocks):
            if block and block[0].address <= address <= block[-1].address:
                found += [one for one in block if one.address >= address]
                behind = self._following[at]
        for at in sorted(self._reachable(behind) - {len(self._blocks)}):
            found += self._blocks[at]
        return found

    def calls(self) -> list[tuple[Instruction, int, bool]]:
        """The calls that it may make, where each comes back, and whether it is in a
        loop."""
        next_to = {one.address: after.address for one, after in pairwise(self._code)}
        return [
            (one, next_to[one.address], again)
            for at, block in enumerate(self._blocks)
            for again in [at in self._reachable(self._following[at])]
            for one in block
            if one.calls and one.address in next_to
        ]

    def _reachable(self, waiting: Sequence[int]) -> set[int]:
        """The nodes behind these, with them."""
        found: set[int] = set()
        left = list(waiting)
        while left:
            at = left.pop()
            if at not in found:
                found.add(at)
                left += self._following[at] if at < len(self._following) else ()
        return found


def _blocks(
    code: Sequence[Instruction],
) -> tuple[list[Sequence[Instruction]], list[list[int]]]:
    """What is executed as one, and which block may come behind each; the number behind
    the last block's stands for the function's end."""
    places = {one.address: at for at, one in enumerate(code)}
    begins = {0}
    for at, one in enumerate(code):
        if one.jumps or one.name in ENDS or one.name in NOWHERE:
            begins.add(at + 1)
            if one.target in places:
                begins.add(places[one.target])
    begins.discard(len(code))
    parts = sorted(begins)
    number = {code[begin].address: at for at, begin in enumerate(parts) if code}
    blocks = [code[begin:end] for begin, end in zip(parts, [*parts[1:], len(code)])]
    over = len(blocks)
    following = []
    for at, block in enumerate(blocks):
        last = block[-1] if block else None
        further = [at + 1] if at + 1 < over else []
        if last is None or last.name in NOWHERE:
            further = []
        elif last.name in ENDS:
            further = [over]
        elif last.jumps and last.target is None:
            further = list(range(over + 1))  # it may lead anywhere
        elif last.jumps:
            further = [] if last.name in ALWAYS else further
            further.append(number.get(last.target or 0, over))
        following.append(further)
    return blocks, following


def _on_every_way(over: int, following: Sequence[Sequence[int]]) -> list[int]:
    """The nodes on all ways from node 0 to `over`, but for this."""
    way = _some_way(over, following)
    place = {node: at for at, node in enumerate(way)}
    seen: set[int] = set()
    found: list[int] = []
    furthest = 0  # place of what can be reached past the nodes of the way so far
    for at, node in enumerate(way[:-1]):
        if furthest <= at:
            found.append(node)
        waiting = [node]
        while waiting:
            for after in following[waiting.pop()]:
                if after in place:
                    furthest = max(furthest, place[after])
                elif after not in seen:
                    seen.add(after)
                    waiting.append(after)
    return found


def _some_way(over: int, following: Sequence[Sequence[int]]) -> list[int]:
    """From node 0 to `over`; empty if there is none."""
    before = {0: -1}
    waiting = [0] if over else []
    while waiting:
        node = waiting.pop()
        for after in following[node]:
            if after not in before:
                before[after] = node
                if after != over:
                    waiting.append(after)
    way = []
    node = over if over in before else -1
    while node >= 0:
        way.append(node)
        node = before[node]
    return way[::-1]
