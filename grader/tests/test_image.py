# SPDX-License-Identifier: MIT
"""The boot image: what is in it, what is refused, and that it is reproducible."""

from __future__ import annotations

import os
import struct
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
    """Else boots are slow. Of GRUB's own bytes five are others."""
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
