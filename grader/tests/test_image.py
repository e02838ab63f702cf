# SPDX-License-Identifier: MIT
"""The boot image: what is in it, what is refused, and that it is reproducible."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import tiny_kernel
from h4 import image
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


def listing(disk: Path, directory: str = "") -> list[str]:
    text = subprocess.run(
        ["mdir", "-b", "-i", image.partition_of(disk), f"::/{directory}"],
        env=image.TOOLS_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [line.rstrip("/").rpartition("/")[2] for line in text.splitlines()]


def content(disk: Path, name: str) -> bytes:
    return subprocess.run(
        ["mtype", "-i", image.partition_of(disk), f"::/{name}"],
        env=image.TOOLS_ENVIRONMENT,
        capture_output=True,
        check=True,
    ).stdout


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
    found = image.module_closure(image.IN_PARTITION)
    assert {"loadenv", "multiboot", "relocator", "mmap", "boot"} <= set(found)
    with pytest.raises(GraderError, match="no_such"):
        image.module_closure(["no_such"])


def test_the_disk_holds_what_it_should(kernel: TinyKernel, tmp_path: Path) -> None:
    disk = image.build_disk(new(tmp_path, "a"), kernel.path, "x=1", cache=tmp_path)
    first = disk.read_bytes()[:512]
    assert first[446] == 0x80 and first[510:] == b"\x55\xaa"
    assert first[462:510] == bytes(48)
    assert set(listing(disk)) == {"i386-pc", "kernel.elf", "args.env"}
    assert "multiboot.mod" in listing(disk, "i386-pc")
    assert content(disk, "args.env") == image.environment_block("x=1")
    assert disk.stat().st_size % (image.CYLINDER * 512) == 0


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
    "name", ["", "../x", "a b", "kernel.elf", "args.env", "toolongname", "A", "x.html"]
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


def test_a_large_module_gets_a_larger_disk(tmp_path: Path) -> None:
    small, large = tmp_path / "small", tmp_path / "large"
    small.write_bytes(b"x")
    with large.open("wb") as file:
        file.truncate(20 << 20)
    assert image.disk_sectors(small, []) == image.SMALLEST_DISK
    assert image.disk_sectors(small, [large]) > (40 << 20) // 512


def test_a_missing_tool_is_named(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(image.TOOLS_ENVIRONMENT, "PATH", str(tmp_path))
    with pytest.raises(GraderError, match="Debian's package binutils: make deps"):
        image.build_disk(new(tmp_path, "a"), kernel.path, "")


def test_boot_modules_and_arguments_reach_the_kernel(
    kernel: TinyKernel, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"first module")
    two.write_bytes(b"2" * 5000)
    request = kernel.request(
        tmp_path / "work", "x=1,y=0-4.7", modules=[("a.bin", one), ("b", two)]
    )
    result = boot(request, "qemu")
    assert result.ending == Ending.POWER_OFF
    assert result.com1 == b"x=1,y=0-4.7\na.bin:first module\nb:" + b"2" * 5000 + b"\n"
