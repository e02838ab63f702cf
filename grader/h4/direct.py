# SPDX-License-Identifier: MIT
"""A disk whose boot sector (direct.S) loads the kernel by itself, for the many boots
of the course's own proofs, in which it does not matter how the kernel came into
memory. Verdicts are given on machines that GRUB has booted (image.py).

    sector 0    the boot sector
    sector 1    the page of information, see below; then, each from a new word on, the
                kernel's segments and the boot modules

GRUB lays a machine out in 7 million instructions, this in half a million: a boot takes
less than half the time. What the kernel finds is the same, but for where the list of
its modules and its command line lie, and for what is in memory that nobody has
written to.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from functools import lru_cache
from pathlib import Path

from h4.emulator import BootRequest
from h4.errors import GraderError

SOURCE = Path(__file__).with_suffix(".S")
SECTOR, PAGE = 512, 4096
LOAD = 1  # PT_LOAD
CHUNK = 64 * SECTOR
INFORMATION = 0x10000
ROOM = 0x9F000 - INFORMATION  # the BIOS has what is above
SMALLEST_DISK = 16 * 16 * 63 * SECTOR

# The page: multiboot's information, then these. The map has room for 20 ranges.
LENGTH_AT, MAP_POINTER_AT = 44, 48
CHUNKS_AT = 0x7C
COPIES_AT, MAP_AT = 0x80, 0x400
NAMES_AT = MAP_AT + 20 * 24
COMMAND_LINE, MODULES, MEMORY_MAP = 0x04, 0x08, 0x40


class TooLarge(Exception):
    """There is no room for this in the memory below 640 KB."""


class Page:
    """What the boot sector and the kernel are told, and the bytes that follow it."""

    def __init__(self) -> None:
        self.copies: list[tuple[int, int, int]] = []
        self.data = bytearray()
        self.names = bytearray()
        self.end = 0  # of what is in memory from 1 MB on

    def name(self, text: str) -> int:
        """The address of a string."""
        at = INFORMATION + NAMES_AT + len(self.names)
        self.names += text.encode("ascii") + b"\0"
        return at

    def put(self, to: int, data: bytes, size: int) -> None:
        """Has `data` copied to an address, and zeros behind it up to `size` bytes."""
        if to % 4:
            raise TooLarge  # which segments and modules never are
        if size > len(data):
            begin = (to + len(data)) & ~3
            self.copies.append((begin, 0, (to + size + 3 - begin) // 4))
        if data:
            data += bytes(-len(data) % 4)
            here = INFORMATION + PAGE + len(self.data)
            self.copies.append((to, here, len(data) // 4))
            self.data += data
        self.end = max(self.end, to + size)

    def bytes(self, entry: int, fields: bytes) -> bytes:
        """All that is to be read to INFORMATION."""
        copies = b"".join(struct.pack("<3I", *copy) for copy in self.copies)
        copies += struct.pack("<3I", 0, entry, 0)
        if COPIES_AT + len(copies) > MAP_AT or NAMES_AT + len(self.names) > PAGE:
            raise TooLarge
        page = bytearray(PAGE)
        page[: len(fields)] = fields
        page[COPIES_AT : COPIES_AT + len(copies)] = copies
        page[NAMES_AT : NAMES_AT + len(self.names)] = self.names
        if PAGE + len(self.data) + CHUNK > ROOM:
            raise TooLarge
        return bytes(page + self.data)


def build_disk(directory: Path, request: BootRequest) -> Path:
    """`directory`/disk.img, for one boot. TooLarge: GRUB has to do it."""
    page = Page()
    entry = _segments(page, request.kernel.read_bytes())
    listed = []
    for name, source in request.modules:
        data = source.read_bytes()
        begin = (page.end + PAGE - 1) & ~(PAGE - 1)
        page.put(begin, data, len(data))
        listed.append(struct.pack("<4I", begin, begin + len(data), page.name(name), 0))
    line = page.name(request.args)
    page.names += bytes(-len(page.names) % 4)
    where = INFORMATION + NAMES_AT + len(page.names)
    page.names += b"".join(listed)
    flags = COMMAND_LINE | MEMORY_MAP | (MODULES if listed else 0)
    fields = struct.pack(
        "<5I2I4I2I", flags, 0, 0, 0, line, len(listed), where if listed else 0,
        0, 0, 0, 0, 0, INFORMATION + MAP_AT,
    )  # fmt: skip
    content = bytearray(page.bytes(entry, fields))
    struct.pack_into("<H", content, CHUNKS_AT, -(-len(content) // CHUNK))
    sector = boot_sector(request.cache or directory)
    path = directory / "disk.img"
    with path.open("wb") as disk:
        disk.write(sector + content)
        disk.truncate(SMALLEST_DISK)
    return path


def _segments(page: Page, kernel: bytes) -> int:
    """Has the segments of a 32-bit ELF program loaded; where its entry is then."""
    found = 0
    entry, begin = struct.unpack_from("<II", kernel, 24)
    size, count = struct.unpack_from("<HH", kernel, 42)
    for at in range(begin, begin + size * count, size):
        kind, offset, linked, to, stored, length = struct.unpack_from("<6I", kernel, at)
        if kind != LOAD:
            continue
        page.put(to, kernel[offset : offset + stored], length)
        if linked <= entry < linked + length:
            found = entry - linked + to
    return found


@lru_cache(maxsize=None)
def boot_sector(cache: Path) -> bytes:
    """direct.S, assembled once."""
    from h4.compiling import run_tool  # with subprocesses, and all

    digest = hashlib.sha256(SOURCE.read_bytes() + Path(__file__).read_bytes())
    path = cache / f"direct-{digest.hexdigest()[:16]}.img"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="direct-", dir=cache) as name:
            made = Path(name) / "sector"
            status, words = run_tool(
                [
                    "gcc", "-m32", "-nostdlib", "-static", "-no-pie",
                    f"-DLENGTH_AT={LENGTH_AT}", f"-DMAP_AT={MAP_POINTER_AT}",
                    f"-DCOPIES_AT={COPIES_AT}", f"-DCHUNKS_AT={CHUNKS_AT}", "-Wl,--build-id=none,-Ttext=0x7c00",
                    "-Wl,--oformat=binary", "-o", str(made), str(SOURCE),
                ]
            )  # fmt: skip
            if status or made.stat().st_size != SECTOR:
                raise GraderError(f"{SOURCE.name} does not make a sector: {words}")
            os.replace(made, path)
    return path.read_bytes()
