# SPDX-License-Identifier: MIT
"""Types that cannot be mixed up: each confusion of two values does not compile.

For every parameter of every function that a client may call: an argument of each
other type that the interface knows, all other arguments being right. Then the
same of values that are stored. Each confusion is a line of its own in one file,
in which the compiler must refuse every line, and refuse it for its types.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from h4.build import CLIENT_ERRORS, FLAGS, WARNINGS
from h4.client_rules import PUBLIC
from h4.client_stage import Client, ClientStage
from h4.compile_commands import CLIENT
from h4.compiling import COMPILERS, dialect, own_headers, run_tool
from h4.laying import public_headers

# What a client has in its hands, as the compiler writes the types.
VALUES = [
    f"struct {name}"
    for name in (
        "h_paddr", "h_vaddr", "h_pfpage", "h_vfpage", "h_region", "h_pagemap_page",
        "h_pagemap", "h_kernel_mapping", "h_mapping_info", "h_module",
        "h_fault_context", "h_port_range", "h_interrupt", "h_handlers",
    )
]  # fmt: skip
NUMBER = "unsigned int"
NUMBERS = (
    "_Bool", "char", "unsigned char", "unsigned short", "enum h_error",
    "enum h_register", NUMBER,
)  # fmt: skip

# Those whose bodies stand in the header.
ACCESSORS = {
    "h_pfpage_first": ("struct h_paddr", ["struct h_pfpage"]),
    "h_pfpage_log2": (NUMBER, ["struct h_pfpage"]),
    "h_vfpage_first": ("struct h_vaddr", ["struct h_vfpage"]),
    "h_vfpage_log2": (NUMBER, ["struct h_vfpage"]),
}
Functions = dict[str, tuple[str, list[str]]]

# H's own side, where client's types and kernel's meet.
KERNEL_VALUES = [
    f"struct {name}"
    for name in (
        "paddr", "vaddr", "fpage", "pfpage", "vfpage", "pagemap_page", "page_range",
    )
]  # fmt: skip
KERNEL_HEADERS = ("h/internal/convert.h", "kernel/paging.h", "kernel/memory_map.h")


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Functions:
    """Every function of the interface: what it returns, and its parameters."""
    stage = ClientStage(tmp_path_factory.mktemp("public").resolve(), "gcc")
    headers = public_headers(ROOT)
    (stage.tree / "client").mkdir()
    stage.lay_out(Client(stage.tree, ("client",)), headers)
    assert stage.preprocess(PUBLIC)
    found: Functions = {}
    for name, type_, *_ in stage.scan([PUBLIC])[PUBLIC]["functions"]:
        returned, _, rest = type_.partition("(")
        parameters = [] if rest == "void)" else rest.rstrip(")").split(", ")
        found[name] = (returned.strip(), parameters)
    return found | ACCESSORS


def refusals(
    compiler: str, flags: list[str], headers: list[str], lines: list[str], out: Path
) -> dict[int, str]:
    """Compiles a function of these lines; what is said against each of them."""
    before = [f"#include <{name}>" for name in headers]
    before += [declaration(kind) for kind in [*VALUES, *NUMBERS]]
    if flags is not CLIENT:
        before += [declaration(kind) for kind in KERNEL_VALUES]
    before += ["void client(void);", "void client(void) {"]
    source = out / "client.c"
    source.write_text("\n".join([*before, *lines, "}", ""]))
    command = [
        compiler, *dialect(compiler), *flags, *WARNINGS, *CLIENT_ERRORS,
        "-nostdinc", "-isystem", own_headers(compiler), "-fsyntax-only",
        "-ferror-limit=0" if compiler == "clang" else "-fmax-errors=0", str(source),
    ]  # fmt: skip
    _, messages = run_tool(command, ROOT)
    said: dict[int, str] = {}
    pattern = re.escape(str(source)) + r":(\d+):\d+: (?:error|warning): (.*)"
    for line, text in re.findall(pattern, messages):
        index = int(line) - len(before) - 1
        said[index] = said.get(index, "") + text + "\n"
    assert said or not messages, messages
    return said


def value(type_: str) -> str:
    """The name of a variable of this type."""
    return "a_" + re.sub(r"\W+", "_", type_.removeprefix("const ")).strip("_")


def declaration(type_: str) -> str:
    return f"extern {type_} {value(type_)};"


def argument(type_: str) -> str:
    """Something of this type: a variable, or its address."""
    if not type_.endswith("*"):
        return value(type_)
    return "&" + value(type_.removesuffix(" *"))


def others(type_: str) -> list[str]:
    """What a caller could take for it. One number is as good as another."""
    kinds = [*VALUES, NUMBER]
    if type_.endswith("*"):
        kinds = [*(f"{kind} *" for kind in kinds), type_.removesuffix(" *")]
    own = type_.removeprefix("const ")
    if type_ in NUMBERS:
        return [kind for kind in kinds if kind not in NUMBERS]
    return [kind for kind in kinds if kind.removeprefix("const ") != own]


def call(name: str, arguments: list[str]) -> str:
    return f"(void){name}({', '.join(arguments)});"


def confused_calls(functions: Functions) -> Iterator[str]:
    for name, (_, parameters) in functions.items():
        right = [argument(type_) for type_ in parameters]
        for at, type_ in enumerate(parameters):
            for wrong in others(type_):
                yield call(name, [*right[:at], argument(wrong), *right[at + 1 :]])


def confused_values(kinds: list[str]) -> Iterator[str]:
    """One stored as the other; compared; calculated with."""
    for one in kinds:
        for other in [*kinds, NUMBER]:
            if other == one:
                continue
            yield f"{value(one)} = {value(other)};"
            yield f"(void)({value(one)} == {value(other)});"
        yield f"{value(NUMBER)} = {value(one)};"
        yield f"(void)({value(one)} + 1);"
        yield f"(void)(({NUMBER}){value(one)});"


# What the compilers say of types that do not go together, and of a value of which
# one cannot calculate.
OF_TYPES = re.compile(
    "incompatible|invalid operands|aggregate value|arithmetic or pointer type"
    "|without a cast"
)


def check(lines: list[str], said: dict[int, str]) -> None:
    accepted = [line for i, line in enumerate(lines) if i not in said]
    assert not accepted, accepted
    for i, text in said.items():
        assert OF_TYPES.search(text), f"{lines[i]}\n{text}"


@pytest.mark.parametrize("compiler", COMPILERS)
def test_confusions_of_arguments_do_not_compile(
    compiler: str, functions: Functions, tmp_path: Path
) -> None:
    lines = list(confused_calls(functions))
    assert "(void)h_pfpage(a_struct_h_vaddr, a_unsigned_int);" in lines
    assert len(lines) > 500
    check(lines, refusals(compiler, CLIENT, ["h/h.h"], lines, tmp_path))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_confusions_of_values_do_not_compile(compiler: str, tmp_path: Path) -> None:
    lines = list(confused_values(VALUES))
    lines += [  # within other values
        "a_struct_h_region = (struct h_region){ a_struct_h_vfpage };",
        "a_struct_h_pagemap_page = "
        "(struct h_pagemap_page){ a_struct_h_region, a_struct_h_paddr };",
        "a_struct_h_pagemap_page = "
        "(struct h_pagemap_page){ a_struct_h_vfpage, a_struct_h_vaddr };",
        "a_struct_h_paddr = h_vfpage_first(a_struct_h_vfpage);",
        "a_struct_h_vaddr = a_struct_h_mapping_info.physical;",
    ]
    check(lines, refusals(compiler, CLIENT, ["h/h.h"], lines, tmp_path))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_confusions_with_the_kernel_s_types_do_not_compile(
    compiler: str, tmp_path: Path
) -> None:
    lines = list(confused_values([*VALUES, *KERNEL_VALUES]))
    lines += [
        "(void)kernel_paddr(a_struct_h_vaddr);",
        "(void)kernel_vaddr(a_struct_h_paddr);",
        "(void)kernel_pfpage(a_struct_h_vfpage);",
        "(void)client_vfpage(a_struct_pfpage);",
    ]
    headers = ["h/h.h", *KERNEL_HEADERS]
    check(lines, refusals(compiler, FLAGS, headers, lines, tmp_path))


@pytest.mark.parametrize("compiler", COMPILERS)
def test_what_is_right_compiles(
    compiler: str, functions: Functions, tmp_path: Path
) -> None:
    lines = [
        call(name, [argument(type_) for type_ in parameters])
        for name, (_, parameters) in functions.items()
    ]
    lines += [
        f"{value(returned)} = {name}({', '.join(map(argument, parameters))});"
        for name, (returned, parameters) in functions.items()
        if returned in VALUES
    ]
    lines += [
        "a_struct_h_region = (struct h_region){ a_struct_h_pfpage };",
        "a_struct_h_pagemap_page = "
        "(struct h_pagemap_page){ a_struct_h_region, a_struct_h_vaddr };",
        "a_struct_h_paddr = a_struct_h_mapping_info.physical;",
    ]
    assert len(functions) > 40
    assert refusals(compiler, CLIENT, ["h/h.h"], lines, tmp_path) == {}
