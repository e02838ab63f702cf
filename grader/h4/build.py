# SPDX-License-Identifier: MIT
"""Compiles and links a stage.

A stage is built in a tree of its own, by relative paths and with the place of
that tree mapped away, so that the same sources give the same image wherever
they lie: nonces and seeds are derived from it. Objects are kept by the hash of
everything that goes into them, so that a mutant costs one compilation.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from h4.errors import GraderError

COMPILERS = ("gcc", "clang")

FLAGS = [
    "-m32",
    "-march=i686",
    "-std=c11",
    "-O2",
    "-ffreestanding",
    "-nostdlib",
    "-fno-pie",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none",
    "-mgeneral-regs-only",
    "-fno-omit-frame-pointer",
    "-fno-optimize-sibling-calls",
    "-fno-strict-aliasing",
    "-ffunction-sections",
    "-Ikernel/include",
    "-Igrader/guest/include",
]
DEBUG = ["-g"]
WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wstrict-prototypes",
    "-Wmissing-prototypes",
    "-Wpointer-arith",
    "-Wcast-qual",
    "-Wundef",
    "-Wwrite-strings",
]
LINKER_SCRIPT = "kernel/kernel.ld"
LINK_FLAGS = [
    "-m32",
    "-static",
    "-no-pie",
    "-nostdlib",
    "-Wl,--build-id=none,-zmax-page-size=4096",
    f"-Wl,-T,{LINKER_SCRIPT}",
]

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


@dataclass
class Unit:
    """One source file of a stage, or the object that stands in for it."""

    path: str
    flags: list[str]
    ready: Path | None = None  # an object that is linked as it is
    untrusted: bool = False  # written by a student

    @property
    def compile(self) -> Callable[[str, str, Path, list[str], Path], str]:
        return compile_untrusted if self.untrusted else compile_object


@dataclass
class Built:
    """A linked stage."""

    elf: Path
    tree: Path
    warnings: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)


# Includes whose content the hash knows: headers, named plainly.
_INCLUDE = re.compile(rb"^[ \t]*(?:#|%:|\?\?=)[ \t]*include\b(.*)$", re.M)
_PLAIN = re.compile(rb"""^[ \t]*(<[\w./-]+\.h>|"[\w./-]+\.h")""")


class Builder:
    """Builds stages with one compiler, and keeps the objects in `cache`."""

    def __init__(self, cache: Path, compiler: str = "gcc", jobs: int = 0) -> None:
        self.cache = cache
        self.compiler = compiler
        self.jobs = jobs or os.cpu_count() or 1
        dialect(compiler)

    def headers_digest(self, tree: Path) -> bytes:
        digest = hashlib.sha256()
        for header in sorted(tree.rglob("*.h")):
            digest.update(str(header.relative_to(tree)).encode() + b"\0")
            digest.update(header.read_bytes())
        return digest.digest()

    def _key(self, unit: Unit, text: bytes, headers: bytes) -> str | None:
        """The name of the object in the cache; None: not to be kept."""
        if not all(_PLAIN.match(rest) for rest in _INCLUDE.findall(text)):
            return None
        digest = hashlib.sha256()
        for part in (
            toolchain(self.compiler),
            "\0".join(unit.flags).encode(),
            unit.path.encode(),
            b"untrusted" if unit.untrusted else b"",
            headers,
            text,
        ):
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()

    def object(self, unit: Unit, tree: Path, headers: bytes) -> tuple[Path, str]:
        """The object of a unit, from the cache where it is there."""
        if unit.ready:
            return unit.ready, ""
        key = self._key(unit, (tree / unit.path).read_bytes(), headers)
        if key is None:
            out = tree / (unit.path + ".o")
            return out, unit.compile(
                self.compiler, unit.path, out, unit.flags, tree
            )
        kept = self.cache / key[:2] / (key + ".o")
        notes = kept.with_suffix(".txt")
        if kept.exists() and notes.exists():
            return kept, notes.read_text()
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: two builds may share the cache.
        with tempfile.TemporaryDirectory(dir=kept.parent) as aside:
            fresh = Path(aside) / "new.o"
            warnings = unit.compile(
                self.compiler, unit.path, fresh, unit.flags, tree
            )
            (Path(aside) / "new.txt").write_text(warnings)
            os.replace(Path(aside) / "new.txt", notes)
            os.replace(fresh, kept)
        return kept, warnings

    def compile(self, units: list[Unit], tree: Path) -> tuple[list[Path], Built]:
        """Compiles every unit; what fails is named in the result."""
        headers = self.headers_digest(tree)
        built = Built(tree / "kernel.elf", tree)

        def one(unit: Unit) -> Path | None:
            try:
                out, warnings = self.object(unit, tree, headers)
            except BuildFailure as failure:
                built.failures[unit.path] = failure.messages
                return None
            if warnings:
                built.warnings[unit.path] = warnings
            return out

        with ThreadPoolExecutor(self.jobs) as pool:
            objects = list(pool.map(one, units))
        return [out for out in objects if out], built

    def link(self, objects: list[Path], built: Built) -> None:
        linker = [self.compiler, *dialect(self.compiler), *LINK_FLAGS]
        if self.compiler == "clang":
            linker.append("-fuse-ld=lld")
        command = [*linker, "-o", str(built.elf), *map(str, objects)]
        status, messages = run_tool(command, cwd=built.tree)
        if status:
            raise BuildFailure("linking", messages)

