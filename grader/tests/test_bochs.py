# SPDX-License-Identifier: MIT
"""Every way in which a machine can end, on real boots: in Bochs, and in QEMU."""

from __future__ import annotations

import os
import resource
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import tiny_kernel
from h4 import bochs, bochs_debugger, bochs_pace, child, qemu
from h4.child import Child, GivenUp
from h4.emulator import COM1_CAP, BootResult, Ending, boot
from h4.errors import GraderError
from tiny_kernel import TinyKernel

LIMIT = 1_000_000
BELOW = ["do_as_asked", "kernel_main", "start"]  # and its callers


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> TinyKernel:
    return tiny_kernel.build(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def good(kernel: TinyKernel, tmp_path_factory: pytest.TempPathFactory) -> BootResult:
    """A boot in which nothing happens."""
    return boot(kernel.request(tmp_path_factory.mktemp("good"), "x"))


def names(kernel: TinyKernel, result: BootResult) -> list[str]:
    return [kernel.function(address) for address in result.frames]


def test_a_boot_that_ends_well(kernel: TinyKernel, tmp_path: Path) -> None:
    heard: list[bytes] = []
    result = boot(kernel.request(tmp_path, "good"), progress=heard.append)
    assert result.ending == Ending.POWER_OFF, result.detail
    assert result.com1 == b"good\n"
    assert result.com2 == b"a\nb\nc\n" == b"".join(heard)
    first, second, third = result.instructions
    assert first == third and first is not None and 200 < first < 1000
    assert second is not None and first < second < 1000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "ending", "where"),
    [
        ("hang", Ending.LIMIT, ["spin_for_ever", *BELOW]),
        ("begin", Ending.FLOOD, None),
        ("cli_hlt", Ending.HALTED, BELOW),
        ("sti_hlt", Ending.HALTED, BELOW),
        ("triple", Ending.TRIPLE_FAULT, BELOW),
        ("flood1", Ending.FLOOD, BELOW),
        ("overrun", Ending.FLOOD, BELOW),
        ("keyboard_reset", Ending.REBOOT, []),
        ("off", Ending.POWER_OFF, []),
    ],
)
def test_endings_in_bochs(
    kernel: TinyKernel,
    tmp_path: Path,
    what: str,
    ending: Ending,
    where: list[str] | None,
) -> None:
    result = boot(kernel.request(tmp_path, what, LIMIT))
    assert result.ending == ending, result.detail
    assert result.com1.startswith(what.encode()[:1])
    assert result.com2.startswith(b"a\n") and b"b\n" not in result.com2
    assert result.instructions[0] is not None
    assert result.instructions[1:] == [None, None]
    if where is not None:
        assert names(kernel, result) == where
    if where:
        assert result.registers["eip"] == result.frames[0]
        assert result.registers["esp"] > kernel.addresses["stack"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("what", "ending"),
    [
        ("good", Ending.POWER_OFF),
        ("cli_hlt", Ending.HALTED),
        ("sti_hlt", Ending.HALTED),
        ("triple", Ending.TRIPLE_FAULT),
        ("keyboard_reset", Ending.REBOOT),
    ],
)
def test_endings_in_qemu(
    kernel: TinyKernel, tmp_path: Path, what: str, ending: Ending
) -> None:
    result = boot(kernel.request(tmp_path, what), "qemu")
    assert result.ending == ending, result.detail
    assert result.com1 == what.encode() + b"\n" or ending != Ending.POWER_OFF
    assert result.instructions == [None] * 3
    if ending == Ending.HALTED:
        assert names(kernel, result) == BELOW
    assert list(tmp_path.iterdir()) == []


def test_a_limit_is_exact_and_longer_than_a_stride(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two boots side by side, one of which is asked all the time where it is."""
    monkeypatch.setattr(bochs, "STRIDE", 300_000)
    request = kernel.request(tmp_path, "hang", LIMIT + 1)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(boot, request)
        two = pool.submit(boot, request)
    alike = one.result()
    assert alike == two.result()

    monkeypatch.setattr(bochs, "STRIDE", 4_000_000)
    monkeypatch.setattr(bochs_debugger, "ASK_AFTER", 0.02)
    monkeypatch.setattr(bochs_debugger, "POLL", 0.005)
    shorter = boot(kernel.request(tmp_path, "hang", LIMIT))
    assert alike.ticks is not None and shorter.ticks == alike.ticks - 1
    assert shorter.ending == alike.ending == Ending.LIMIT
    assert shorter.instructions == alike.instructions
    assert (shorter.com1, shorter.com2) == (alike.com1, alike.com2)


def test_a_test_may_use_all_that_its_limit_allows(
    kernel: TinyKernel, tmp_path: Path, good: BootResult
) -> None:
    """The clock strikes just where the test ends, and again one before."""
    needs = good.instructions
    longest = max(n for n in needs if n is not None)
    enough = boot(kernel.request(tmp_path, "x", longest))
    assert enough.ending == Ending.POWER_OFF
    assert enough.instructions == needs
    short = boot(kernel.request(tmp_path, "x", longest - 1))
    assert short.ending == Ending.LIMIT
    assert short.instructions[1:] == [None, None]


def test_a_guest_that_sleeps_keeps_nobody_waiting(
    kernel: TinyKernel, tmp_path: Path
) -> None:
    """Left to itself, Bochs waits each time: it gives the processor away."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw
    result = boot(kernel.request(tmp_path, "nap", 20_000_000))
    assert result.ending == Ending.POWER_OFF, result.detail
    assert result.instructions[1] is not None and result.instructions[1] > 4_000_000
    waits = resource.getrusage(resource.RUSAGE_CHILDREN).ru_nvcsw - before
    assert waits < 250  # of 500 naps


def test_a_guest_that_calls_the_debugger_is_stopped(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bochs, "MOST_STOPS", 50)
    result = boot(kernel.request(tmp_path, "break"))
    assert result.ending in (Ending.FLOOD, Ending.LIMIT)
    assert names(kernel, result)[0] == "do_as_asked"


def test_the_instruction_that_stops_the_machine_means_nothing_elsewhere(
    kernel: TinyKernel, tmp_path: Path, good: BootResult
) -> None:
    result = boot(kernel.request(tmp_path, "exchange"))
    assert result.ending == Ending.POWER_OFF, result.detail
    assert result.com2 == good.com2
    assert result.instructions[::2] == good.instructions[::2]


def test_the_output_is_cut_at_the_cap(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(child, "COM2_CAP", 300)
    monkeypatch.setattr(bochs, "COM2_CAP", 300)
    result = boot(kernel.request(tmp_path, "flood2"))
    assert result.ending == Ending.FLOOD and "COM2" in result.detail
    assert result.com2 == b"a\n" + b"x" * 298


def test_time_on_this_machine_is_no_verdict(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bochs_pace, "seconds", lambda request: 0.1)
    result = boot(kernel.request(tmp_path))
    assert result.ending == Ending.HOST_LIMIT and "processor time" in result.detail

    used, begin = Child.cpu_seconds, 0.0

    def since_the_hang(machine: Child) -> float:
        nonlocal begin
        if not machine.size(child.COM2):
            begin = used(machine)
        return used(machine) - begin

    monkeypatch.setattr(Child, "cpu_seconds", since_the_hang)
    work = tmp_path / "qemu"
    work.mkdir()
    hang = qemu.run(kernel.request(tmp_path, "hang"), work, None, seconds=0.3)
    assert hang.ending == Ending.HOST_LIMIT
    assert names(kernel, hang)[0] == "spin_for_ever"


@pytest.mark.parametrize("before, seconds", [(0.1, 10), (0.2, 10), (2.0, 100)])
def test_a_slow_host_is_not_taken_for_slow_instructions(
    monkeypatch: pytest.MonkeyPatch, before: float, seconds: float
) -> None:
    """What the boot took before its first test says how fast the host is."""
    child_of = SimpleNamespace(cpu_seconds=lambda: used)
    used, tick = before, bochs_pace.USUAL // 5
    monkeypatch.setattr(bochs_pace, "SLOW_SECONDS", 10.0)
    pace = bochs_pace.Pace(child_of)  # type: ignore[arg-type]
    pace.begins(tick)
    used += seconds - 0.01
    assert not pace.too_slow(tick)
    used += 0.02
    assert pace.too_slow(tick + 1)
    assert not pace.too_slow(tick + bochs_pace.SLOWEST)


@pytest.mark.parametrize("step, looks", [(0.5, 120), (3600.0, 60)])
def test_who_stood_still_does_not_count_what_it_missed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: float, looks: int
) -> None:
    """An emulator that does nothing is given up; one that was only not looked at, as
    this process was stopped or had no processor, is not."""
    (tmp_path / "disk.img").touch()
    now = 0.0
    with Child(["cat"], tmp_path, {}, 100, None) as cat:
        cat.send("there")
        assert cat.receive(60) == b"there\n"
        monkeypatch.setattr(child, "time", SimpleNamespace(
            monotonic=lambda: now, clock_gettime=lambda _: 0.0))  # fmt: skip
        cat._looked = now
        cat.cpu_seconds()
        cat.send("")
        for _ in range(looks):
            now += step
            cat.look()
        now += step
        with pytest.raises(GivenUp, match="60 s in which it did not run"):
            cat.look()


@pytest.mark.parametrize("name", ["bochs", "qemu"])
def test_a_missing_emulator_is_named(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: None)
    with pytest.raises(GraderError, match=r"not installed.*make deps"):
        boot(kernel.request(tmp_path), name)


def test_an_unknown_emulator_is_named(kernel: TinyKernel, tmp_path: Path) -> None:
    with pytest.raises(GraderError, match="vmware"):
        boot(kernel.request(tmp_path), "vmware")


def test_a_broken_emulator_is_not_the_guests_fault(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bochs, "configuration", lambda megabytes: "cpu: nonsense\n")
    result = boot(kernel.request(tmp_path))
    assert result.ending == Ending.EMULATOR_FAILED
    assert "malformed" in result.detail and result.detail.isprintable()


def test_nobody_is_left_behind(
    kernel: TinyKernel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the grader itself fails in the middle of a boot."""
    seen: list[int] = []

    def fail(self: child.Child) -> None:
        seen.append(self.process.pid)
        raise RuntimeError("a mistake of the grader")

    monkeypatch.setattr(child.Child, "look", fail)
    with pytest.raises(RuntimeError):
        boot(kernel.request(tmp_path))
    with pytest.raises(ProcessLookupError):
        os.killpg(seen[0], 0)
    assert list(tmp_path.iterdir()) == []


def test_the_cap_is_large_enough_for_any_honest_boot() -> None:
    """A hundred tests that fill their limits with output are not a flood."""
    assert 100 * 20_000_000 // bochs.INSTRUCTIONS_PER_BYTE // 2 > COM1_CAP
