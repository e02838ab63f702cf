# SPDX-License-Identifier: MIT
"""The boot image: what is in it, what is refused, and that it is reproducible."""

from __future__ import annotations

import os
import struct
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
import tiny_kernel
from elftools.elf.elffile import ELFFile
from h4 import grub, image
from h4.emulator import Ending, boot
from h4.errors import GraderError
from tiny_kernel import TinyKernel


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> TinyKernel:
    return tiny_kernel.build(tmp_path_factory.mktemp("tiny"))


def new(tmp_path: Path, name: str) -> Path:
    directory = tmp_path / name
    directory.mkdir()
    return directory


def archive(disk: Path) -> tarfile.TarFile:
    """The files of the disk's partition."""
    return tarfile.open(fileobj=BytesIO(disk.read_bytes()[image.SECTOR :]))


def content(disk: Path, name: str) -> bytes:
    file = archive(disk).extractfile(name)
    assert file
    return file.read()


def test_environment_block_has_the_form_grub_wants() -> None:
    block = image.environment_block("nonce=4f02a1,seed=7,tests=0-4.7")
    assert len(block) == 1024
    assert block.startswith(b"# GRUB Environment Block\nargs=nonce=4f02a1,")
    assert set(block.splitlines()[2]) == {ord("#")}


@pytest.mark.parametrize("args", ["a b", "a'b", "a$b", 'a"', "a\\", "a\nb=c", "\xe4"])
def test_arguments_that_grub_would_change_are_refused(args: str) -> None:
    with pytest.raises(GraderError, match="arguments"):
        image.environment_block(args)


def test_arguments_that_do_not_fit_are_refused() -> None:
    room = 1024 - len(b"# GRUB Environment Block\nargs=\n")
    assert len(image.environment_block("x" * room)) == 1024
    with pytest.raises(GraderError, match=f"room for {room}"):
        image.environment_block("x" * (room + 1))


def test_modules_come_with_what_they_need() -> None:
    found = grub.module_closure(grub.MODULES)
    assert {"loadenv", "multiboot", "relocator", "mmap", "boot"} <= set(found)
    with pytest.raises(GraderError, match="no_such"):
        grub.module_closure(["no_such"])


def test_the_disk_holds_what_it_should(kernel: TinyKernel, tmp_path: Path) -> None:
    disk = image.build_disk(new(tmp_path, "a"), kernel.path, "x=1", cache=tmp_path)
    first = disk.read_bytes()[:512]
    assert first[446] == 0x80 and first[510:] == b"\x55\xaa"
    assert first[462:510] == bytes(48)
    assert archive(disk).getnames() == ["args.env", "kernel.elf"]
    assert content(disk, "args.env") == image.environment_block("x=1")
    assert disk.stat().st_size % (image.CYLINDER * 512) == 0


def test_boot_sector_and_core_image_know_their_places(
    kernel: TinyKernel, tmp_path: Path
) -> None:
    disk = image.build_disk(new(tmp_path, "a"), kernel.path, "x=1", cache=tmp_path)
    data = disk.read_bytes()
    (core_at,) = struct.unpack_from("<Q", data, 0x5C)
    begin, sectors = struct.unpack_from("<II", data, 446 + 8)
    assert core_at == begin + sectors
    rest, count, segment = struct.unpack_from("<QHH", data, core_at * 512 + 500)
    assert (rest, segment) == (core_at + 1, 0x820)
    (core,) = (tmp_path / name for name in os.listdir(tmp_path) if "core" in name)
    assert core.stat().st_size == (count + 1) * 512
    assert data[rest * 512 :].startswith(core.read_bytes()[512:])


def test_the_core_image_is_stored_as_it_is(tmp_path: Path) -> None:
    """Else boots are slow. Of the program in front of it five bytes are others."""
    core = grub.core_image(tmp_path, [])
    for name in ("multiboot.mod", "tar.mod"):
        assert grub.grub_file(name) in core, name
    assert grub.early_configuration([]).encode() in core
    old = grub.grub_file("lzma_decompress.img")
    new = core[512 : 512 + len(old)]
    head = 28  # sizes, and from where it was started
    changed = [at for at in range(head, len(old)) if new[at] != old[at]]
    assert 0 < len(changed) <= changed[-1] - changed[0] + 1 <= len(grub.COPY) == 5


def test_a_core_image_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    core = grub.make_core(tmp_path, [])
    other = core.replace(b"\x8d\x1c\x0f\x51", b"\x8d\x1c\x0f\x50")
    for damaged in (other, core[:9000]):
        assert grub.stored(damaged) == damaged
    assert len(grub.stored(core)) > 2 * len(core)


def test_grub_copies_by_string_instructions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core = grub.make_core(tmp_path, [])
    changed = grub.stored(core)
    monkeypatch.setattr(grub, "FASTER", ())
    plain = grub.stored(core)
    for slow, fast in ((grub.MOVE, grub.FAST_MOVE), (grub.FILL, grub.FAST_FILL)):
        assert len(slow) == len(fast)
        assert plain.count(slow) == 1 and fast not in plain
        plain = plain.replace(slow, fast)
    assert plain == changed


# Calls the pieces on all small cases, wherever the two places overlap, next to what
# they are to do. Exit status 0: they did.
COPIES = """
typedef unsigned u32;
static unsigned char place[64], due[64];
extern unsigned char move[], fill[];

static void *call_move(void *to, const void *from, u32 count)
{
        void *end;
        __asm__ volatile("call move" : "=a"(end), "+d"(from), "+c"(count) : "0"(to)
                         : "memory", "cc");
        return end;
}

static int fill_is_right(u32 count)
{
        static u32 words[8];
        u32 to = (u32)words, left = count;
        for (u32 i = 0; i < 8; i++)
                words[i] = 7;
        __asm__ volatile("call fill" : "+a"(to), "+c"(left) : "d"(to)
                         : "edi", "memory", "cc");
        for (u32 i = 0; i < 8; i++)
                if (words[i] != (i < count / 4 ? 0x5A5A5A5A : 7))
                        return 0;
        return to == (u32)words && left == count;
}

static int move_is_right(u32 to, u32 from, u32 count)
{
        for (u32 i = 0; i < sizeof(place); i++)
                due[i] = place[i] = i * 5 + 1;
        for (u32 i = 0; i < count; i++)
                due[to + i] = (from + i) * 5 + 1;
        if (call_move(place + to, place + from, count) != place + to)
                return 0;
        for (u32 i = 0; i < sizeof(place); i++)
                if (place[i] != due[i])
                        return 0;
        return 1;
}

void _start(void)
{
        int wrong = 0;
        for (u32 to = 0; to < 40; to++)
                for (u32 from = 0; from < 40; from++)
                        for (u32 count = 0; count < 24; count++)
                                wrong |= !move_is_right(to, from, count);
        for (u32 count = 4; count < 32; count++)
                wrong |= !fill_is_right(count);
        __asm__ volatile("int $0x80" : : "a"(1), "b"(wrong));
        __builtin_unreachable();
}

__asm__(".text\\n"
        "move: .byte MOVE\\n"
        // The loop lies within a function: it finds the word on the stack, its %edx is
        // %eax, and it leaves by a jump, 85 bytes in front of its end.
        ".org move + 100\\n"
        "left: leave; ret\\n"
        ".org left + 85 - 16\\n"
        "begin: .byte FILL\\n"
        "fill: push %ebp; mov %esp, %ebp; sub $0x20, %esp\\n"
        "movl $0x5A5A5A5A, -0x14(%ebp); jmp begin\\n");
"""


def test_what_grub_copies_by_copies_right(tmp_path: Path) -> None:
    def listed(code: bytes) -> str:
        return ",".join(str(byte) for byte in code)

    source, program = tmp_path / "copies.c", tmp_path / "copies"
    text = COPIES.replace("MOVE", listed(grub.FAST_MOVE))
    source.write_text(text.replace("FILL", listed(grub.FAST_FILL)))
    flags = ["-m32", "-O1", "-ffreestanding", "-nostdlib", "-static", "-fno-pie",
             "-no-pie", "-fno-stack-protector"]  # fmt: skip
    subprocess.run(["gcc", *flags, "-o", program, source], check=True)
    assert subprocess.run([program]).returncode == 0


def test_a_boot_is_cheap(kernel: TinyKernel, tmp_path: Path) -> None:
    """Most of it once was GRUB's work on its own files."""
    result = boot(kernel.request(tmp_path / "work", "x"))
    assert result.ending == Ending.POWER_OFF
    assert result.ticks is not None and result.ticks < 8_000_000


def test_the_kernel_comes_without_symbols(kernel: TinyKernel, tmp_path: Path) -> None:
    """What a loader reads is all there: the segments, byte for byte."""
    whole = kernel.path.read_bytes()
    bare = image.bare(whole, kernel.path)
    assert b".symtab" in whole and b".symtab" not in bare
    old, new = ELFFile(BytesIO(whole)), ELFFile(BytesIO(bare))
    assert new.num_sections() == 0 and new.header.e_entry == old.header.e_entry
    assert [(s.header, s.data()) for s in new.iter_segments()] == [
        (s.header, s.data()) for s in old.iter_segments()
    ]


@pytest.mark.parametrize(
    "damage", [b"", b"\x7fELF\x02\x01" + bytes(60), b"\x7fELF\x01\x01" + bytes(20)]
)
def test_what_is_no_kernel_is_refused(tmp_path: Path, damage: bytes) -> None:
    kernel = tmp_path / "kernel"
    kernel.write_bytes(damage)
    with pytest.raises(GraderError, match="kernel is .* ELF program"):
        image.build_disk(new(tmp_path, "a"), kernel, "")


def test_disks_made_at_once_are_the_same(kernel: TinyKernel, tmp_path: Path) -> None:
    """Also where both find no template and build it."""

    def make(name: str) -> bytes:
        directory = new(tmp_path, name)
        disk = image.build_disk(directory, kernel.path, "x=1", cache=tmp_path / "cache")
        return disk.read_bytes()

    with ThreadPoolExecutor(2) as pool:
        one, two = pool.map(make, ("a", "b"))
    assert one == two == make("c")
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize(
    "name", ["", "../x", "a b", "kernel.elf", "args.env", "x" * 32, "A", "-x", ".x"]
)
def test_bad_names_of_boot_modules_are_refused(
    kernel: TinyKernel, tmp_path: Path, name: str
) -> None:
    with pytest.raises(GraderError, match="boot module"):
        image.build_disk(tmp_path, kernel.path, "", [(name, kernel.path)])


def test_two_boot_modules_of_one_name_are_refused(
    kernel: TinyKernel, tmp_path: Path
) -> None:
    with pytest.raises(GraderError, match="unique"):
        image.build_disk(tmp_path, kernel.path, "", [("a", kernel.path)] * 2)


def test_a_disk_has_whole_cylinders_and_room(
    kernel: TinyKernel, tmp_path: Path
) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(20 << 20)
    disk = image.build_disk(tmp_path, kernel.path, "", [("large", large)])
    assert disk.stat().st_size % (image.CYLINDER * 512) == 0
    assert content(disk, "large") == bytes(20 << 20)
    assert image.disk_sectors(1) == image.SMALLEST_DISK
    assert image.disk_sectors(image.SMALLEST_DISK + 1) == 17 * image.CYLINDER


def test_a_missing_tool_is_named(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(grub.ENVIRONMENT, "PATH", str(tmp_path))
    with pytest.raises(GraderError, match="Debian's package grub-common: make deps"):
        image.build_disk(new(tmp_path, "a"), kernel.path, "", cache=tmp_path / "new")


def test_a_missing_grub_is_named(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grub, "GRUB", tmp_path / "none")
    with pytest.raises(GraderError, match="Debian's package grub-pc-bin: make deps"):
        image.build_disk(new(tmp_path, "a"), kernel.path, "", cache=tmp_path / "new")


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_boot_modules_and_arguments_reach_the_kernel(
    kernel: TinyKernel, tmp_path: Path, emulator: str
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"first module")
    two.write_bytes(b"2" * 5000)
    request = kernel.request(
        tmp_path / "work", "x=1,y=0-4.7", modules=[("a.bin", one), ("b", two)]
    )
    result = boot(request, emulator)
    assert result.ending == Ending.POWER_OFF
    assert result.com1 == b"x=1,y=0-4.7\na.bin:first module\nb:" + b"2" * 5000 + b"\n"
