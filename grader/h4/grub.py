# SPDX-License-Identifier: MIT
"""GNU GRUB as it stands on the boot disk: boot.img and a core image, made once.

The core image holds all modules that a boot needs. GRUB would decompress it with
the emulated processor, at 150 instructions a byte: that is 50 million, and the rest
of a boot 7 million. So it is stored as it is. grub-mkimage cannot do that for a PC;
what it makes is taken apart here:

    512 bytes     diskboot.img; its last 12 say where the rest lies
    2,848 bytes   lzma_decompress.img (the length is that of GRUB's file): at 8 and 12
                  the size of what follows it, compressed and not
    the rest      GRUB's kernel and the modules, compressed

Of the program in the middle five bytes change. In front of them %esi points to what
follows, %edi to where GRUB is linked for, and %ecx is the size of what is to arrive
there: the call of the decompressor becomes `shr $2, %ecx; rep movsl`.

What is left is GRUB copying what it has read, two or three times, at 4 to 6
instructions a byte, and filling memory with zeros at 8 a word. Its two functions for
that, in its kernel, are replaced by others that do the same by string instructions,
which takes 5 of 8.6 million instructions away.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from h4.errors import GraderError

GRUB = Path("/usr/lib/grub/i386-pc")
MODULES = ("biosdisk", "part_msdos", "tar", "loadenv", "multiboot")
PARTITION = "(hd0,msdos1)"
PARTITION_TYPE = 0x7F  # nobody's: for experiments

SECTOR = 512
PLACE = "<Q"  # the number of a sector
CORE_AT = 0x5C  # in boot.img: where the core image begins
REST_AT = SECTOR - 12  # in its first sector: where its second is,
COUNT_AT = SECTOR - 4  # and how many there are from there on
SIZES = "<II"
SIZES_AT = 8
# The core image is read to 0x8000; 64 KB from 0x68000 on are GRUB's for its calls of
# the BIOS.
LARGEST_CORE = 0x68000 - 0x8000

CALL = re.compile(  # pushl %edi; movl 0x820c, %ecx; leal (%edi,%ecx), %ebx; pushl %ecx
    rb"\x57\x8b\x0d\x0c\x82\x00\x00\x8d\x1c\x0f\x51(\xe8....)\x59\x5e", re.DOTALL
)
COPY = b"\xc1\xe9\x02\xf3\xa5"
# grub_memmove(%eax: to, %edx: from, %ecx: bytes), as gcc -Os made it of loops.
MOVE = bytes.fromhex(
    "55 89e5 57 56 89d6 39d0 730b 01c1 89c7 39f9 7410 a4 ebf9"
    "83e901 7208 8a140e 881408 ebf3 5e 5f 5d c3"
)
FAST_MOVE = bytes.fromhex(
    "57 56"  # push %edi; push %esi
    "89d6 89c7"  # mov %edx, %esi; mov %eax, %edi
    "29c2 01ca 7212"  # sub %eax, %edx; add %ecx, %edx; jc: the end of one lies in
    "89ca c1e902 f3a5"  # mov %ecx, %edx; shr $2, %ecx; rep movsl
    "89d1 83e103"  # mov %edx, %ecx; and $3, %ecx
    "f3a4 fc 5e 5f c3"  # rep movsb; cld; pop %esi; pop %edi; ret
    "01ce 01cf 4e 4f fd ebf1"  # the other: backwards, from the last byte on
)
# Of grub_memset: the loop that fills words. %eax: to, %ecx: bytes, at -0x14(%ebp) the
# word; behind it only %edx and %edi may be others.
FILL = bytes.fromhex("89f7 29d7 83ff03 76b2 8b7dec 893a 83c204 ebed")
FAST_FILL = bytes.fromhex(
    "89d7 50 51"  # mov %edx, %edi; push %eax; push %ecx
    "8b45ec c1e902 f3ab"  # mov -0x14(%ebp), %eax; shr $2, %ecx; rep stosl
    "59 58 ebab 909090"  # pop %ecx; pop %eax; jmp: where the loop went
)
FASTER = ((MOVE, FAST_MOVE), (FILL, FAST_FILL))
LZMA = {"lc": 3, "lp": 0, "pb": 2, "dict_size": 1 << 16}

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "LC_ALL": "C",
    "TZ": "UTC",
}


def grub_cache(image: Path) -> Path:
    """Where GRUB's core image is kept: beside the folder of the images."""
    return image.parent.parent / "grub"


def grub_file(name: str) -> bytes:
    """One of GRUB's files for the PC."""
    try:
        return (GRUB / name).read_bytes()
    except OSError as error:
        raise GraderError(
            f"{GRUB / name}: {error.strerror}; GRUB for the PC is in Debian's package "
            "grub-pc-bin: make deps"
        ) from None


def module_closure(wanted: Sequence[str]) -> list[str]:
    """GRUB's modules `wanted` and all that they need, in a fixed order."""
    lines = grub_file("moddep.lst").decode("ascii").splitlines()
    needs = {name: rest.split() for name, _, rest in (x.partition(":") for x in lines)}
    found: list[str] = []
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name in found:
            continue
        if name not in needs:
            raise GraderError(f"{GRUB}/moddep.lst does not know the module {name}")
        found.append(name)
        open_names += needs[name]
    return sorted(found)


def early_configuration(modules: Sequence[str]) -> str:
    """What GRUB does at once, before it would look for a menu."""
    lines = [
        f"load_env -f {PARTITION}/args.env args",
        f"multiboot {PARTITION}/kernel.elf $args",
        *(f"module {PARTITION}/{name} {name}" for name in modules),
        "boot",
    ]
    return "\n".join(lines) + "\n"


def make_core(directory: Path, modules: Sequence[str]) -> bytes:
    """A core image as grub-mkimage makes it; `directory` is for its files."""
    early, core = directory / "early.cfg", directory / "core.img"
    early.write_text(early_configuration(modules), "ascii")
    try:
        done = subprocess.run(
            [
                "grub-mkimage", "-O", "i386-pc", "-d", GRUB, "-p", PARTITION,
                "-c", early, "-o", core, *MODULES,
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=ENVIRONMENT,
        )  # fmt: skip
    except FileNotFoundError:
        raise GraderError(
            "grub-mkimage is not installed; it is in Debian's package grub-common: "
            "make deps"
        ) from None
    if done.returncode:
        text = (done.stderr + done.stdout).decode("ascii", "replace").strip()
        raise GraderError(f"grub-mkimage could not make the core image: {text}")
    return core.read_bytes()


def whole_sectors(data: bytes) -> bytes:
    """`data`, and zeros up to a whole sector."""
    return data + bytes(-len(data) % SECTOR)


def stored(core: bytes) -> bytes:
    """The core image without compression.

    A GRUB whose decompressor is another one keeps its core image as it is, and one that
    copies in another way goes on doing so: such a disk boots too, only in several times
    as many instructions.
    """
    import lzma  # not wanted as soon as the image is there

    begin = SECTOR + len(grub_file("lzma_decompress.img"))
    program = bytearray(core[SECTOR:begin])
    calls = list(CALL.finditer(program))
    compressed, size = struct.unpack_from(SIZES, program, SIZES_AT)
    try:
        decoder = lzma.LZMADecompressor(
            lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA1, **LZMA}]
        )
        plain = decoder.decompress(core[begin : begin + compressed], size)
    except lzma.LZMAError:
        return core
    if len(calls) != 1 or len(plain) != size:
        return core

    for slow, fast in FASTER:
        if plain.count(slow) == 1:
            plain = plain.replace(slow, fast)
    plain += bytes(-size % 4)  # it is copied by words
    program[calls[0].start(1) : calls[0].end(1)] = COPY
    struct.pack_into(SIZES, program, SIZES_AT, len(plain), len(plain))
    rest = whole_sectors(bytes(program) + plain)
    if SECTOR + len(rest) > LARGEST_CORE:
        return core
    first = bytearray(core[:SECTOR])
    struct.pack_into("<H", first, COUNT_AT, len(rest) // SECTOR)
    return bytes(first) + rest


def core_image(cache: Path, modules: Sequence[str]) -> bytes:
    """The core image that loads the kernel and these boot modules, in sectors.

    Any number of processes may ask for the same one at the same time: each
    would build its own, and the last to rename it leaves the same bytes.
    """
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(early_configuration(modules).encode())
    names = [f"{name}.mod" for name in module_closure(MODULES)]
    for name in ["kernel.img", "diskboot.img", "lzma_decompress.img", *names]:
        try:
            status = (GRUB / name).stat()
        except OSError:
            grub_file(name)  # says what is missing
            raise
        digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    path = cache / f"core-{digest.hexdigest()[:16]}.img"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="core-", dir=cache) as name:
            image = whole_sectors(stored(make_core(Path(name), modules)))
            aside = Path(name) / "stored.img"
            aside.write_bytes(image)
            os.replace(aside, path)
    return path.read_bytes()


def placed(core: bytes, sector: int) -> bytes:
    """The core image for this place on the disk."""
    image = bytearray(core)
    struct.pack_into(PLACE, image, REST_AT, sector + 1)
    return bytes(image)


def boot_sector(core_at: int, begin: int, sectors: int) -> bytes:
    """GRUB's first sector, with a partition table of one active partition."""
    code = bytearray(grub_file("boot.img"))
    struct.pack_into(PLACE, code, CORE_AT, core_at)
    # Debian's file has code where a hard disk has its partition table.
    code[446:510] = bytes(64)
    anywhere = b"\xfe\xff\xff"  # no cylinder, head and sector: linear addresses
    code[446:462] = struct.pack(
        "<B3sB3sII", 0x80, anywhere, PARTITION_TYPE, anywhere, begin, sectors
    )
    return bytes(code)
