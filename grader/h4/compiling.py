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
import shutil
import signal
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from h4.errors import GraderError

COMPILERS = ("gcc", "clang")

# Far above what any file of the course needs: a compilation that passes them
# has run away.
COMPILE_SECONDS = 30
COMPILE_MEMORY = 2 << 30
COMPILE_OUTPUT = 64 << 20
LIMITS = [
    "prlimit",
    f"--as={COMPILE_MEMORY}",
    f"--cpu={COMPILE_SECONDS}",
    f"--fsize={COMPILE_OUTPUT}",
    "--core=0",
]


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
    process = subprocess.Popen(
        [*LIMITS, *command],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"},
        start_new_session=True,
    )
    try:
        # Wall-clock time, so three times what processor time allows.
        output, _ = process.communicate(timeout=3 * COMPILE_SECONDS)
    except subprocess.TimeoutExpired:
        # Processor time has its own limit: this machine is too busy to tell.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise GraderError(
            f"{command[0]} did not end within {3 * COMPILE_SECONDS} seconds"
        ) from None
    text = output.decode("utf-8", "replace").strip()
    if process.returncode and _TROUBLE.search(text):
        raise GraderError(f"{command[0]} could not do its work: {text[-1000:]}")
    return process.returncode, text


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
    for name in ("build.py", "headers.py"):
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
        return ["--target=i686-linux-gnu", "-Wno-unused-command-line-argument"]
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
    return _run_compiler(
        compiler, [*flags, "-c", source, "-o", str(out.absolute())], source, tree
    )


def compile_untrusted(
    compiler: str, source: str, out: Path, flags: list[str], tree: Path
) -> str:
    """The same for a file that a student wrote: it must be made from nothing but
    itself and the course's headers.

    Compiled by way of assembler text, in which everything that could read
    another file is plain to see, and with a list of all files that were read.
    """
    text, listed = tree / (source + ".s"), tree / (source + ".d")
    warnings = _run_compiler(
        compiler,
        [*flags, "-S", source, "-o", str(text), "-MD", "-MF", str(listed)],
        source,
        tree,
    )
    own = own_headers(compiler) + "/"
    foreign = [n for n in _files_read(listed) if not _allowed(n, source, own)]
    if foreign:
        raise BuildFailure(
            source,
            f"reads {', '.join(foreign)}: an exercise file is built from itself "
            "and the course's headers alone",
        )
    assembler = text.read_bytes()
    found = _READS.search(assembler)
    if found:
        raise BuildFailure(
            source,
            f"has the assembler directive {found[0].decode()} in it: directives that "
            "read files or define macros are not for exercises",
        )
    odd = sorted({n.decode() for n in _SECTIONS.findall(assembler)} - _KNOWN_SECTIONS)
    odd = [name for name in odd if not name.startswith(_PLAIN_SECTIONS)]
    if odd:
        raise BuildFailure(
            source,
            f"puts something into the section {', '.join(odd)}: exercises have code "
            "and data, and leave sections to the course",
        )
    plain = [flag for flag in flags if flag.startswith("-m")]
    return "\n".join(
        filter(
            None,
            [
                warnings,
                _run_compiler(
                    compiler,
                    [*plain, "-c", source + ".s", "-o", str(out.absolute())],
                    source,
                    tree,
                ),
            ],
        )
    )


# Directives by which assembler text could take in another file, or hide that.
_READS = re.compile(rb"\.(?:incbin|include|macro|irpc?|altmacro)\b", re.I)


_SECTIONS = re.compile(rb"\.(?:push)?section[ \t]+\"?([^\s,\"]+)", re.I)
_KNOWN_SECTIONS = {".h4.todo", ".note.GNU-stack", ".comment", ".llvm_addrsig"}
_PLAIN_SECTIONS = (".text", ".data", ".bss", ".rodata", ".debug_")


def _files_read(listed: Path) -> list[str]:
    """The files of a make rule as compilers write it."""
    _, _, names = listed.read_text().replace("\\\n", " ").partition(":")
    return names.split()


def _allowed(name: str, source: str, own: str) -> bool:
    if ".." in name:
        return False
    if name == source or name.startswith(own):
        return True
    return name.endswith(".h") and not name.startswith("/")


def _run_compiler(
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
        raise BuildFailure(source, messages or f"{compiler} ended with {status}")
    return messages
