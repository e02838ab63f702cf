# SPDX-License-Identifier: MIT
"""Boots without GRUB: the kernel finds the machine as it does behind GRUB. That tests
come out the same is shown in test_lab_proofs.py, whose full marks need both."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from conftest import ROOT
from tiny_kernel import TinyKernel, build

from h4 import direct
from h4.emulator import BootRequest, BootResult, Ending, boot
from h4.stage import Recipe, Stage, StageBuilder

# Those whose demonstrations are about memory. Later ones tell of time as well.
LABS = [0, 1, 2]


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> TinyKernel:
    return build(tmp_path_factory.mktemp("tiny"))


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
def test_boot_modules_and_arguments_reach_the_kernel(
    kernel: TinyKernel, tmp_path: Path, emulator: str
) -> None:
    one, two, none = (tmp_path / name for name in ("one", "two", "none"))
    one.write_bytes(b"first module")
    two.write_bytes(b"2" * 50001)  # more than is read at a time
    none.write_bytes(b"")
    modules = [("a.bin", one), ("none", none), ("b", two)]
    request = kernel.request(
        tmp_path / "work", "x=1,y=0-4.7", modules=modules, direct=True
    )
    result = boot(request, emulator)
    assert result.ending == Ending.POWER_OFF
    said = b"x=1,y=0-4.7\na.bin:first module\nnone:\nb:" + b"2" * 50001 + b"\n"
    assert result.com1 == said


def test_it_is_worth_it(kernel: TinyKernel, tmp_path: Path) -> None:
    """Half of what is left is the BIOS's."""
    result = boot(kernel.request(tmp_path / "work", "x", direct=True))
    assert result.ending == Ending.POWER_OFF
    assert result.ticks is not None and result.ticks < 2_500_000


def test_what_is_too_large_comes_by_grub(kernel: TinyKernel, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(b"4" * 600_000)
    request = kernel.request(
        tmp_path, "x", modules=[("large", large)], cache=tmp_path / "c", direct=True
    )
    with pytest.raises(direct.TooLarge):
        direct.build_disk(tmp_path, request)
    result = boot(request, "qemu")
    assert result.ending == Ending.POWER_OFF and len(result.com1) > 600_000
    assert [path.name[:4] for path in (tmp_path / "c").iterdir()] == ["core"]


def demonstration(
    stage: Stage, emulator: str, megabytes: int, without_grub: bool
) -> BootResult:
    with tempfile.TemporaryDirectory() as work:
        request = BootRequest(
            kernel=stage.image.path,
            args="",
            megabytes=megabytes,
            workdir=Path(work),
            begin=0,
            end=0,
            limits=[500_000_000],
            modules=stage.modules,
            cache=ROOT / "build/grub",
            direct=without_grub,
        )
        return boot(request, emulator)


@pytest.mark.parametrize("emulator", ["qemu", "bochs"])
@pytest.mark.parametrize("number", LABS)
def test_the_demonstrations_say_the_same(
    builder: StageBuilder, number: int, emulator: str
) -> None:
    """Among other things the map of memory, and how much of it is whose."""
    stage = builder.stage(builder.course.lab(number), Recipe())
    for megabytes in (8, 64):
        grub, own = (
            demonstration(stage, emulator, megabytes, way) for way in (False, True)
        )
        assert grub.ending == own.ending == Ending.POWER_OFF
        assert own.com1 == grub.com1 and len(own.com1) > 100
