# SPDX-License-Identifier: MIT
"""The processor and its tables, seen from outside: as the kernel's start leaves them,
and as each test has to leave them. Source: Intel SDM volume 3, 2.5, 3.4.5, 6.11, 7.2.

What the kernel's start has to make is in kernel/descriptors.c and kernel/image.c.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from h4.outside_view import present_in
from h4.snapshot import LARGE, PAGE_SIZE, Code, Snapshot
from h4.symbols import Image

# CR0: protection, numeric errors, write protection, no cache disabled, paging.
CR0_DUE, CR0_LOOKED_AT = 0x80010021, 0xE0010021
CR4_DUE = 0x90  # superpages and global pages
APIC = 0xFEE00900  # MSR 0x1B after a reset: where its registers are, and that they are
# EFLAGS: trap, interrupt, direction, I/O privilege, nested task, alignment.
LASTING_FLAGS = 0x00047700

FLAT = 0xFFFFFFFF
SEGMENTS = {"cs": 0x08, "ds": 0x10, "es": 0x10, "ss": 0x10}
# Words of the GDT: nothing, code and data of the kernel, code and data of programs.
FIRST_ENTRIES = (
    (0, 0), (0xFFFF, 0x00CF9B00), (0xFFFF, 0x00CF9300),
    (0xFFFF, 0x00CFFB00), (0xFFFF, 0x00CFF300),
)  # fmt: skip
GDT_ENTRIES = 10
KERNEL_TSS = 0x28
TASKS = {0x30: "double_fault_entry", 0x40: "nmi_entry", 0x48: "machine_check_entry"}

PAIR = struct.Struct("<II")  # a descriptor: its lower word, and its upper one
TSS = struct.Struct("<26I")  # the last word: trap, io_map
TSS_ESP0, TSS_SS0, TSS_CR3, TSS_EIP = 1, 2, 7, 8
KERNEL_DATA = 0x10
NO_PORTS = 0xFFFF  # in a task's state: behind its limit

WINDOW_BASE = 0xFFC00000
WINDOW_PAGES = 3  # that move
USED = 0x60  # accessed, dirty
# All bits of the entries of a page-table, or of a part of one, but these.
NOT_USED = int.from_bytes(struct.pack("<I", 0xFFFFFFFF - USED) * 1024, "little")


def bent(machine: Snapshot) -> list[str]:
    """Segments that are not all of memory: what is executed is elsewhere then."""
    return _segments(machine, lambda found, due: found[1:] != due[1:])


def renamed(machine: Snapshot) -> list[str]:
    """Segments that are all of memory, but by another selector than the kernel's."""
    return _segments(
        machine, lambda found, due: found[1:] == due[1:] and found[0] != due[0]
    )


def _segments(
    machine: Snapshot, wrong: Callable[[tuple[int, ...], tuple[int, ...]], bool]
) -> list[str]:
    said = []
    for name, selector in SEGMENTS.items():
        found = machine.segments.get(name, (0, 0, 0))
        if wrong(found, (selector, 0, FLAT)):
            said.append(
                f"{name.upper()} is 0x{found[0]:04x}, base 0x{found[1]:08x}, limit "
                f"0x{found[2]:08x}; the kernel's is 0x{selector:04x}, all of memory"
            )
    return said


def masked(machine: Snapshot) -> list[str]:
    """Memory that is not found where the page-tables say: as bit 20 of its addresses counts
    for nothing, by the gate A20 of the first machines with more than 1 MB; or as the
    registers of the local APIC lie in front of it. Source: Intel SDM volume 3, 11.4.4."""
    found = []
    if not machine.registers.get("a20", 1):
        found += ["the gate A20 is off: memory behind the first MB is found 1 MB lower"]
    apic = machine.registers.get("apic", APIC) & -PAGE_SIZE
    if apic < machine.megabytes << 20:
        found += [f"the registers of the local APIC lie in front of memory, at 0x{apic:08x}"]
    return found


def gdt(machine: Snapshot) -> bytes:
    """The table in use, of whole entries."""
    base, limit = machine.gdtr
    data = machine.linear(base, min(limit + 1, 8192 * 8))
    return data[: len(data) & ~7]


def task_base(table: bytes, selector: int) -> int | None:
    """Where a task's state lies, from its descriptor; None where there is none."""
    if (selector | 7) >= len(table):
        return None
    low, high = PAIR.unpack_from(table, selector & ~7)
    return int(high & 0xFF000000 | (high & 0xFF) << 16 | low >> 16)


def _state(machine: Snapshot, table: bytes, selector: int) -> bytes:
    """A task's state; empty where there is no such task."""
    base = task_base(table, selector)
    return b"" if base is None else machine.linear(base, TSS.size)


def descriptors(machine: Snapshot, image: Image) -> list[str]:
    """The GDT and what it leads to, as descriptors.c makes them."""
    table = gdt(machine)
    states = tuple(_state(machine, table, selector) for selector in TASKS)
    return list(_descriptors(machine.gdtr, table, machine.task[:2], states, image))


@lru_cache(maxsize=16)
def _descriptors(
    gdtr: tuple[int, int], table: bytes, task: tuple[int, int], states: tuple[bytes, ...],
    image: Image,
) -> tuple[str, ...]:  # fmt: skip
    """The same of what was read; of each task of TASKS its state."""
    if gdtr != (image.address("kernel_gdt"), GDT_ENTRIES * 8 - 1):
        base, limit = gdtr
        return (
            f"the GDT is at {image.named(base)}, limit 0x{limit:x}, and not kernel_gdt",
        )
    if len(table) != GDT_ENTRIES * 8:
        return ("kernel_gdt is not mapped",)
    wrong: list[str] = []
    for at, due in enumerate(FIRST_ENTRIES):
        low, high = PAIR.unpack_from(table, at * PAIR.size)
        if (low, high) != due:
            wrong.append(
                f"entry {at} of the GDT is 0x{high:08x}:{low:08x}, "
                f"and should be 0x{due[1]:08x}:{due[0]:08x}"
            )
    kernel = image.address("kernel_tss")
    if task != (KERNEL_TSS, kernel):
        wrong.append(
            f"the task register is 0x{task[0]:04x}, its task at "
            f"{image.named(task[1])}, and not 0x{KERNEL_TSS:04x}, kernel_tss"
        )
    if task_base(table, KERNEL_TSS) != kernel:
        wrong.append("the kernel's entry for its task does not name kernel_tss")
    directory = Code.physical(image.address("boot_directory"))
    for (selector, name), data in zip(TASKS.items(), states):
        state = TSS.unpack(data) if len(data) == TSS.size else ()
        if not state or state[TSS_EIP] != image.address(name):
            found = image.named(state[TSS_EIP]) if state else "nowhere"
            wrong.append(f"task 0x{selector:04x} begins {found}, and not at {name}")
        elif state[TSS_CR3] != directory:
            wrong.append(
                f"task 0x{selector:04x} has the page-directory 0x{state[TSS_CR3]:08x}"
            )
    return tuple(wrong)


def after_start(machine: Snapshot, image: Image) -> list[str]:
    """What the kernel's start leaves, before any test: all of it is the course's."""
    wrong = []
    cr0, cr4 = machine.registers.get("cr0", 0), machine.registers.get("cr4", 0)
    if cr0 & CR0_LOOKED_AT != CR0_DUE:
        wrong.append(f"CR0 is 0x{cr0:08x}: of 0x{CR0_LOOKED_AT:08x} only "
                     f"0x{CR0_DUE:08x} are on in this kernel")  # fmt: skip
    if cr4 & CR4_DUE != CR4_DUE:
        wrong.append(f"CR4 is 0x{cr4:08x}: 0x{CR4_DUE:02x} are on in this kernel")
    wrong += bent(machine) + renamed(machine) + descriptors(machine, image)
    return wrong + task_wrong(machine, image)


def task_wrong(machine: Snapshot, image: Image) -> list[str]:
    """By what ring 3 is left, at any time: a stack of the kernel's, and only the
    ports that the bits behind the task's state allow."""
    data = machine.linear(image.address("kernel_tss"), TSS.size)
    if len(data) != TSS.size:
        return ["kernel_tss is not mapped"]
    state, wrong = TSS.unpack(data), []
    if state[TSS_SS0] not in (0, KERNEL_DATA):
        wrong.append(
            f"kernel_tss has SS0 0x{state[TSS_SS0]:04x}, and should have "
            f"0x{KERNEL_DATA:04x}"
        )
    if state[TSS_ESP0] and state[TSS_ESP0] < 0xC0000000:
        wrong.append(
            f"kernel_tss has ESP0 0x{state[TSS_ESP0]:08x}, in user space, and should "
            "have an address in the kernel's"
        )
    if state[-1] >> 16 not in (NO_PORTS, TSS.size):
        wrong.append(
            f"kernel_tss has its I/O permissions at {state[-1] >> 16} (io_map), and should "
            f"have them at {TSS.size}, or at {NO_PORTS}: nowhere"
        )
    return wrong


@dataclass(frozen=True)
class Baseline:
    """What each test has to leave as it was."""

    values: dict[str, int | tuple[int, ...]]
    areas: dict[str, tuple[int, bytes]]  # where, physical or linear, and what
    tables: dict[str, int]  # of the kernel's own pages, without accessed and dirty

    @staticmethod
    def of(machine: Snapshot) -> Baseline:
        registers = machine.registers
        values: dict[str, int | tuple[int, ...]] = {
            name.upper(): registers.get(name, 0) for name in ("cr0", "cr3", "cr4")
        }
        values["the lasting bits of EFLAGS (0x200: interrupts)"] = (
            registers.get("eflags", 0) & LASTING_FLAGS
        )
        values["where the local APIC's registers are"] = registers.get("apic", APIC)
        values["the gate A20"] = registers.get("a20", 1)
        values["the GDT's address and limit"] = machine.gdtr
        values["the IDT's address and limit"] = machine.idtr
        values["the task register"] = machine.task
        values["the registers of SYSENTER"] = machine.sysenter
        areas = {}
        for name, (base, limit) in (("GDT", machine.gdtr), ("IDT", machine.idtr)):
            areas[f"the {name}"] = base, machine.linear(base, min(limit + 1, 1 << 16))
        table = areas["the GDT"][1]
        for selector in (KERNEL_TSS, *TASKS):
            base = task_base(table, selector)
            if base is not None:
                areas[f"the state of task 0x{selector:02x}"] = (
                    base, machine.linear(base, TSS.size),
                )  # fmt: skip
        return Baseline(values, areas, Baseline._tables(machine))

    @staticmethod
    def _tables(machine: Snapshot) -> dict[str, int]:
        directory = machine.registers.get("cr3", 0) & ~0xFFF
        page = machine.read(directory, 4096)
        found = {"page-directory": int.from_bytes(page, "little") & NOT_USED}
        for at, entry in present_in(page):
            if entry & LARGE:
                continue
            table = machine.read(entry & ~0xFFF, 4096)
            if at == WINDOW_BASE >> 22:
                table = bytes(4 * WINDOW_PAGES) + table[4 * WINDOW_PAGES :]
            name = f"page-table {at}"
            found[name] = int.from_bytes(table, "little") & NOT_USED
        return found

    def differs(self, now: Baseline) -> list[str]:
        """What is not as it was, in words."""
        wrong = []
        for name, due in self.values.items():
            found = now.values[name]
            if found != due:
                wrong.append(f"{name}: it was {_shown(due)}, it is {_shown(found)}")
        for name, (base, held) in self.areas.items():
            _, holds = now.areas.get(name, (0, b""))
            if holds != held:
                at = next(
                    (i for i, (a, b) in enumerate(zip(held, holds)) if a != b), 0
                )
                at &= ~3
                wrong.append(
                    f"{name}, the word at 0x{base + at:08x}: it was "
                    f"{held[at : at + 4][::-1].hex()}, it is "
                    f"{holds[at : at + 4][::-1].hex()}"
                )
        for name in self.tables.keys() | now.tables.keys():
            before, after = self.tables.get(name), now.tables.get(name)
            if before != after:
                wrong.append(f"the kernel's own {name} {_entry(before, after)}")
        return sorted(wrong)


def _shown(value: int | tuple[int, ...]) -> str:
    many = value if isinstance(value, tuple) else (value,)
    return ", ".join(f"0x{one:08x}" for one in many)


def _entry(before: int | None, after: int | None) -> str:
    if before is None or after is None:
        return "is there now" if before is None else "is not there any more"
    bit = (before ^ after) & -(before ^ after)
    at = (bit.bit_length() - 1) // 32
    was, found = (value >> 32 * at & 0xFFFFFFFF for value in (before, after))
    return f"has 0x{found:08x} in entry {at}, where 0x{was:08x} was"
