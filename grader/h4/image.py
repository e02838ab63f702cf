# SPDX-License-Identifier: MIT
"""The disk that the machine boots from: GNU GRUB, the kernel and its arguments.

    sector 0      GRUB's boot.img, with a partition table of one entry
    sector 1      the partition, an archive as `tar` makes it, which is a file
                  system to GRUB: args.env; kernel.elf; boot modules
    behind it     GRUB's core image (grub.py)

GRUB's disk cache reads 32 KB at a time and copies them, twice or more.
So what is read first stands close together: partition table, arguments and the
beginning of the kernel in one piece, and no empty space. Nothing here needs root or
a loop device, and the same files give the same disk.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import tarfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from h4.emulator import BootRequest
from h4.errors import GraderError
from h4.grub import SECTOR, boot_sector, core_image, placed

PARTITION = 1  # its first sector
CYLINDER = 16 * 63  # sectors; whole cylinders, or the BIOS misses the last ones
SMALLEST_DISK = 16 * CYLINDER

ENVIRONMENT_SIZE = 1024
ENVIRONMENT_HEAD = b"# GRUB Environment Block\n"
# What neither GRUB's shell nor its environment block gives a meaning of its own.
ARGUMENTS = re.compile(r"[A-Za-z0-9=,._:;/+@%~-]*")
MODULE_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,30}")
TAKEN = ("kernel.elf", "args.env")


def environment_block(args: str) -> bytes:
    """The 1,024 bytes from which GRUB's load_env takes the variable `args`."""
    if not ARGUMENTS.fullmatch(args):
        raise GraderError(
            f"kernel arguments must not contain blanks or quotes: {args!r}"
        )
    text = ENVIRONMENT_HEAD + b"args=" + args.encode("ascii") + b"\n"
    if len(text) > ENVIRONMENT_SIZE:
        raise GraderError(
            f"the kernel's arguments have {len(args)} characters; a GRUB environment "
            f"block has room for {ENVIRONMENT_SIZE - len(text) + len(args)}"
        )
    return text.ljust(ENVIRONMENT_SIZE, b"#")


def bare(kernel: bytes, name: str | Path) -> bytes:
    """A 32-bit ELF program without its sections: what is to be loaded, no symbols.

    GRUB would read those too, 0.2 s a megabyte. Segments of zeros begin at 0: some
    linkers have them begin behind all else, as far off as they are aligned. `name` is
    for the complaint.
    """
    if kernel[:6] != b"\x7fELF\x01\x01":
        raise GraderError(f"{name} is not a 32-bit ELF program")
    try:
        (begin,) = struct.unpack_from("<I", kernel, 28)
        size, count = struct.unpack_from("<HH", kernel, 42)
        end = begin + size * count
        empty = []
        for at in range(count):
            header = begin + size * at
            offset, _, _, length = struct.unpack_from("<4I", kernel, header + 4)
            if length == 0:
                empty.append(header + 4)
            else:
                end = max(end, offset + length)
        image = bytearray(kernel[:end])
        for at in empty:
            struct.pack_into("<I", image, at, 0)
        struct.pack_into("<I", image, 32, 0)  # where the sections' headers are,
        struct.pack_into("<HH", image, 48, 0, 0)  # how many, and which names them
    except struct.error:
        raise GraderError(f"{name} is a damaged ELF program") from None
    return bytes(image)


def check_modules(modules: Sequence[tuple[str, Path]]) -> None:
    """Refuses names that GRUB's shell would take for something else or are in use."""
    names = [name for name, _ in modules]
    for name in names:
        if not MODULE_NAME.fullmatch(name) or name in TAKEN or names.count(name) > 1:
            raise GraderError(
                f"boot module {name!r}: the name must be unique, of 1 to 31 small "
                "letters, digits, _, - and dots, and not begin with - or a dot"
            )


def add(disk: BinaryIO, name: str, file: BinaryIO, size: int) -> None:
    """Writes one file of the archive where `disk` stands."""
    entry = tarfile.TarInfo(name)  # of 1970, and nobody's
    entry.size = size
    disk.write(entry.tobuf(tarfile.USTAR_FORMAT))
    shutil.copyfileobj(file, disk)
    disk.write(bytes(-size % SECTOR))


def disk_sectors(used: int) -> int:
    """The size of a disk of whole cylinders with room for so many sectors."""
    return max(SMALLEST_DISK, -(-used // CYLINDER) * CYLINDER)


def build_disk(
    directory: Path,
    kernel: Path,
    args: str,
    modules: Sequence[tuple[str, Path]] = (),
    cache: Path | None = None,
) -> Path:
    """A disk of its own for one boot, `directory`/disk.img.

    cache   where GRUB's core images are kept; beside the kernel unless told
    """
    check_modules(modules)
    if cache is None:
        cache = kernel.parent if os.access(kernel.parent, os.W_OK) else directory
    core = core_image(cache, [name for name, _ in modules])
    made = [
        ("args.env", environment_block(args)),
        ("kernel.elf", bare(kernel.read_bytes(), kernel)),
    ]

    path = directory / "disk.img"
    with path.open("wb") as disk:
        disk.seek(PARTITION * SECTOR)
        for name, content in made:
            add(disk, name, BytesIO(content), len(content))
        for name, source in modules:
            with source.open("rb") as file:
                add(disk, name, file, os.fstat(file.fileno()).st_size)
        disk.write(bytes(2 * SECTOR))  # the end of an archive
        core_at = disk.tell() // SECTOR
        disk.write(placed(core, core_at))
        disk.truncate(disk_sectors(disk.tell() // SECTOR) * SECTOR)
        disk.seek(0)
        disk.write(boot_sector(core_at, PARTITION, core_at - PARTITION))
    return path


def disk_for(request: BootRequest, directory: Path) -> bool:
    """The disk of one boot. True: its boot sector is direct.S."""
    if request.direct:
        from h4 import direct  # the course's alone: students' trees do not have it

        try:
            direct.build_disk(directory, request)
            return True
        except direct.TooLarge:
            pass
    build_disk(directory, request.kernel, request.args, request.modules, request.cache)
    return False
