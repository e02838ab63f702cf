# SPDX-License-Identifier: MIT
"""`make debug`: a stage under a debugger, with its symbols.

By default gdb, on a machine in QEMU that waits for it; with EMULATOR=bochs the
debugger that Bochs has inside. Without a test it stops where the kernel begins,
with TEST=name where that test failed (or where it begins, in Bochs).
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import tempfile
from pathlib import Path

from h4 import bochs, qemu
from h4.child import WITH_PARENT
from h4.course import Course
from h4.errors import GraderError
from h4.grading import (
    build_lab,
    chosen_labs,
    chosen_tests,
    course_and_labs,
    settings,
    stage_options,
)
from h4.image import build_disk
from h4.manifest import Lab
from h4.nonce import boot_secrets
from h4.symbols import Image
from h4.verdict import grub_cache

ENTRY, BEGIN, FAILED = "kernel_main", "harness_test_begin", "harness_failed"


def options(parser: argparse.ArgumentParser) -> None:
    stage_options(parser)
    parser.set_defaults(emulator="qemu")
    parser.add_argument("--test", metavar="NAME", help="debug this test")
    parser.add_argument("--seed", type=int, help="instead of the derived one")
    parser.add_argument(
        "--command", action="append", default=[], metavar="TEXT",
        help="a command for gdb, after it has stopped for the first time",
    )  # fmt: skip


def arguments(
    course: Course, lab: Lab, image: Image, test: str | None, seed: int | None
) -> str:
    """The kernel's command line: nothing, or the one test to run and hold, on the
    data that it has in a verdict."""
    if test is None:
        return ""
    secrets = boot_secrets(course.secret, image.path, lab.number, test)
    seed = secrets.seed if seed is None else seed
    return f"nonce={secrets.nonce},seed={seed},debug={image.tests.index(test)}"


def gdb_commands(image: Image, root: Path, socket: Path, test: str | None) -> list[str]:
    """What gdb is told before it is the user's."""
    commands = [
        "set confirm off",
        "set pagination off",
        "set architecture i386",
        f"directory {root}",
        f"target remote {socket}",
        f"hbreak {ENTRY}",
        "continue",
    ]
    if test is not None:
        # The hardware breakpoint waited until GRUB had loaded the kernel.
        commands += [f"break {FAILED}", f"hbreak {BEGIN}", "continue", "finish"]
        commands += [
            r"echo Control-C stops a test that does not come to its end.\n",
            "continue",
            "backtrace",
            f"frame function test_{test}",
        ]
    return commands


def with_gdb(
    root: Path, given: argparse.Namespace, image: Image, test: str | None, args: str
) -> int:
    with tempfile.TemporaryDirectory(prefix="h4-debug-") as name:
        work = Path(name)
        build_disk(work, image.path, args, cache=grub_cache(image.path))
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
            told = gdb_commands(image, root, socket, test) + given.command
            words = [part for command in told for part in ("-ex", command)]
            # Control-C is for gdb, which passes it on to the machine.
            before = signal.signal(signal.SIGINT, signal.SIG_IGN)
            status = subprocess.run(["gdb", "-q", *words, str(image.path)]).returncode
            signal.signal(signal.SIGINT, before)
            _show_console(work)
        finally:
            machine.kill()
            machine.wait()
    return status


def _wait_for(socket: Path, machine: subprocess.Popen[bytes]) -> None:
    while not socket.exists():
        try:
            machine.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise GraderError("qemu-system-i386 ended before gdb could reach it")


def _show_console(work: Path) -> None:
    """What the kernel printed, if it came so far."""
    com1 = work / "com1.txt"
    if com1.exists():
        text = com1.read_text("ascii", "replace")
        print("".join(c if c.isprintable() or c == "\n" else "?" for c in text))


def with_bochs(
    given: argparse.Namespace, image: Image, test: str | None, args: str
) -> int:
    """Bochs's own debugger, in this terminal."""
    with tempfile.TemporaryDirectory(prefix="h4-debug-") as name:
        work = Path(name)
        build_disk(work, image.path, args, cache=grub_cache(image.path))
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
            command, cwd=work, env=bochs.environment(work)
        ).returncode
        _show_console(work)
    return 0 if status in (0, 1) else status


def main(root: Path, given: argparse.Namespace) -> int:
    course, labs = course_and_labs(root)
    use = settings(root, course, given)
    use.recipe.own_given = True
    lab = chosen_labs(course, labs, given.lab, use)[0]
    test = None
    if given.test:
        tests = chosen_tests(lab, given.test)
        if len(tests) != 1:
            names = "".join(f"\n  {one.name}" for one in tests)
            raise GraderError(
                f"TEST={given.test}: {len(tests)} tests of lab {lab.number} have "
                f"that in their name; debugging wants exactly one{names}"
            )
        test = tests[0].name
    image = build_lab(course, lab, use).image
    args = arguments(course, lab, image, test, given.seed)
    if given.emulator == "bochs":
        return with_bochs(given, image, test, args)
    return with_gdb(root, given, image, test, args)
