# SPDX-License-Identifier: MIT
"""`make size`: how much there is to trust, and how much memory the kernel takes.

Trusted are `kernel/` and `h/`, as in the last stage, solved: whatever is wrong
there, nobody else keeps programs apart. The well-formedness checker serves
testing alone, so it has a line of its own, and so has `l4/`, which nobody has to
trust for that. Nothing of the host counts.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.constants import SH_FLAGS
from elftools.elf.elffile import ELFFile
from rich.console import Console
from rich.table import Table

from h4.compiling import run_tool
from h4.course import Course
from h4.errors import GraderError
from h4.manifest_rules import SOURCES
from h4.result_json import write_json
from h4.stage import Recipe, StageBuilder
from h4.submission import listing
from h4.work_folder import work_folder

TRUSTED = ("kernel", "h")
FOLDERS = (*TRUSTED, "l4")
PAGE = 4096
MACHINES = (8, 32, 1024)  # megabytes
USUAL = 32
DISSERTATION_LINES = 3461  # of its H: in Haskell, C and assembler

# What looks whether the machine is well-formed.
CHECKS = frozenset({
    "h/bookkeeping.c", "h/context_books.c", "h/handle_books.c",
    "h/internal/paranoid.h", "h/internal/wellformed.h", "h/invariants.c",
    "h/paranoid.c", "h/visit.c", "h/wellformed.c",
})  # fmt: skip

# The program that asks kernel/environment.c.
ENVIRONMENT = (
    "kernel/tests/environment_sizes.c", "kernel/environment.c", "kernel/memory_map.c",
)  # fmt: skip
ENVIRONMENT_PARTS = (
    "all", "tables", "handles", "contexts", "views", "status", "heap",
)  # fmt: skip

KINDS = ("text", "rodata", "data", "bss")


@dataclass
class Part:
    """A row of the table: some files of the kernel."""

    files: int = 0
    lines: int = 0
    bytes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))

    @property
    def image(self) -> int:
        """What the boot loader reads."""
        return sum(self.bytes[kind] for kind in KINDS if kind != "bss")

    def add(self, other: Part) -> None:
        self.files += other.files
        self.lines += other.lines
        for kind in KINDS:
            self.bytes[kind] += other.bytes[kind]


@dataclass
class Sizes:
    parts: dict[str, Part]  # "kernel", "h", "l4", "checks"
    environment: dict[int, dict[str, int]]  # megabytes: part: bytes

    @property
    def trusted(self) -> Part:
        together = Part()
        for folder in TRUSTED:
            together.add(self.parts[folder])
        return together


_TOKENS = re.compile(
    r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|//[^\n]*|/\*.*?\*/', re.S
)
_HOST = re.compile(r"^#ifdef H_ON_HOST\n(.*?)(?:^#else\n(.*?))?^#endif\n", re.S | re.M)


def code_lines(text: str) -> int:
    """Lines that are neither blank nor comment, as the machine is built."""

    def bare(found: re.Match[str]) -> str:
        token = found[0]
        if token.startswith("//"):
            return ""
        return "\n" * token.count("\n") + " " if token.startswith("/*") else token

    text = _HOST.sub(lambda found: found[2] or "", _TOKENS.sub(bare, text))
    return sum(1 for line in text.splitlines() if line.strip())


def object_bytes(path: Path) -> dict[str, int]:
    """What an object adds to the kernel's memory, by kind. Nothing of it is left
    out when a stage is linked; of equal strings one is kept."""
    found = dict.fromkeys(KINDS, 0)
    with path.open("rb") as stream:
        for section in ELFFile(stream).iter_sections():
            flags = section["sh_flags"]
            if not flags & SH_FLAGS.SHF_ALLOC:
                continue
            if section["sh_type"] == "SHT_NOBITS":
                kind = "bss"
            elif flags & SH_FLAGS.SHF_EXECINSTR:
                kind = "text"
            else:
                kind = "data" if flags & SH_FLAGS.SHF_WRITE else "rodata"
            found[kind] += section["sh_size"]
    return found


def environment_bytes(root: Path) -> dict[int, dict[str, int]]:
    """The environment memory beside the image, as kernel/environment.c plans it on
    machines of several sizes."""
    with work_folder("size-") as name:
        program = Path(name, "environment_sizes")
        compile_ = ["gcc", "-std=c11", "-O1", "-Ikernel/include"]
        status, output = run_tool(
            [*compile_, "-o", str(program), *ENVIRONMENT], root
        )
        if not status:
            status, output = run_tool([str(program), *map(str, MACHINES)])
    if status:
        raise GraderError(f"{ENVIRONMENT[0]}: {output or 'found no room'}")
    table: dict[int, dict[str, int]] = {}
    for line in output.splitlines():
        megabytes, *pages = map(int, line.split())
        table[megabytes] = {
            part: count * PAGE for part, count in zip(ENVIRONMENT_PARTS, pages)
        }
    return table


def sizes(root: Path, builder: StageBuilder | None = None) -> Sizes:
    course = Course(root)
    builder = builder or StageBuilder(course, root / "build")
    parts = {name: Part() for name in (*FOLDERS, "checks")}

    def part_of(path: str) -> Part:
        return parts["checks" if path in CHECKS else path.partition("/")[0]]

    for folder in FOLDERS:
        for path in listing(root, folder, (*SOURCES, ".h")):
            if path in course.manifest.stand_ins:
                continue  # of earlier stages
            part_of(path).add(Part(1, code_lines(course.solved(path))))
    last = [lab for lab in course.labs if lab.gradable][-1]
    for path, built in builder.objects(last, Recipe()).items():
        if path.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            part_of(path).add(Part(bytes=object_bytes(built)))
    return Sizes(parts, environment_bytes(root))


def flat(found: Sizes) -> dict[str, int]:
    """As numbers with names, for a program to read."""
    checks, l4 = found.parts["checks"], found.parts["l4"]
    return {
        "trusted_lines": found.trusted.lines,
        **{f"{name}_lines": part.lines for name, part in found.parts.items()},
        "image_bytes": found.trusted.image,
        "bss_bytes": found.trusted.bytes["bss"],
        "checks_bytes": checks.image,
        "l4_bytes": l4.image,
        "l4_bss_bytes": l4.bytes["bss"],
        "environment_bytes": found.environment[USUAL]["all"],
        **{
            f"environment_{megabytes}_mb_bytes": table["all"]
            for megabytes, table in found.environment.items()
        },
    }


def measure(root: Path, builder: StageBuilder | None = None) -> dict[str, int]:
    """Everything that is printed and a program may want to compare: lines of
    source, bytes of the image, bytes of environment memory (that of a machine of
    32 MB has the plain name)."""
    return flat(sizes(root, builder))


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", metavar="FILE", help="write a flat object too")


def main(root: Path, given: argparse.Namespace) -> int:
    found = sizes(root)
    console = Console(soft_wrap=True, emoji=False)
    console.print(_source_table(found))
    console.print(
        "Lines without comments and blanks. The dissertation's H has "
        f"{DISSERTATION_LINES:,}.\nBytes of the objects of the last lab's stage; "
        "image: text, rodata and data.\nChecks: what looks whether the machine is "
        "well-formed. It is not trusted, and neither is l4/.\n"
    )
    console.print(_environment_table(found))
    if given.json:
        write_json(Path(given.json), flat(found))
    return 0


def _table(*columns: str) -> Table:
    table = Table(columns[0], box=None)
    for column in columns[1:]:
        table.add_column(column, justify="right")
    return table


def _source_table(found: Sizes) -> Table:
    table = _table("", "files", "lines", "image", *KINDS)
    rows = {"kernel/": found.parts["kernel"], "h/": found.parts["h"]}
    for name, part in {
        **rows, "trusted": found.trusted, "checks": found.parts["checks"],
        "l4/": found.parts["l4"],
    }.items():  # fmt: skip
        numbers = (part.files, part.lines, part.image, *part.bytes.values())
        table.add_row(name, *(f"{number:,}" for number in numbers))
    return table


def _environment_table(found: Sizes) -> Table:
    names = [f"{megabytes:,} MB" for megabytes in found.environment]
    table = _table("environment, KB", *names)
    for part in (*ENVIRONMENT_PARTS[1:], ENVIRONMENT_PARTS[0]):
        row = [f"{one[part] // 1024:,}" for one in found.environment.values()]
        table.add_row(part, *row)
    return table
