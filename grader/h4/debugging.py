# SPDX-License-Identifier: MIT
"""`make debug`: a stage under a debugger, with its symbols.

By default gdb, on a machine in QEMU that waits for it; with EMULATOR=bochs the
debugger that Bochs has inside. Without a test it stops where the kernel begins,
with TEST=name where that test failed (or where it begins, in Bochs). Where the
test did not fail in the machine, that is said in the end.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from h4 import bochs, com1, qemu
from h4.child import COM1, COM2, WITH_PARENT
from h4.errors import GraderError
from h4.grading import (
    build_lab,
    chosen_tests,
    course_and_labs,
    settings,
    stage_options,
)
from h4.grub import grub_cache
from h4.image import build_disk
from h4.nonce import Secrets, boot_secrets
from h4.protocol import parse
from h4.running import choose_root, labs_to_look_at, program_option
from h4.stage import Stage
from h4.symbols import Image
from h4.work_folder import work_folder

ENTRY, BEGIN, FAILED = "kernel_main", "harness_test_begin", "harness_failed"
IN_GDB = Path(__file__).parents[1] / "in_gdb.py"
UNIX_SOCKETS = Path("/proc/net/unix")
LISTENS = "00010000"  # the flags there of a socket that can be connected to
ENDED = 3  # gdb's status when the machine is gone, see grader/in_gdb.py


@dataclass(frozen=True)
class Debugged:
    """The one test to run and hold, with what it has in a verdict."""

    lab: int
    name: str
    secrets: Secrets
    jitter: int | None = None  # seeds the timer's interrupts

    def arguments(self, image: Image, seed: int | None) -> str:
        """The kernel's command line."""
        seed = self.secrets.seed if seed is None else seed
        index = image.tests.index(self.name)
        jitter = "" if self.jitter is None else f",jitter={self.jitter}"
        return f"nonce={self.secrets.nonce},seed={seed},debug={index}{jitter}"


def options(parser: argparse.ArgumentParser) -> None:
    stage_options(parser)
    program_option(parser)
    parser.set_defaults(emulator="qemu")
    parser.add_argument("--test", metavar="NAME", help="debug this test")
    parser.add_argument("--seed", type=int, help="instead of the derived one")
    parser.add_argument(
        "--jitter", type=int, metavar="SEED",
        help="with --test: the timer's interrupts come where this seed says",
    )  # fmt: skip
    parser.add_argument(
        "--command", action="append", default=[], metavar="TEXT",
        help="a command for gdb, after it has stopped for the first time",
    )  # fmt: skip


def gdb_commands(
    sources: list[Path], socket: Path, test: Debugged | None
) -> list[str]:
    """What gdb is told before it is the user's."""
    commands = [
        "set confirm off",
        "set pagination off",
        "set architecture i386",
        f"source {IN_GDB}",
        f"directory {':'.join(str(path) for path in sources)}",
        f"target remote {socket}",
        f"hbreak {ENTRY}",
        "continue",
    ]
    if test is not None:
        # The hardware breakpoint waited until GRUB had loaded the kernel.
        commands += [f"break {FAILED}", f"thbreak {BEGIN}", "continue", "finish"]
        commands += [
            r"echo Control-C stops a test that does not come to its end.\n",
            "continue",
            f"h4-stopped {test.name}",
        ]
    return commands


def with_gdb(
    sources: list[Path], given: argparse.Namespace, stage: Stage,
    test: Debugged | None,
) -> int:  # fmt: skip
    kernel = str(stage.image.path)
    with work_folder("debug-") as name:
        work = Path(name)
        _build_disk(work, stage, test, given.seed)
        socket = work / "gdb"
        # The machine that is graded, held and led by gdb.
        machine = subprocess.Popen(
            [
                *WITH_PARENT,
                *qemu.machine(given.memory),
                "-chardev", f"socket,id=gdb,path={socket},server=on,wait=off",
                "-gdb", "chardev:gdb", "-S",
            ],
            cwd=work,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        try:
            _wait_for(socket, machine)
            told = gdb_commands(sources, socket, test) + given.command
            words = [part for command in told for part in ("-ex", command)]
            # Control-C is for gdb, which passes it on to the machine.
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            status = subprocess.run(["gdb", "-q", *words, kernel]).returncode
            signal.signal(signal.SIGINT, before)
            _show_console(work)
            if test:
                _say_result(work, test, "qemu", status == ENDED)
        finally:
            machine.kill()
            machine.wait()
    return 0 if status == ENDED else status


def _build_disk(
    work: Path, stage: Stage, test: Debugged | None, seed: int | None
) -> None:
    image = stage.image
    args = test.arguments(image, seed) if test else ""
    modules = stage.tested if test else stage.modules
    build_disk(work, image.path, args, modules, grub_cache(image.path))


def _listens(socket: Path) -> bool:
    """Whether somebody can connect: a socket has its name before that."""
    sockets = (line.split(None, 7) for line in UNIX_SOCKETS.read_text().splitlines())
    return any(one[3] == LISTENS and one[7:] == [str(socket)] for one in sockets)


def _wait_for(socket: Path, machine: subprocess.Popen[bytes]) -> None:
    while not _listens(socket):
        try:
            machine.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise GraderError("qemu-system-i386 ended before gdb could reach it")


def _show_console(work: Path) -> None:
    """What the kernel printed, if it came so far."""
    text = _line(work, COM1).decode("ascii", "replace")
    print("".join(c if c.isprintable() or c == "\n" else "?" for c in text))


def _line(work: Path, name: str) -> bytes:
    """What came on a serial line; nothing, if it did not come so far."""
    return (work / name).read_bytes() if (work / name).exists() else b""


def _say_result(work: Path, test: Debugged, emulator: str, ended: bool) -> None:
    """Of a test that did not fail in the machine, where no debugger could stop.

    ended  the machine has ended by itself
    """
    tests = parse(_line(work, COM2), test.secrets.nonce).tests
    run = tests[-1] if tests else None
    words: list[str] = []
    if run and run.ok:
        words = [f"The result of {test.name} was ok in the machine."]
        expected = com1.expected_of(run.notes)
        if expected is None:
            words.append("Nothing failed, so there was no place to stop at.")
        else:
            words += _what_arrived(work, test, emulator, expected)
    elif ended and (run is None or run.ok is None):
        words = [f"The machine ended before {test.name} had a result."]
    for line in words:
        print(line)


def _what_arrived(
    work: Path, test: Debugged, emulator: str, expected: bytes
) -> list[str]:
    words = ["What it sent is judged by what arrives on COM1, outside of the machine:"]
    wrong = com1.Line(_line(work, COM1)).find(expected)
    if wrong:
        return words + wrong
    words.append("this time everything arrived.")
    if emulator != "bochs":
        words += [
            "The machine of this debugger never loses a byte. The one of the verdict "
            "does, where",
            "somebody sends without waiting. It has a debugger too:",
            f"  make debug LAB={test.lab} TEST={test.name} EMULATOR=bochs",
        ]
    return words


def with_bochs(given: argparse.Namespace, stage: Stage, test: Debugged | None) -> int:
    """Bochs's own debugger, in this terminal."""
    image = stage.image
    with work_folder("debug-") as name:
        work = Path(name)
        _build_disk(work, stage, test, given.seed)
        symbols = work / "symbols"
        symbols.write_text(
            "".join(
                f"{address:x} {symbol}\n"
                for symbol, address in sorted(image.addresses.items())
                if address
            )
        )
        stop = image.address(ENTRY if test is None else BEGIN)
        (work / "bochsrc").write_text(bochs.configuration(given.memory), "ascii")
        (work / "rc").write_text(
            f'ldsym global "{symbols}"\nlb 0x{stop:x}\nc\n', encoding="ascii"
        )
        command = [*WITH_PARENT, bochs.program(), "-q", "-f", "bochsrc", "-rc", "rc"]
        status = subprocess.run(
            command, cwd=work, env=bochs.environment(work, grub_cache(image.path))
        ).returncode
        _show_console(work)
        if test:
            _say_result(work, test, "bochs", ended=False)
    return 0 if status in (0, 1) else status


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    use.recipe.own_given = True
    lab = labs_to_look_at(course, labs, given, use)[0]
    chosen = None
    if given.test:
        tests = chosen_tests(lab, given.test)
        if len(tests) != 1:
            names = "".join(f"\n  {one.name}" for one in tests)
            raise GraderError(
                f"TEST={given.test}: {len(tests)} tests of lab {lab.number} have "
                f"that in their name; debugging wants exactly one{names}"
            )
        chosen = tests[0].name
    stage = build_lab(course, lab, use)
    if not given.test:
        choose_root(stage, given.program)
    test = None
    if chosen:
        secrets = boot_secrets(course.secret, stage.image.path, lab.number, chosen)
        test = Debugged(lab.number, chosen, secrets, given.jitter)
    if given.emulator == "bochs":
        return with_bochs(given, stage, test)
    sources = list(dict.fromkeys([use.recipe.submission or root, root]))
    return with_gdb(sources, given, stage, test)
