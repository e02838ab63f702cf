# SPDX-License-Identifier: MIT
"""The laws of H, and random programs, tried on the machine.

Two stages of their own, labs/*/laws/ and labs/*/random/. What they do follows from
a seed; they report on the line to the grader, and stop at the first thing that is
not as it has to be:

    # law fresh_maps_are_empty 17 20 holds
    # law fresh_maps_are_empty 23 1 broken 0x00400000 is mapped in a fresh map
    # broken 17 4711 memory has changed in the page 0x00142000, environment
    # vector 14 12345
    # did handoff 1234
    # programs 17 0 10000 done
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from elftools.elf.elffile import ELFFile

from h4.emulator import BootRequest, BootResult, Ending, boot
from h4.errors import GraderError
from h4.grub import grub_cache
from h4.nonce import boot_secrets
from h4.protocol import parse
from h4.stage import Recipe, Stage, StageBuilder
from h4.work_folder import work_folder

LAWS, PROGRAMS = "laws", "random"

# The laws want 4 MB in one piece, and as much beside it. Programs run where there is
# the least memory, so that it can be looked at often.
LAWS_MEGABYTES, PROGRAMS_MEGABYTES = 32, 8
LIMIT = 20_000_000_000  # instructions; the emulator's own time ends before
MOST_NOTES = 1000

# Of the first H interface, in the order of the stage's table.
LAW_NAMES = (
    "pages_are_independent_locations",
    "entries_are_independent_locations",
    "fresh_maps_are_empty",
    "maps_do_not_depend_on_memory",
    "ports_do_not_depend_on_memory_or_maps",
    "execution_writes_only_where_it_may",
    "unmapped_memory_does_not_matter",
    "other_maps_do_not_matter",
    "execution_leaves_other_maps_alone",
    "execution_leaves_mappings_and_rights",
    "what_changed_was_writable_and_is_dirty",
)

# What of the kernel's memory may change while programs run, beside what the stage
# itself knows (labs/4-contexts/random/memory.c): file, variable, reason. What several
# files know has none.
MAY_CHANGE = (
    ("paranoid.c", "operations", "how often H has looked after itself"),
    ("paranoid.c", "depth", "how many operations are under way"),
    ("paranoid.c", "touched", "the pages of the last operation"),
    ("paranoid.c", "touched_count", "and how many they are"),
    ("", "harness_line", "what is said about each run, if it is"),
)

LAW = re.compile(r"law (\w+) (\d+) (\d+) (holds|broken)(?: (.*))?")
BROKEN = re.compile(r"broken (\d+) (\d+) (.*)")
VECTOR = re.compile(r"vector (\d+) (\d+)")
DID = re.compile(r"did (\w+) (\d+)")
RUN = re.compile(r"run (\d+) ([0-9a-f]{8})")
DONE = re.compile(r"programs (\d+) (\d+) (\d+) done")


@dataclass(frozen=True)
class Law:
    """What came of one law."""

    name: str
    seed: int  # of the first case, or of the one where it is broken
    cases: int
    broken: str = ""  # in words; empty: it holds

    def __str__(self) -> str:
        if not self.broken:
            last = self.seed + self.cases - 1
            return f"{self.name}: holds, seeds {self.seed} to {last}"
        return f"{self.name}: BROKEN with seed {self.seed}: {self.broken}"


@dataclass
class Programs:
    """What came of random programs."""

    seed: int
    first: int
    runs: int
    vectors: dict[int, int] = field(default_factory=dict)  # how often each came
    did: dict[str, int] = field(default_factory=dict)  # how often, in the bound form
    digests: dict[int, str] = field(default_factory=dict)  # of runs, if asked for
    broken: str = ""
    number: int = 0  # of the run where it is broken

    def __str__(self) -> str:
        if not self.broken:
            return f"programs {self.first} to {self.first + self.runs - 1}: all is well"
        return f"program {self.number} with seed {self.seed}: {self.broken}"


def may_change(image: Path) -> str:
    """The words of MAY_CHANGE in this image, as the stage wants to be told."""
    wanted = {(file, name) for file, name, _ in MAY_CHANGE}
    ranges: list[str] = []
    with image.open("rb") as stream:
        file = ""
        for symbol in ELFFile(stream).get_section_by_name(".symtab").iter_symbols():
            if symbol["st_info"]["type"] == "STT_FILE":
                file = Path(symbol.name).name
                continue
            local = symbol["st_info"]["bind"] == "STB_LOCAL"
            key = (file if local else "", symbol.name)
            if key in wanted:
                wanted.remove(key)
                end = symbol["st_value"] + symbol["st_size"]
                ranges.append(f"{symbol['st_value']:x}-{end:x}")
    if wanted:
        raise GraderError(f"{image}: there are no variables {sorted(wanted)}")
    return ".".join(ranges)


def stage_of(
    builder: StageBuilder,
    name: str,
    texts: dict[str, str] | None = None,
    compiler: str = "gcc",
) -> Stage:
    """One of the two stages; random programs run with PARANOID=1."""
    recipe = Recipe(
        name=name,
        texts=texts or {},
        paranoid=1 if name == PROGRAMS else 0,
        compiler=compiler,
        jobs=1,
    )
    stage = builder.stage(builder.course.lab_with(name), recipe)
    for exercise, words in stage.failures.items():
        raise GraderError(f"exercise {exercise} does not compile:\n{words}")
    return stage


def boot_stage(
    stage: Stage, arguments: str, megabytes: int, emulator: str, limit: int = LIMIT
) -> tuple[list[str], BootResult]:
    """What it has said on the line to the grader, and how it ended."""
    secrets = boot_secrets(
        stage.course.secret, stage.image.path, stage.lab.number, arguments
    )
    with work_folder("trials-") as work:
        result = boot(
            BootRequest(
                kernel=stage.image.path,
                args=f"nonce={secrets.nonce},{arguments}",
                megabytes=megabytes,
                workdir=Path(work),
                begin=0,
                end=0,
                limits=[limit],
                modules=stage.modules,
                cache=grub_cache(stage.image.path),
                direct=True,
            ),
            emulator,
        )
    script = parse(result.com2, secrets.nonce, MOST_NOTES)
    if script.forged is not None:
        raise GraderError(f"the line to the grader cannot be trusted: {script.forged}")
    return script.notes, result


def last_words(result: BootResult) -> str:
    said = result.com1.decode("ascii", "replace").strip()[-1500:]
    if result.ending == Ending.POWER_OFF:
        return f"the machine stopped and said:\n{said}"
    return f"the machine ended by {result.ending.value}. {result.detail}\n{said}"


def try_laws(
    stage: Stage,
    seed: int,
    cases: int,
    law: int | None = None,
    emulator: str = "bochs",
) -> list[Law]:
    """All laws, or one, with the seeds from `seed` on. It ends with the first that is
    broken; one in which the machine stopped counts as broken."""
    chosen = "" if law is None else f",law={law}"
    notes, result = boot_stage(
        stage, f"seed={seed},cases={cases}{chosen}", LAWS_MEGABYTES, emulator
    )
    laws: list[Law] = []
    for note in notes:
        if found := LAW.fullmatch(note):
            laws.append(Law(found[1], int(found[2]), int(found[3]), found[5] or ""))
    if notes and notes[-1] == "laws end" and result.ending == Ending.POWER_OFF:
        return laws
    if not laws or not laws[-1].broken:
        name = LAW_NAMES[len(laws) if law is None else law]
        laws.append(Law(name, seed, cases, last_words(result)))
    return laws


def run_programs(
    stage: Stage, seed: int, first: int, runs: int, each: int, tell: bool = False
) -> Programs:
    """So many runs, in Bochs. QEMU lets programs do what a processor does not:
    virtual-8086 mode from ring 3, for one."""
    notes, result = boot_stage(
        stage,
        f"seed={seed},first={first},runs={runs},each={each},tell={int(tell)},"
        f"except={may_change(stage.image.path)}",
        PROGRAMS_MEGABYTES,
        "bochs",
    )
    found = Programs(seed, first, runs)
    for note in notes:
        if vector := VECTOR.fullmatch(note):
            found.vectors[int(vector[1])] = int(vector[2])
        elif did := DID.fullmatch(note):
            found.did[did[1]] = int(did[2])
        elif run := RUN.fullmatch(note):
            found.digests[int(run[1])] = run[2]
        elif broken := BROKEN.fullmatch(note):
            found.number, found.broken = int(broken[2]), broken[3]
    ended = notes and DONE.fullmatch(notes[-1]) and result.ending == Ending.POWER_OFF
    if not ended and not found.broken:
        found.number, found.broken = first, last_words(result)
    return found
