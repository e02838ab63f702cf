# SPDX-License-Identifier: MIT
"""Builds what runs in ring 3: a static ELF32 executable for each program of a lab,
which the boot loader brings beside the kernel.

A program is made of the sources below user/NAME/ and of those that the programs of
its lab share, its libraries. It is compiled in a tree that holds user/ and nothing
else: there is no header of the kernel's for it to find.

Where it lies in memory its linker script says: user/NAME/NAME.ld where there is one,
else that of a library, which is named in the same way, else user/user.ld.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from h4.build import DEBUG, SMALL, WARNINGS, Builder, Built, Unit
from h4.compiling import BuildFailure, toolchain
from h4.course import HEADERS, USER, Course
from h4.errors import GraderError
from h4.image import bare
from h4.laying import lay
from h4.manifest import Lab
from h4.manifest_rules import SOURCES
from h4.submission import listing
from h4.turns import Turn
from h4.unchanged import digest as digest_of

# The x87 unit is a program's to use. Registers of SSE the compiler leaves alone, so
# that what stands in them is known.
USER_FLAGS = [
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
    "-fno-omit-frame-pointer",
    "-fno-strict-aliasing",
    "-ffunction-sections",
    "-fdata-sections",
    f"-I{USER}/include",
]
TRIALS = "trial"  # what folders of programs that tests run begin with
LINKER_SCRIPT = f"{USER}/{USER}.ld"
USER_LINK_FLAGS = [
    "-m32",
    "-static",
    "-no-pie",
    "-nostdlib",
    "-Wl,--build-id=none,--gc-sections,-zmax-page-size=4096,-znoexecstack",
]

UNIT_FLAGS = [*USER_FLAGS, *DEBUG, *WARNINGS]


class Programs:
    """The programs of a lab. With `own` those of the tree itself, and what has been
    added to them: for a look, not for a verdict. Files may be replaced by a text."""

    def __init__(
        self, course: Course, lab: Lab, own: bool = False,
        texts: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.course = course
        self.lab = lab
        self.own = own
        self.texts = texts or {}

    def sources(self, name: str) -> list[str]:
        """What one program is built from."""
        folder = f"{USER}/{name}/"
        given = [
            path
            for path in self.course.files(self.lab)
            if path.endswith(SOURCES)
            and (path.startswith(folder) or shared(path, self.lab.libraries))
        ]
        own = listing(self.course.root, folder, SOURCES) if self.own else []
        return list(dict.fromkeys(given + own))

    def headers(self) -> list[str]:
        found = listing(self.course.pristine, USER, HEADERS)
        own = listing(self.course.root, USER, HEADERS) if self.own else []
        return list(dict.fromkeys(found + own))

    def script(self, name: str) -> str:
        """The linker script of one program."""
        folders = [name, *self.lab.libraries]
        wanted = [f"{USER}/{one}/{one}.ld" for one in folders]
        found = self.headers()
        return next((path for path in wanted if path in found), LINKER_SCRIPT)

    def files(self, names: Sequence[str]) -> dict[str, str]:
        """What these programs are compiled from, and where that lies now."""
        sources = [p for name in names for p in self.sources(name)]
        return {path: self._source(path) for path in [*self.headers(), *sources]}

    def _source(self, path: str) -> str:
        mine = f"{self.course.root}/{path}"
        if self.own and os.path.isfile(mine):
            return mine
        return f"{self.course.pristine}/{path}"

    def lay_out(self, tree: Path, names: Sequence[str]) -> list[Unit]:
        """Writes the tree that is compiled for these programs."""
        files = self.files(names)
        for path, source in files.items():
            if path in self.texts:
                (tree / path).parent.mkdir(parents=True, exist_ok=True)
                (tree / path).write_text(self.texts[path])
            else:
                lay(source, tree / path)
        return [
            Unit(path, [*UNIT_FLAGS, *small(path)])
            for path in files
            if path.endswith(SOURCES)
        ]

    def kept(self, builder: Builder, build: Path, names: Sequence[str]) -> Path:
        """The folder below `build` for what is made of these files by this compiler."""
        digest = sha256(toolchain(builder.compiler))
        flags = [*UNIT_FLAGS, SMALL, *USER_LINK_FLAGS]
        digest.update("\0".join(flags).encode())
        for path, source in self.files(names).items():
            own = self.texts.get(path)
            content = digest_of(source) if own is None else sha256(own.encode()).digest()
            digest.update(path.encode() + b"\0" + content)
        return build / "programs" / digest.hexdigest()[:32]

    def build(self, builder: Builder, build: Path) -> list[tuple[str, Path]]:
        """Builds all of them, unless the same have been built before: names and files
        of boot modules. Beside each lies NAME.elf, with its symbols."""
        names = (*self.lab.programs, *self.lab.tasks)
        kept = self.kept(builder, build, names)
        modules = [(one, kept / one) for one in names]
        if all(path.is_file() for _, path in modules):
            return modules
        with Turn(build, kept.name):
            if not all(path.is_file() for _, path in modules):
                self._make(builder, build, names, kept)
        return modules

    def _make(
        self, builder: Builder, build: Path, names: Sequence[str], kept: Path
    ) -> None:
        with tempfile.TemporaryDirectory(prefix="user-", dir=build) as name:
            tree = Path(name)
            units = self.lay_out(tree, names)
            objects, built = builder.compile(units, tree)
            for path, messages in built.failures.items():
                raise GraderError(f"{path} does not compile:\n{messages}")
            made = dict(zip((unit.path for unit in units), objects))
            for one in names:
                parts = [made[path] for path in self.sources(one)]
                _link(one, parts, tree, builder, self.script(one), kept)


def small(path: str) -> list[str]:
    """The flags besides for a source: trials are loaded once for each test."""
    return [SMALL] if path.startswith(f"{USER}/{TRIALS}") else []


def shared(path: str, libraries: Sequence[str]) -> bool:
    """Does a file belong to one of these libraries: folders below user/, or files?"""
    return f"{path}/".startswith(tuple([f"{USER}/{one}/" for one in libraries]))


def keep(kept: Path, files: dict[str, bytes]) -> None:
    """Writes files into a folder, in their order. Each is written beside it and
    renamed: two builds may make the same one."""
    kept.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept) as aside:
        for name, content in files.items():
            fresh = Path(aside) / name
            fresh.write_bytes(content)
            os.replace(fresh, kept / name)


def _link(
    name: str, objects: list[Path], tree: Path, builder: Builder, script: str,
    kept: Path,
) -> None:  # fmt: skip
    built = Built(tree / f"{name}.elf", tree)
    try:
        builder.link(objects, built, [*USER_LINK_FLAGS, f"-Wl,-T,{script}"])
    except BuildFailure as failure:
        raise GraderError(f"{USER}/{name} does not link:\n{failure.messages}") from None
    content = built.elf.read_bytes()
    # The module is the last one: where it is, all is.
    keep(kept, {f"{name}.elf": content, name: bare(content, kept / name)})
