# SPDX-License-Identifier: MIT
"""Names for the addresses of a kernel image, and what it says of itself."""

from __future__ import annotations

import bisect
import hashlib
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from elftools.elf.elffile import ELFFile
from elftools.elf.sections import SymbolTableSection

from h4.errors import GraderError
from h4.snapshot import KERNEL_BASE

# Elf32_Sym: name, value, size, info, other, section.
SYMBOL = struct.Struct("<IIIBBH")
STT_NOTYPE, STT_OBJECT, STT_FUNC, STT_FILE, SHN_UNDEF = 0, 1, 2, 4, 0
STB_LOCAL = 0

# Behind the instructions at which the harness stops: see grader/guest/report.c.
BEGUN, ENDED = "harness_begun", "harness_ended"
TRYING = "harness_trying"  # and a text: grader/guest/trying.c

CALL = b"\xe8"  # Source: Intel SDM volume 2, CALL
CODE_ENDS = "kernel_read_only_end"  # and constants
TODO_SECTION = ".h4.todo"
TESTS_SECTION = ".h4.tests"


@dataclass(frozen=True)
class Place:
    """An address as a programmer names it. `line` is 0 where unknown."""

    address: int
    function: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        where = f" at {self.file}:{self.line}" if self.line else ""
        return f"{self.function}{where}"


class Image:
    """A linked kernel, read once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as stream:
            elf = ELFFile(stream)
            self._sections = {
                section.name: (section["sh_addr"], section.data())
                for section in elf.iter_sections()
                if section["sh_type"] == "SHT_PROGBITS"
            }
            self._segments = [
                (segment["p_vaddr"], segment.data())
                for segment in elf.iter_segments("PT_LOAD")
            ]
            table = elf.get_section_by_name(".symtab")
            if not isinstance(table, SymbolTableSection):
                raise GraderError(f"{path}: the kernel has no symbol table")
            names = elf.get_section(table["sh_link"]).data()
            self._symbols: list[tuple[int, int, str]] = []
            self._objects: list[tuple[int, int, str]] = []
            self.addresses: dict[str, int] = {}
            # Local ones, by the file that they were compiled from.
            self.own: dict[tuple[str, str], int] = {}
            file = ""
            # The table's raw words: the library's way of reading it takes longer
            # than all else that happens before the machine starts.
            for at, value, size, info, _, section in SYMBOL.iter_unpack(table.data()):
                name = names[at : names.index(b"\0", at)].decode("ascii", "replace")
                if not name:
                    continue
                if info & 0xF == STT_FILE:
                    # The linker names the object where that does not name its source,
                    # as those that students have do not.
                    file = name.removesuffix(".o")
                    continue
                if info >> 4 == STB_LOCAL:
                    self.own[file, name] = value
                self.addresses[name] = value
                if info & 0xF == STT_OBJECT:
                    self._objects.append((value, size, name))
                if info & 0xF in (STT_NOTYPE, STT_FUNC) and section != SHN_UNDEF:
                    self._symbols.append((value, size, name))

    def address(self, name: str) -> int:
        if name not in self.addresses:
            raise GraderError(f"{self.path}: the kernel has no symbol {name}")
        return self.addresses[name]

    @property
    def constants(self) -> tuple[int, int]:
        """First and last byte of the kernel's code and constants, see
        kernel/include/kernel/image.h."""
        begin, end = "kernel_read_only_begin", "kernel_read_only_end"
        return self.address(begin), self.address(end) - 1

    @cached_property
    def code_end(self) -> int:
        """Behind the last instruction; constants follow."""
        begin, data = self._sections[".text"]
        return begin + len(data)

    @cached_property
    def digest(self) -> bytes:
        """Of the file's content."""
        return hashlib.sha256(self.path.read_bytes()).digest()

    @cached_property
    def read_only(self) -> tuple[int, bytes]:
        """Where the kernel's code and constants begin, and what they are: as far as
        the file goes, behind which there may be the rest of a page."""
        begin, last = self.constants
        for at, data in self._segments:
            if at <= begin < at + len(data):
                return begin, data[begin - at : last + 1 - at]
        raise GraderError(f"{self.path}: no segment at 0x{begin:08x}")

    @cached_property
    def missing(self) -> set[str]:
        """The exercises whose stub is still in the kernel."""
        _, data = self._sections.get(TODO_SECTION, (0, b""))
        return {part.decode("ascii", "replace") for part in data.split(b"\0") if part}

    @cached_property
    def tests(self) -> list[str]:
        """The names of the tests, in the order of their numbers."""
        return [self._string(name) for name, _ in self._table_of_tests]

    @cached_property
    def test_functions(self) -> list[int]:
        """Where the tests are, in the same order."""
        return [function for _, function in self._table_of_tests]

    @property
    def _table_of_tests(self) -> list[tuple[int, int]]:
        _, data = self._sections.get(TESTS_SECTION, (0, b""))
        return [(name, run) for name, run in struct.iter_unpack("<II", data)]

    @cached_property
    def function_sizes(self) -> dict[int, int]:
        """The functions that say how large they are, by their beginning. A student can
        give a function of the course's a second name, but not make it smaller."""
        found: dict[int, int] = {}
        for at, size, _ in self._symbols:
            if size > found.get(at, 0):
                found[at] = size
        return found

    def holds(self, address: int) -> bool:
        """Whether it stands anywhere in code or data, as a pointer would."""
        word = address.to_bytes(4, "little")
        return any(word in data for _, data in self._segments)

    def _string(self, address: int) -> str:
        for begin, data in self._segments:
            if begin <= address < begin + len(data):
                rest = data[address - begin :]
                return rest[: rest.index(b"\0")].decode("ascii", "replace")
        raise GraderError(f"{self.path}: no string at 0x{address:08x}")

    @cached_property
    def _functions(self) -> list[tuple[int, int, str]]:
        return sorted(self._symbols)

    def function(self, address: int) -> str:
        """The function that an address belongs to, or the address itself. A compiler may
        have divided a function, into name.cold, name.part.0 and the like."""
        at = bisect.bisect_right(self._functions, (address, 1 << 32, "")) - 1
        if at >= 0 and address < self.addresses.get(CODE_ENDS, 1 << 32):
            begin, size, name = self._functions[at]
            if address < begin + max(size, 1) or (not size and address >= KERNEL_BASE):
                return name.partition(".")[0] or name
        where = "in user space" if address < KERNEL_BASE else "where no code is"
        return f"0x{address:08x}, {where}"

    def function_begin(self, address: int) -> int:
        """Where the function begins that this address is in; -1: in none."""
        return _around(self._functions, address)[0]

    def call_in_front_of(self, back: int) -> int | None:
        """What is called by the instruction in front of this address; None where it does
        not say so, as a call through a pointer does."""
        for at, data in self._segments:
            code = data[back - 5 - at : back - at] if back - 5 >= at else b""
            if code[:1] == CALL and len(code) == 5:
                return (back + int.from_bytes(code[1:], "little")) & 0xFFFFFFFF
        return None

    def named(self, address: int) -> str:
        """An address as what is there and how far behind its beginning."""
        begin, name = _around(self._functions, address)
        if begin < 0:
            begin, name = _around(sorted(self._objects), address)
        return f"0x{address:08x}" + (f" ({name} + {address - begin})" if name else "")

    def places(self, addresses: list[int]) -> Sequence[Place]:
        """Function, file and line of each address, where they are known."""
        return Places(self, addresses) if addresses else []

    def find(self, addresses: list[int]) -> list[Place]:
        """The same at once."""
        lines: list[str] = []
        try:
            output = subprocess.run(
                ["addr2line", "-e", str(self.path), *map(hex, addresses)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            lines = output.splitlines()
        except (OSError, subprocess.CalledProcessError):
            lines = []
        lines += [""] * (len(addresses) - len(lines))
        return [
            Place(address, self.function(address), *_file_and_line(line))
            for address, line in zip(addresses, lines)
        ]


class Places(Sequence[Place]):
    """Those of some addresses, found when one of them is looked at. Of the many failures
    in the course's own proofs nobody looks at them, and addr2line takes as long as a
    tenth of a boot."""

    def __init__(self, image: Image, addresses: list[int]) -> None:
        self._image, self._addresses = image, addresses

    @cached_property
    def _found(self) -> list[Place]:
        return self._image.find(self._addresses)

    def __len__(self) -> int:
        return len(self._addresses)

    def __getitem__(self, at: Any) -> Any:
        return self._found[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._found == [*other]


def _around(symbols: list[tuple[int, int, str]], address: int) -> tuple[int, str]:
    """Beginning and name of the symbol that this address is in; -1 and none."""
    at = bisect.bisect_right(symbols, (address, 1 << 32, "")) - 1
    begin, size, name = symbols[at] if at >= 0 else (-1, 0, "")
    return (begin, name) if address < begin + max(size, 1) else (-1, "")


def _file_and_line(text: str) -> tuple[str, int]:
    file, _, line = text.rpartition(":")
    line = line.split(" ")[0]
    if not file or file.startswith("?") or not line.isdigit():
        return "", 0
    while file.startswith("./"):  # clang may have put one in front of another
        file = file[2:]
    return file, int(line)
