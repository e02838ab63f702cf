# SPDX-License-Identifier: MIT
"""The disk that the machine boots from: GNU GRUB, the kernel and its arguments.

    sector 0      GRUB's boot.img, with a partition table of one entry
    sector 1      GRUB's core.img: only what it takes to read a FAT partition
    sector 2048   the partition: GRUB's modules, not compressed; kernel.elf;
                  args.env; boot modules

A core image with everything inside boots half as fast, because GRUB decompresses
it on the emulated processor. Nothing here needs root or a loop device.

What no boot changes (all but the kernel, its arguments and the contents of boot
modules) is made once and kept as a template; its name says what it was made from.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from h4.errors import GraderError

GRUB = Path("/usr/lib/grub/i386-pc")
IN_CORE = ("biosdisk", "part_msdos", "fat")
IN_PARTITION = ("loadenv", "multiboot")

SECTOR = 512
PARTITION = 2048  # its first sector
CYLINDER = 16 * 63  # sectors; whole cylinders, or the BIOS misses the last ones
SMALLEST_DISK = 16 * CYLINDER

ENVIRONMENT_SIZE = 1024
ENVIRONMENT_HEAD = b"# GRUB Environment Block\n"
# What neither GRUB's shell nor its environment block gives a meaning of its own.
ARGUMENTS = re.compile(r"[A-Za-z0-9=,._:;/+@%~-]*")
MODULE_NAME = re.compile(r"[a-z0-9_-]{1,8}(\.[a-z0-9]{1,3})?")
TAKEN = ("kernel.elf", "args.env", "i386-pc")

# mtools would refuse a disk whose geometry it finds odd, and writes the time of
# day into directories, which would make each image another one.
TOOLS_ENVIRONMENT = {
    "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
    "LC_ALL": "C",
    "TZ": "UTC",
    "MTOOLS_SKIP_CHECK": "1",
    "SOURCE_DATE_EPOCH": "946684800",
}


def run_tool(*command: str | Path, package: str) -> None:
    """Runs one of the programs that build the image; says which failed, and why."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=TOOLS_ENVIRONMENT,
        )
    except FileNotFoundError:
        raise GraderError(
            f"{command[0]} is not installed; it is in Debian's package {package}: "
            "make deps"
        ) from None
    if done.returncode:
        text = (done.stderr + done.stdout).decode("ascii", "replace").strip()
        raise GraderError(f"{command[0]} could not build the boot image: {text}")


def module_closure(wanted: Sequence[str], without: Sequence[str] = ()) -> list[str]:
    """GRUB's modules `wanted` and all that they need, in a fixed order."""
    try:
        lines = (GRUB / "moddep.lst").read_text("ascii").splitlines()
    except OSError as error:
        raise GraderError(
            f"{GRUB}: {error.strerror}; GRUB for the PC is in Debian's package "
            "grub-pc-bin: make deps"
        ) from None
    needs = {name: rest.split() for name, _, rest in (x.partition(":") for x in lines)}
    found: list[str] = []
    open_names = list(wanted)
    while open_names:
        name = open_names.pop()
        if name in found or name in without:
            continue
        if name not in needs:
            raise GraderError(f"{GRUB}/moddep.lst does not know the module {name}")
        found.append(name)
        open_names += needs[name]
    return sorted(found)


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


def early_configuration(modules: Sequence[str]) -> str:
    """What GRUB does at once, before it would look for a menu."""
    lines = [
        "insmod loadenv",
        "load_env -f (hd0,msdos1)/args.env args",
        "insmod multiboot",
        "multiboot (hd0,msdos1)/kernel.elf $args",
        *(f"module (hd0,msdos1)/{name} {name}" for name in modules),
        "boot",
    ]
    return "\n".join(lines) + "\n"


def boot_sector(sectors: int) -> bytes:
    """GRUB's first sector, with a partition table of one active FAT partition."""
    code = bytearray((GRUB / "boot.img").read_bytes())
    # Debian's file has code where a hard disk has its partition table.
    code[446:510] = bytes(64)
    anywhere = b"\xfe\xff\xff"  # no cylinder, head and sector: linear addresses
    code[446:462] = struct.pack(
        "<B3sB3sII", 0x80, anywhere, 6, anywhere, PARTITION, sectors - PARTITION
    )
    return bytes(code)


def disk_sectors(kernel: Path, modules: Sequence[Path]) -> int:
    """A disk with as much room again as the files need, in whole cylinders."""
    need = sum(path.stat().st_size for path in (kernel, *modules))
    cylinders = -(-(need * 2 // SECTOR) // CYLINDER)
    return SMALLEST_DISK + max(0, cylinders - 8) * CYLINDER


def partition_of(disk: Path) -> str:
    """mtools' name for the FAT partition of `disk`."""
    return f"{disk}@@{PARTITION * SECTOR}"


def build_template(path: Path, sectors: int, modules: Sequence[str]) -> None:
    """Writes a disk that lacks only the kernel, args.env and the boot modules."""
    grub_modules = module_closure(IN_PARTITION, module_closure(IN_CORE))
    with tempfile.TemporaryDirectory(prefix="template-", dir=path.parent) as name:
        work = Path(name)
        (work / "early.cfg").write_text(early_configuration(modules), "ascii")
        run_tool(
            "grub-mkimage", "-O", "i386-pc", "-d", GRUB, "-p", "(hd0,msdos1)",
            "-c", work / "early.cfg", "-o", work / "core.img", *IN_CORE,
            package="grub-common",
        )  # fmt: skip
        core = (work / "core.img").read_bytes()
        if len(core) > (PARTITION - 1) * SECTOR:
            raise GraderError("GRUB's core image does not fit before the partition")

        disk = work / "disk.img"
        with disk.open("wb") as file:
            file.write(boot_sector(sectors) + core)
            file.truncate(sectors * SECTOR)
        partition = partition_of(disk)
        run_tool(
            "mformat", "-i", partition, "-T", str(sectors - PARTITION), "-h", "16",
            "-s", "63", "-H", str(PARTITION), "-N", "48340000", "::",
            package="mtools",
        )  # fmt: skip
        run_tool("mmd", "-i", partition, "::/i386-pc", package="mtools")
        files = [GRUB / f"{name}.mod" for name in grub_modules]
        run_tool("mcopy", "-i", partition, *files, "::/i386-pc/", package="mtools")
        os.replace(disk, path)


def grub_digest() -> "hashlib._Hash":
    """Of the files of GRUB that end up in a template, so that an update is seen."""
    digest = hashlib.sha256()
    names = module_closure(IN_PARTITION + IN_CORE)
    for name in ["boot.img", "kernel.img", *(f"{name}.mod" for name in names)]:
        status = (GRUB / name).stat()
        digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest


def template(cache: Path, sectors: int, modules: Sequence[str]) -> Path:
    """The template for a disk of this size and these boot modules.

    Any number of processes may ask for the same one at the same time: each
    would build its own, and the last to rename it leaves the same bytes.
    """
    digest = grub_digest()
    digest.update(Path(__file__).read_bytes())
    digest.update(f"{sectors}\n{early_configuration(modules)}".encode())
    path = cache / f"grub-{digest.hexdigest()[:16]}.img"
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        build_template(path, sectors, modules)
    return path


def data_ranges(file: int, size: int) -> Iterator[tuple[int, int]]:
    """The parts of a sparse file that are not holes."""
    begin = 0
    while begin < size:
        try:
            begin = os.lseek(file, begin, os.SEEK_DATA)
        except OSError:
            return
        end = os.lseek(file, begin, os.SEEK_HOLE)
        yield begin, end
        begin = end


def copy_sparse(source: Path, target: Path) -> None:
    """Copies a disk without writing its empty parts."""
    with source.open("rb") as old, target.open("wb") as new:
        size = os.fstat(old.fileno()).st_size
        for begin, end in data_ranges(old.fileno(), size):
            old.seek(begin)
            new.seek(begin)
            new.write(old.read(end - begin))
        new.truncate(size)


def check_modules(modules: Sequence[tuple[str, Path]]) -> None:
    """Refuses names that FAT would mangle or that are in use."""
    names = [name for name, _ in modules]
    for name in names:
        if not MODULE_NAME.fullmatch(name) or name in TAKEN or names.count(name) > 1:
            raise GraderError(
                f"boot module {name!r}: the name must be unique, at most 8 small "
                "letters, digits, _ or -, and at most 3 behind a dot"
            )


def build_disk(
    directory: Path,
    kernel: Path,
    args: str,
    modules: Sequence[tuple[str, Path]] = (),
    cache: Path | None = None,
) -> Path:
    """A disk of its own for one boot, `directory`/disk.img.

    cache   where templates are kept; beside the kernel unless told
    """
    check_modules(modules)
    if not shutil.which("objcopy"):
        raise GraderError("objcopy is not installed; Debian's package is binutils")
    # GRUB reads symbols and debug information too: 0.2 s a megabyte.
    (directory / "files").mkdir()
    bare = directory / "files/kernel.elf"
    run_tool("objcopy", "--strip-all", kernel, bare, package="binutils")
    (directory / "files/args.env").write_bytes(environment_block(args))

    sectors = disk_sectors(bare, [path for _, path in modules])
    if cache is None:
        cache = kernel.parent if os.access(kernel.parent, os.W_OK) else directory
    disk = directory / "disk.img"
    copy_sparse(template(cache, sectors, [name for name, _ in modules]), disk)
    for name, path in modules:
        shutil.copyfile(path, directory / "files" / name)
    files = sorted((directory / "files").iterdir())
    run_tool("mcopy", "-i", partition_of(disk), *files, "::/", package="mtools")
    shutil.rmtree(directory / "files")
    return disk
