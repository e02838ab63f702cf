# SPDX-License-Identifier: MIT
"""Runs compilers, within limits, on files of the course and on files of students.

What a tool says of a program becomes a BuildFailure; what it says of this
machine (a full disk, a missing part of itself) a GraderError, which is never a
verdict.
"""

from __future__ import annotations

import hashlib
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from h4.build_advice import build_advice
from h4.errors import GraderError

COMPILERS = ("gcc", "clang")

# Far above what any file of the course needs: a compilation that passes them
# has run away.
COMPILE_SECONDS = 20
COMPILE_MEMORY = 1 << 30
COMPILE_OUTPUT = 64 << 20
# Seconds of the wall clock: room for a machine of a tenth of the speed that does three
# other things at once.
PATIENCE = 40 * COMPILE_SECONDS
MESSAGES = 32 << 10  # characters of what a compiler says that are kept


def limits() -> list[str]:
    """The command in front of a compiler's. At the first limit on time the compiler is
    told why it is stopped; at the second it is killed, as by a machine in trouble."""
    return [
        "prlimit",
        f"--as={COMPILE_MEMORY}",
        f"--cpu={COMPILE_SECONDS}:{COMPILE_SECONDS + 5}",
        f"--fsize={COMPILE_OUTPUT}",
        "--core=0",
    ]


# Lines of both linkers and their drivers that say nothing of a student's file.
_OBJECT = re.compile(
    r": in function `.*':$|^collect2: error: ld returned"
    r"|^>>> +\S+\.o:\(|^clang: error: linker command failed"
)
# What stands in front of the others: of GNU ld, and of LLVM's before a source and its line.
_LINKER = re.compile(r"^(?:/\S*/ld: )?(?:/.*?\.o:)?(?:\./)*")
_BEFORE_SOURCE = re.compile(r"(?<=; )\S+\.o:(?:\./)?(?=\S+:\d+: )")


@dataclass(frozen=True)
class BuildFailure(Exception):
    """A compiler or linker that refused; `source` is a path in the tree."""

    source: str
    messages: str

    def __str__(self) -> str:
        return f"{self.source}: {self.messages}"


def run_tool(command: list[str], cwd: Path | None = None) -> tuple[int, str]:
    """Runs a compiler or linker within limits; its status and its messages."""
    if shutil.which(command[0]) is None:
        raise GraderError(f"{command[0]} is not installed; `make deps` installs it")
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"}
    if cwd:  # what a tool that was stopped leaves behind goes when the tree goes
        environment["TMPDIR"] = str(cwd.absolute())
    # A file, as the limit on files holds for it, and not for a pipe.
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [*limits(), *command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,
        )
        # Wall-clock time, so several times what processor time allows.
        late = not has_ended(process.pid, PATIENCE)
        if late:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if late:
            # Processor time has its own limit: this machine is too busy to tell.
            raise GraderError(f"{command[0]} did not end within {PATIENCE} seconds")
        output.seek(0)
        text = output.read().decode("utf-8", "replace").strip()
    if process.returncode and _TROUBLE.search(text):
        raise GraderError(f"{command[0]} could not do its work: {text[-1000:]}")
    return process.returncode, text


def has_ended(pid: int, seconds: float) -> bool:
    """Waits for the end of a child, so long at most; it can still be waited for
    afterwards. Popen.wait() with a timeout looks in steps, the longest of 50 ms: half as
    much as a compiler takes would be slept on top."""
    descriptor = os.pidfd_open(pid)
    ends = select.poll()
    ends.register(descriptor, select.POLLIN)
    try:
        return bool(ends.poll(1000 * seconds))
    finally:
        os.close(descriptor)


# What tools say when the machine, and not the program they work on, is at fault.
_TROUBLE = re.compile(
    r"No space left on device|Disk quota exceeded|Read-only file system"
    r"|cannot execute|Killed signal terminated program|unable to execute command"
)


@lru_cache(maxsize=None)
def toolchain(compiler: str) -> bytes:
    """Everything but its sources and flags that an object or image depends on."""
    linker = "ld.lld" if compiler == "clang" else "ld"
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in (
        "build.py", "build_advice.py", "laying.py", "headers.py", "unchanged.py",
        "untrusted.py", "exercise_text.py",
    ):  # fmt: skip
        digest.update(Path(__file__).with_name(name).read_bytes())
    for tool in (compiler, linker, "as"):
        status, output = run_tool([tool, "--version"])
        if status:
            raise GraderError(f"{tool} --version failed: {output}")
        digest.update(output.encode())
    return digest.digest()


@lru_cache(maxsize=None)
def compiler_version(compiler: str) -> str:
    """The version line, part of what an object depends on."""
    status, output = run_tool([compiler, "--version"])
    if status:
        raise GraderError(f"{compiler} --version failed: {output}")
    return output.splitlines()[0]


def dialect(compiler: str) -> list[str]:
    """What only one of the compilers needs to be told."""
    if compiler not in COMPILERS:
        raise GraderError(
            f"CC={compiler}: H4 is built by {' or '.join(COMPILERS)}"
        )
    if compiler == "clang":
        return [
            "--target=i686-linux-gnu",
            "-Wno-unused-command-line-argument",
            "-gdwarf-aranges",  # as gcc does: outside_layout.py finds its files by it
            # Of assembly a prefix that is mapped says nothing of the lines' files.
            "-fdebug-compilation-dir=.",
        ]
    return []


@lru_cache(maxsize=None)
def own_headers(compiler: str) -> str:
    """The folder of the headers that a freestanding compiler brings along."""
    if compiler == "clang":
        status, output = run_tool([compiler, "-print-resource-dir"])
        output += "/include"
    else:
        status, output = run_tool([compiler, "-print-file-name=include"])
    if status or not Path(output, "stddef.h").is_file():
        raise GraderError(f"{compiler} does not say where its stddef.h is: {output}")
    return output


def compile_object(
    compiler: str, source: str, out: Path, flags: list[str], tree: Path
) -> str:
    """Compiles `source`, a path in `tree`, to `out`. Returns the warnings."""
    return run_compiler(
        compiler, [*flags, "-c", source, "-o", str(out.absolute())], source, tree
    )


def run_compiler(
    compiler: str, arguments: list[str], source: str, tree: Path
) -> str:
    command = [
        compiler,
        *dialect(compiler),
        *arguments,
        "-nostdinc",
        "-isystem",
        own_headers(compiler),
        f"-ffile-prefix-map={tree}=.",
    ]
    status, messages = run_tool(command, cwd=tree)
    if status:
        words = failure_words(compiler, status, messages)
        advice = build_advice(messages, _headers_for(arguments, tree))
        raise BuildFailure(source, "\n".join([*advice, words]))
    return shortened(messages)


def _headers_for(arguments: list[str], tree: Path) -> set[str]:
    """The headers of the tree, by the names that an include may give them."""
    folders = [tree / flag[2:] for flag in arguments if flag.startswith("-I")]
    return {
        str(path.relative_to(folder))
        for folder in folders
        for part in ("kernel", "h", "l4", "h4")
        for path in (folder / part).rglob("*.h")
    }


# How a compiler that passed a limit ends: by a signal, or with words of its own.
_PASSED = (
    (
        re.compile(r"CPU time limit exceeded"),
        -signal.SIGXCPU,
        lambda: f"{COMPILE_SECONDS} seconds of processor time",
    ),
    (
        re.compile(r"File size limit exceeded"),
        -signal.SIGXFSZ,
        lambda: f"{COMPILE_OUTPUT >> 20} MB of output",
    ),
    (
        re.compile(r"out of memory|memory exhausted|[Cc]annot allocate memory|bad_alloc"),
        None,
        lambda: f"{COMPILE_MEMORY >> 20} MB of memory",
    ),
)


def failure_words(tool: str, status: int, messages: str) -> str:
    """What to tell of a compiler or linker that did not come to its end."""
    for pattern, signalled, limit in _PASSED:
        if pattern.search(messages) or status == signalled:
            return f"{tool} was stopped: this takes more than {limit()}"
    return shortened(messages) or f"{tool} ended with {status}"


def linker_words(messages: str) -> str:
    """What a linker said, each line once, without the names of objects, which only the
    builder knows."""
    kept = [
        _LINKER.sub("", _BEFORE_SOURCE.sub("", line), count=1)
        for line in messages.splitlines()
        if not _OBJECT.search(line)
    ]
    return "\n".join([*build_advice(messages), *dict.fromkeys(kept)]) if kept else messages


def shortened(messages: str) -> str:
    if len(messages) <= MESSAGES:
        return messages
    return f"{messages[:MESSAGES]}\n... ({len(messages):,} characters of messages)"
