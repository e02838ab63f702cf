# SPDX-License-Identifier: MIT
"""H that looks after itself, on the machine: nothing is said of a good kernel,
and what is wrong is named with invariant, page and operation."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from h4.cli import main as command
from h4.course import Course
from h4.emulator import Ending
from h4.running import run_stage
from h4.stage import Recipe, StageBuilder

LAB = 3
PAGE = 0x00500000  # free in a machine of 8 MB, as are those behind it

# A stage that makes an address space with one page, spoils something, adds another
# page to the same page-table, and makes another address space.
STAGE = """\
#include <h/h.h>
#include <h/internal/paranoid.h>
#include <h/internal/state.h>
#include <h4/test.h>
#include <kernel/bootinfo.h>
#include <kernel/console.h>
#include <kernel/memory.h>
#include <kernel/panic.h>
#include <kernel/power.h>
#include <kernel/stage.h>
#include <kernel/status.h>

static struct h_region
page(uint32_t number)
{
        return (struct h_region){ h_pfpage(
                (struct h_paddr){ PAGE + number * PAGE_SIZE }, 12) };
}

static struct h_vfpage
at(uint32_t first)
{
        return h_vfpage((struct h_vaddr){ first }, 12);
}

static void
fine(enum h_error error)
{
        if (error != H_OK)
                panic("H refuses: %s", h_strerror(error));
}

void
stage_main(void)
{
        struct h_pagemap space, other;
        bool used;
        const struct h_pagemap_page lent = { page(1), { 0xD0001000 } };

        harness_main(bootinfo_command_line());
        console_init();
        memory_init();
        h_init();
        fine(h_alloc_pagemap(
                (struct h_pagemap_page){ page(0), { 0xD0000000 } }, &space));
        fine(h_add_mapping(&lent, space, at(0x00400000), page(2), H_R | H_W,
                           &used));
        SPOIL;
        fine(h_add_mapping(NULL, space, at(0x00402000), page(3), H_R, &used));
        fine(h_alloc_pagemap(
                (struct h_pagemap_page){ page(4), { 0xD0004000 } }, &other));
        paranoid_check("the end");
        power_off(POWER_OFF_DONE);
}
"""

# What is spoilt; and with PARANOID=1 and 2: the operation behind which it is named,
# the number of the page, and words of the invariant.
SPOILT = {
    "nothing": ("(void)0", None, None, 0, ""),
    "count": (
        "page_at(paddr(PAGE + 2 * PAGE_SIZE))->status = 3",
        "the end", "h_add_mapping", 2, "number of its mappings",
    ),
    "entries": (
        "page_at(paddr(PAGE + PAGE_SIZE))->entries = 7",
        "h_add_mapping", "h_add_mapping", 1, "entries",
    ),
    "rights": (
        "*(uint32_t *)0xD0001000 |= 0x100",
        "h_add_mapping", "h_add_mapping", 1, "bits that H sets",
    ),
    "kernel_space": (
        "((uint32_t *)0xD0000000)[1023] ^= 0x2",
        "the end", "h_add_mapping", 0, "kernel space",
    ),
}  # fmt: skip
SAID = re.compile(r'after (.*?): "(.*?)" does not hold: page 0x(\w+)', re.S)


@pytest.mark.parametrize("level", [1, 2])
@pytest.mark.parametrize("name", SPOILT)
def test_what_is_wrong_is_named(
    name: str, level: int, course: Course, builder: StageBuilder
) -> None:
    spoil, at_1, at_2, page, invariant = SPOILT[name]
    lab = course.lab(LAB)
    text = f"#define PAGE {PAGE:#x}u\n#define SPOIL {spoil}\n" + STAGE
    recipe = Recipe(texts={f"{lab.folder}/stage.c": text}, paranoid=level)
    result = run_stage(builder.stage(lab, recipe), 8, "qemu")
    said = SAID.search(result.com1.decode())
    operation = at_1 if level == 1 else at_2
    if operation is None:
        assert result.ending == Ending.POWER_OFF and not said, result.com1
        return
    assert said, result.com1
    assert said[1] == operation
    assert invariant in " ".join(said[2].split())
    assert int(said[3], 16) == PAGE + page * 0x1000


@pytest.mark.parametrize("level", ["1", "2"])
def test_nothing_is_said_of_the_demonstration(
    level: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["run", "--lab", str(LAB), "--paranoid", level, "--memory", "8"]
    assert command(words) == 0
    assert "H kept its promises." in capsys.readouterr().out


def test_only_h_and_the_stage_are_other(course: Course, builder: StageBuilder) -> None:
    lab = course.lab(LAB)
    plain = builder.objects(lab, Recipe())
    other = builder.objects(lab, Recipe(paranoid=1))
    differ = {path for path in plain if plain[path] != other[path]}
    assert {path.partition("/")[0] for path in differ} == {"h", "labs"}
    assert [path for path in differ if path.startswith("labs")] == [
        f"{lab.folder}/stage.c"
    ]
    assert (ROOT / "h/internal/paranoid.h").is_file()


def test_no_verdict_is_given_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["grade", "--lab", str(LAB), "--paranoid", "1"]) == 2
    shown = capsys.readouterr()
    assert "PARANOID=1: is for `run` and `debug`" in shown.err
    assert shown.out.splitlines() == ["H4-RESULT status=2 score=none"]
