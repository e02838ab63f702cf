# SPDX-License-Identifier: MIT
"""Compiles and links a stage.

A stage is built in a tree of its own, by relative paths and with the place of
that tree mapped away, so that the same sources give the same image wherever
they lie: nonces and seeds are derived from it. Objects are kept by the hash of
everything that goes into them, so that a mutant costs one compilation.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from h4.compiling import (
    BuildFailure,
    compile_object,
    dialect,
    failure_words,
    linker_words,
    run_tool,
    toolchain,
)
from h4.headers import Headers, included
from h4.laying import CLIENT_INCLUDE
from h4.processors import processors
from h4.turns import Turn
from h4.unchanged import content
from h4.untrusted import compile_untrusted

FLAGS = [
    "-m32",
    "-march=i686",
    "-std=c11",
    "-O2",
    "-ffreestanding",
    "-nostdlib",
    "-fno-pie",
    "-fno-stack-protector",
    # However large a function's variables are: a stack that is full meets its guard page.
    "-fstack-clash-protection",
    "-fno-asynchronous-unwind-tables",
    "-fcf-protection=none",
    "-mgeneral-regs-only",
    "-fno-omit-frame-pointer",
    "-fno-optimize-sibling-calls",
    "-fno-strict-aliasing",
    "-ffunction-sections",
    "-I.",
    "-Ikernel/include",
    "-Igrader/guest/include",
]
# Tests are most of a stage, and the boot loader has to bring them.
SMALL = "-Os"
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
# A client of H is compiled by these flags: with H's public headers on its path,
# laid out in a folder of their own, and nothing else but l4/'s where that is the
# client; and with traps where it leaves an array, follows a null pointer, computes an
# address that wraps or looks for a bit in a word of zeros. gcc 12 has no -fsanitize-trap; clang takes gcc's name for it
# too.
CLIENT_TRAPS = [
    "-fsanitize=bounds,null,pointer-overflow,object-size,builtin",
    "-fsanitize-undefined-trap-on-error",
]
CLIENT_FLAGS = [
    *(flag for flag in FLAGS if not flag.startswith("-I")),
    f"-I{CLIENT_INCLUDE}",
    *CLIENT_TRAPS,
]
# Errors when the confinement of a client is checked: a pointer that nothing was
# put into is a number from the stack.
CLIENT_ERRORS = [
    f"-Werror={name}"
    for name in (
        "array-bounds", "implicit-function-declaration", "implicit-int",
        "incompatible-pointer-types", "int-conversion", "return-type",
        "strict-prototypes", "uninitialized",
    )
]  # fmt: skip
CLIENT_ERRORS_OF = {
    "gcc": ["-Werror=maybe-uninitialized", "-Werror=return-local-addr"],
    "clang": ["-Werror=sometimes-uninitialized", "-Werror=return-stack-address"],
}
LINKER_SCRIPT = "kernel/kernel.ld"
LINK_FLAGS = [
    "-m32",
    "-static",
    "-no-pie",
    "-nostdlib",
    "-Wl,--build-id=none,-zmax-page-size=4096",
    f"-Wl,-T,{LINKER_SCRIPT}",
]


L4 = "l4/"  # the client from lab 5 on
_CLIENT = re.compile(rf"{L4}|labs/[^/]+/client/")


def is_client(path: str) -> bool:
    """Is this file of the tree compiled as a client of H, or a part of one?"""
    return _CLIENT.match(path) is not None


@dataclass
class Unit:
    """One source file of a stage, or the object that stands in for it."""

    path: str
    flags: list[str]
    ready: Path | None = None  # an object that is linked as it is
    untrusted: bool = False  # written by a student
    known: bool = False  # an untrusted one whose text is the course's own all the same

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


class Builder:
    """Builds stages with one compiler, and keeps the objects in `cache`."""

    def __init__(self, cache: Path, compiler: str = "gcc", jobs: int = 0) -> None:
        self.cache = cache
        self.compiler = compiler
        self.jobs = jobs or processors()
        dialect(compiler)

    def _key(self, unit: Unit, text: bytes, headers: Headers) -> str | None:
        """The name of the object in the cache; None: not to be kept."""
        if unit.untrusted and not unit.known:
            return self._hash(unit, text, headers)  # nobody builds it again
        known, what = headers.keys, (
            self.compiler, unit.path, tuple(unit.flags), unit.untrusted, text,
        )  # fmt: skip
        if what not in known:
            known[what] = self._hash(unit, text, headers)
        return known[what]

    def _hash(self, unit: Unit, text: bytes, headers: Headers) -> str | None:
        if included(text) is None:
            return None
        if unit.untrusted and not unit.known:
            read = headers.all()  # there are ways to hide an include
        else:
            folders = [flag[2:] for flag in unit.flags if flag.startswith("-I")]
            read = headers.read_by(unit.path, text, folders)
        digest = hashlib.sha256()
        for part in (
            toolchain(self.compiler),
            "\0".join(unit.flags).encode(),
            unit.path.encode(),
            b"untrusted" if unit.untrusted else b"",
            read,
            text,
        ):
            digest.update(len(part).to_bytes(8, "little") + part)
        return digest.hexdigest()

    def _place(self, unit: Unit, tree: Path, headers: Headers) -> Path | None:
        """Where the object of a unit is in the cache, or will be; None: nowhere."""
        key = self._key(unit, content(f"{tree}/{unit.path}"), headers)
        return Path(f"{self.cache}/{key[:2]}/{key}.o") if key else None

    def _kept(
        self, unit: Unit, tree: Path, headers: Headers
    ) -> tuple[Path, str] | None:
        """The object and its warnings, if there is nothing to be done for them."""
        if unit.ready:
            return unit.ready, ""
        kept = self._place(unit, tree, headers)
        if kept and os.path.exists(kept):
            notes = f"{str(kept).removesuffix('.o')}.txt"
            with contextlib.suppress(FileNotFoundError):
                return kept, content(notes).decode()
        return None

    def object(self, unit: Unit, tree: Path, headers: Headers) -> tuple[Path, str]:
        """The object of a unit, from the cache where it is there."""
        found = self._kept(unit, tree, headers)
        if found:
            return found
        kept = self._place(unit, tree, headers)
        if kept is None:
            out = tree / (unit.path + ".o")
            return out, unit.compile(
                self.compiler, unit.path, out, unit.flags, tree
            )
        if unit.untrusted and not unit.known:
            return self._make(unit, tree, kept)
        with Turn(self.cache, kept.name):  # several stages want it
            return self._kept(unit, tree, headers) or self._make(unit, tree, kept)

    def _make(self, unit: Unit, tree: Path, kept: Path) -> tuple[Path, str]:
        """Compiles what is not in the cache yet, and puts it there."""
        notes, refused = kept.with_suffix(".txt"), kept.with_suffix(".refused")
        # A stage of each lab has this file, and it may take long to be refused.
        with contextlib.suppress(FileNotFoundError):
            raise BuildFailure(unit.path, refused.read_text())
        kept.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and renamed: two builds may share the cache.
        with tempfile.TemporaryDirectory(dir=kept.parent) as aside:
            fresh = Path(aside) / "new.o"
            try:
                warnings = unit.compile(
                    self.compiler, unit.path, fresh, unit.flags, tree
                )
            except BuildFailure as failure:
                (Path(aside) / "refused").write_text(failure.messages)
                os.replace(Path(aside) / "refused", refused)
                raise
            (Path(aside) / "new.txt").write_text(warnings)
            os.replace(Path(aside) / "new.txt", notes)
            os.replace(fresh, kept)
        return kept, warnings

    def compile(self, units: list[Unit], tree: Path) -> tuple[list[Path], Built]:
        """Compiles every unit; what fails is named in the result."""
        headers = Headers(tree)
        built = Built(tree / "kernel.elf", tree)

        # Most are kept, and to find that out many threads take longer than one.
        known = [self._kept(unit, tree, headers) for unit in units]

        def one(unit: Unit, found: tuple[Path, str] | None) -> Path | None:
            try:
                out, warnings = found or self.object(unit, tree, headers)
            except BuildFailure as failure:
                built.failures[unit.path] = failure.messages
                return None
            if warnings:
                built.warnings[unit.path] = warnings
            return out

        with ThreadPoolExecutor(self.jobs) as pool:
            waiting = [
                pool.submit(one, unit, found) if found is None else one(unit, found)
                for unit, found in zip(units, known)
            ]
            objects = [
                out.result() if isinstance(out, Future) else out for out in waiting
            ]
        return [out for out in objects if out], built

    def link(
        self, objects: list[Path], built: Built, flags: Sequence[str] = LINK_FLAGS
    ) -> None:
        linker = [self.compiler, *dialect(self.compiler), *flags]
        if self.compiler == "clang":
            linker.append("-fuse-ld=lld")
        command = [*linker, "-o", str(built.elf), *map(str, objects)]
        status, messages = run_tool(command, cwd=built.tree)
        if status:
            said = failure_words("the linker", status, linker_words(messages))
            raise BuildFailure("linking", said)
