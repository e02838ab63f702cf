# SPDX-License-Identifier: MIT
"""A client of H is confined: each way out is refused, its neighbour is not.

The cases are lines of C, a bad and a harmless one for each rule. All bad ones
make one client, a file each, and all harmless ones another.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from confinement_cases import CASES, Case

from h4.cli import main as command
from h4.client_rules import RULES, RUNTIME, Finding
from h4.confinement import FOLDERS, check_client
from h4.errors import GraderError
from h4.laying import public_headers

ROOT = Path(__file__).resolve().parents[2]
HEADERS = public_headers(ROOT)


def check(folder: Path, compiler: str = "gcc") -> list[Finding]:
    return check_client(folder.parent, folder.name, HEADERS, compiler)


def client(folder: Path, **files: str) -> Path:
    """A client of files; the name's first _ stands for the dot."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("_", ".", 1)).write_text(text)
    return folder


def found(findings: list[Finding]) -> list[tuple[str, int, str]]:
    return [(Path(f.file).name, f.line, f.rule) for f in findings]


@pytest.fixture(scope="session", params=["gcc", "clang"])
def refused(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Finding]]:
    """What is said of all bad lines together."""
    folder = tmp_path_factory.mktemp("bad") / "client"
    folder.mkdir()
    for case in CASES:
        if case.takes(request.param):
            (folder / f"{case.name}.c").write_text(case.source(case.bad))
    return request.param, check(folder, request.param)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused(case: Case, refused: tuple[str, list[Finding]]) -> None:
    compiler, findings = refused
    if not case.takes(compiler):
        pytest.skip(f"{compiler} does not accept this at all")
    own = [one for one in findings if one.file == f"client/{case.name}.c"]
    assert (case.line, case.rule) in [(one.line, one.rule) for one in own], own
    start = f"client/{case.name}.c:{case.line}: {case.rule}: "
    assert any(str(one).startswith(start) and one.text for one in own)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_harmless_neighbours_pass(tmp_path: Path, compiler: str) -> None:
    folder = tmp_path / "client"
    folder.mkdir()
    for case in CASES:
        (folder / f"{case.name}.c").write_text(case.source(case.good))
    assert [str(one) for one in check(folder, compiler)] == []


@pytest.mark.parametrize("folder", FOLDERS[:2])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_the_demonstrations_pass(
    compiler: str, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(["check-client", "--compiler", compiler, folder]) == 0
    assert capsys.readouterr().out.startswith(f"{folder}: confined (")


def test_the_command_names_file_line_and_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = client(tmp_path / "own", a_c='__asm__("hlt");\n')
    assert command(["check-client", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "own/a.c:1: inline-assembly: __asm__" in out
    assert f"  inline-assembly: {RULES['inline-assembly']}" in out


def test_what_is_no_client(tmp_path: Path) -> None:
    assert command(["check-client", str(tmp_path / "nowhere")]) == 2
    with pytest.raises(GraderError, match="without C sources"):
        check(client(tmp_path / "empty"))


HEADER_CASES = {
    "kernel": ("#include <h/h.h>\n#include <kernel/cpu.h>\n", "", 2),
    "internal": ("#include <h/internal/state.h>\n", "", 1),
    "by_path": ('\n#include "../../kernel/include/kernel/cpu.h"\n', "", 2),
    "hosted": ("#include <stdio.h>\n", "#include <stdint.h>\n", 1),
    "intrinsics": ("#include <cpuid.h>\n", "#include <stdarg.h>\n", 1),
    "absolute": (f'#include "{__file__}"\n', '#include "own.h"\n', 1),
    "of_the_system": (
        '#include <h/h.h>\n\n#include "/usr/include/stdlib.h"\n', "", 3,
    ),
    "through_its_own": ('#include "own.h"\n#include "bad.h"\n', "", 2),
    "source": ('#include "b.c"\n', "", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", HEADER_CASES)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_headers(tmp_path: Path, name: str, compiler: str) -> None:
    bad, good, line = HEADER_CASES[name]
    files = {
        "own_h": "#include <stdbool.h>\n",
        "b_c": "static int b;\nint *get_b(void);\nint *get_b(void) { return &b; }\n",
    }
    if name == "through_its_own":
        files["bad_h"] = "\n#include <x86intrin.h>\n"
        where = ("bad.h", 2, "header")
    else:
        where = ("a.c", line, "header")
    findings = check(client(tmp_path / "bad", a_c=bad, **files), compiler)
    if name == "absolute":  # clang and gcc may stumble over its text first
        assert {f.rule for f in findings} & {"header", "compile"}
    else:
        assert where in found(findings), findings
    good = good or '#include <h/h.h>\n#include "own.h"\n'
    assert check(client(tmp_path / "good", a_c=good, **files), compiler) == []


def test_a_header_lies_outside(tmp_path: Path) -> None:
    """One that compiles, so that only the list of files read tells."""
    (tmp_path / "secret.h").write_text("enum { SECRET };\n")
    text = f'#include <h/h.h>\n#include "{tmp_path}/secret.h"\n'
    findings = check(client(tmp_path / "own", a_c=text))
    assert found(findings) == [("a.c", 2, "header")]


@pytest.mark.parametrize(
    "name", ["start.S", "start.s", "lib.a", "start.o", "client.ld", "bytes.inc"]
)
def test_other_files(tmp_path: Path, name: str) -> None:
    folder = client(tmp_path / "own", a_c="enum { A };\n", notes_md="Notes.\n")
    assert check(folder) == []
    (folder / name).write_text("")
    assert found(check(folder)) == [(name, 0, "file")]


def test_links_and_names(tmp_path: Path) -> None:
    folder = client(tmp_path / "own", a_c="enum { A };\n")
    os.symlink("/etc/passwd", folder / "b.c")
    (folder / "-x c.c").write_text("")
    assert found(check(folder)) == [("-x c.c", 0, "file"), ("b.c", 0, "file")]


def test_tests_on_the_host_are_no_part_of_it(tmp_path: Path) -> None:
    folder = client(tmp_path / "own", a_c="enum { A };\n")
    client(folder / "tests", test_c="#include <stdio.h>\n")
    assert check(folder) == []


DECLARE = "#include <h/h.h>\nvoid same(%s);\n"
USE = "void user(void);\nvoid user(void)\n{\n        same(%s);\n}\n"
DEFINE = DECLARE + "void same(%s)\n{\n        (void)value;\n}\n"


def test_a_function_is_the_same_in_all_files(tmp_path: Path) -> None:
    """Else a number is handed over for a pointer, and no compiler sees it."""
    number, text = "uint32_t value", "char *value"
    bad = {"a_c": DEFINE % (text, text), "b_c": DECLARE % number + USE % "0xB8000"}
    findings = check(client(tmp_path / "bad", **bad))
    assert found(findings) == [("b.c", 2, "declaration")]
    assert "client" not in findings[0].text and "a.c:2" in findings[0].text
    good = {"a_c": DEFINE % (number, number), "b_c": bad["b_c"]}
    assert check(client(tmp_path / "good", **good)) == []


def test_a_function_of_h_is_as_its_header_says(tmp_path: Path) -> None:
    bad = "void h_putstr(unsigned text);\n" + USE.replace("same", "h_putstr") % "7"
    findings = check(client(tmp_path / "bad", a_c=bad))
    assert found(findings) == [("a.c", 1, "declaration")]
    good = bad.replace("unsigned text", "const char *text").replace("7", '""')
    assert check(client(tmp_path / "good", a_c=good)) == []


def test_a_struct_is_the_same_in_all_files(tmp_path: Path) -> None:
    one, other = "struct s {\n        %s;\n};\n", "\n\nstruct s {\n        %s;\n};\n"
    bad = {"a_c": one % "unsigned n", "b_c": other % "char *n"}
    assert found(check(client(tmp_path / "bad", **bad))) == [("b.c", 3, "declaration")]
    good = {"a_c": one % "unsigned n", "b_c": other % "unsigned n"}
    assert check(client(tmp_path / "good", **good)) == []


HEAP = """#include <h/h.h>
struct node {
        struct node *next;
        uint32_t words[3];
};
struct node *nodes(void);
struct node *
nodes(void)
{
        size_t bytes;
        return h_client_heap(&bytes);
}
"""
SECOND = """%s *more(void);
%s *
more(void)
{
        size_t bytes;
        return h_client_heap(&bytes);
}
"""


def test_the_heap_is_one_thing(tmp_path: Path) -> None:
    """It is all zeros, so it may hold pointers; but not under another type too."""
    assert check(client(tmp_path / "good", a_c=HEAP)) == []
    numbers = "#include <h/h.h>\n" + SECOND.replace("%s", "uint32_t")
    assert check(client(tmp_path / "numbers", a_c=numbers)) == []
    findings = check(client(tmp_path / "bad", a_c=HEAP, b_c=numbers))
    assert found(findings) == [("a.c", 11, "heap")]
    assert "bad/b.c:7" in findings[0].text


def test_a_pointer_without_a_value(tmp_path: Path) -> None:
    text = "void f(void);\nvoid f(void)\n{\n        char *p%s;\n        *p = 1;\n}\n"
    findings = check(client(tmp_path / "bad", a_c=text % ""))
    assert found(findings) == [("a.c", 5, "compile")]
    given = text.replace("char *p%s", "char c, *p = &c")
    assert check(client(tmp_path / "good", a_c=given)) == []


def test_the_runtime_is_what_the_kernel_has() -> None:
    names = ROOT / "kernel/include/kernel"
    text = (names / "string.h").read_text() + (names / "division.h").read_text()
    assert all(f"{name}(" in text for name in RUNTIME)
