# SPDX-License-Identifier: MIT
"""The machine at a stop, from Bochs's debugger."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from typing import NamedTuple

from h4.bochs_debugger import Debugger, Stop, registers_in
from h4.bochs_memory import USED, GuestMemory
from h4.bochs_ways import Walker
from h4.child import Child
from h4.errors import GraderError
from h4.protocol import shown
from h4.shared_memory import SharedMemory
from h4.snapshot import Code, Moment, Snapshot, Watch

SEGMENT = re.compile(
    rb"^(es|cs|ss|ds|fs|gs|ldtr|tr):0x([0-9a-f]{4}), dh=0x([0-9a-f]{8}), "
    rb"dl=0x([0-9a-f]{8})",
    re.M,
)
TABLE = re.compile(rb"^(gdtr|idtr):base=0x([0-9a-f]+), limit=0x([0-9a-f]+)", re.M)
SYSENTER = re.compile(rb"^ *sysenter_(cs|esp|eip)_msr = 0x([0-9a-f]+)", re.M)
A20_IS_OFF = b"enable_a20 = false\n"
# Of the general registers what says where the kernel is.
PLACES = ("esp", "ebp", "eip")
GENERAL = re.compile(
    rb"CPU0:\n(?:r[a-d]x: .*\n){4}rsp: .{8}_(.{8})\nrbp: .{8}_(.{8})\n"
    rb"(?:r.*\n)+?rip: .{8}_(.{8})\n"
)
IN_PAGES = 1 << 23  # a descriptor's limit is (G)

QUESTIONS = """\
r
creg
sreg
show "memory.used_blocks\""""
# What is compared between tests alone.
MORE_QUESTIONS = """
show "pc_system.enable_a20"
show "cpu0.MSR.sysenter_cs_msr"
show "cpu0.MSR.sysenter_esp_msr"
show "cpu0.MSR.sysenter_eip_msr\""""


def questions(sysenter: bool) -> str:
    """What is asked for a snapshot."""
    return QUESTIONS + MORE_QUESTIONS * sysenter


def descriptor(high: int, low: int) -> tuple[int, int]:
    """Base and limit of a segment, from its two words."""
    base = high & 0xFF000000 | (high & 0xFF) << 16 | low >> 16
    limit = high & 0x000F0000 | low & 0xFFFF
    return base, limit << 12 | 0xFFF if high & IN_PAGES else limit


class Eye:
    """Looks at one machine."""

    def __init__(
        self, debugger: Debugger, memory: SharedMemory, watch: Watch, megabytes: int
    ) -> None:
        self.debugger = debugger
        self.memory = GuestMemory(debugger, memory, megabytes)
        self.code: Code = watch.code
        self.megabytes = megabytes
        self._looked = False

    def snapshot(self, sysenter: bool = False) -> Snapshot:
        """The machine as it stands now; with the registers of SYSENTER if so wanted."""
        text = self.debugger.command(questions(sysenter))
        flags, data = text.find(b"\neflags "), text.find(b"\nes:")
        registers = dict(_control(text[flags:data]))
        registers["a20"] = int(A20_IS_OFF not in text)
        registers |= {name: int(value, 16) for name, value in zip(PLACES, _places(text))}
        rest = _rest(text[data:])
        if "eip" not in registers or "cr3" not in registers or rest.used is None:
            raise GraderError(f"Bochs does not tell its registers: {shown(text[-300:])}")
        self.memory.refresh(rest.used)
        if not self._looked:
            self._looked = True
            probes = [self.code.physical(registers.get("esp", 0) & ~3)]
            probes += [self.code.physical(one) for one in self.code.changing]
            self.memory.compare(probes)
        return Snapshot(
            registers=registers,
            gdtr=rest.tables.get(b"gdtr", (0, 0)),
            idtr=rest.tables.get(b"idtr", (0, 0)),
            task=rest.task,
            segments=rest.segments,
            sysenter=rest.sysenter,
            read=self.memory.read,
            megabytes=self.megabytes,
        )


def _places(text: bytes) -> tuple[bytes, ...]:
    found = GENERAL.match(text)
    return found.groups() if found else ()


class Rest(NamedTuple):
    """What is said behind the control registers, which seldom changes."""

    task: tuple[int, int, int]
    segments: dict[str, tuple[int, int, int]]
    tables: dict[bytes, tuple[int, int]]
    sysenter: tuple[int, ...]
    used: int | None  # blocks of memory


@lru_cache(maxsize=256)
def _control(text: bytes) -> dict[str, int]:
    return registers_in(text, text)


@lru_cache(maxsize=256)
def _rest(text: bytes) -> Rest:
    held = {
        name.decode(): (int(selector, 16), *descriptor(int(high, 16), int(low, 16)))
        for name, selector, high, low in SEGMENT.findall(text)
    }
    tables = {
        name: (int(base, 16) & 0xFFFFFFFF, int(limit, 16))
        for name, base, limit in TABLE.findall(text)
    }
    sysenter = {name: int(value, 16) for name, value in SYSENTER.findall(text)}
    order = (b"cs", b"esp", b"eip")
    used = USED.search(text)
    return Rest(
        held.pop("tr", (0, 0, 0)),
        held,
        tables,
        tuple(sysenter[name] for name in order if name in sysenter),
        int(used[1]) if used else None,
    )


class Guard:
    """Leads a watch through one boot."""

    def __init__(
        self, debugger: Debugger, child: Child, watch: Watch, memory: SharedMemory,
        megabytes: int,
    ) -> None:  # fmt: skip
        self.debugger = debugger
        self.child = child
        self.watch = watch
        self.eye = Eye(debugger, memory, watch, megabytes)
        self.ways = Walker(debugger, self.eye, watch)
        self._armed = self._in_test = False

    def goes_on(self, stop: Stop, moment: Moment | None) -> bool:
        """False: the watch has seen enough. `moment` is what the harness has stopped
        for, None if it has not."""
        if stop.written is not None:
            return self.watch.written(stop.written, stop.address or 0)
        if moment is not None:
            if not self._looks(moment):
                return False
        elif self.ways.is_here(stop):
            self.ways.comes_by(stop)
        if self._armed and self.ways.is_done:
            self.debugger.ahead(questions(sysenter=not self._in_test))
        return True

    def _looks(self, moment: Moment) -> bool:
        self._in_test = moment == Moment.BEGIN
        if moment == Moment.END:
            self.ways.ends()
        machine = partial(self.eye.snapshot, sysenter=moment != Moment.END)
        if not self.watch.look(moment, machine, self.child.line_from):
            return False
        if moment == Moment.BEGIN:
            self.ways.begins()
        if not self._armed:
            self._armed = True
            for begin, size in self.watch.fixed:
                self.debugger.later(f"watch w 0x{begin:x} 0x{size:x}")
            self.watch.is_watched()
        return True
