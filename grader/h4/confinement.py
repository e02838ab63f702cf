# SPDX-License-Identifier: MIT
"""`grader/grade check-client`: does a client of H keep to the H interface?

Each file is preprocessed by the compiler that will build it, with H's public
headers and the freestanding ones on its path and nothing else. The preprocessed
text is read with clang, expression by expression, and compiled; the object is
read symbol by symbol and instruction by instruction. What every rule says stands
in client_rules.py, what a conversion may do in client_types.py.

L4 is checked as each stage has it: what is in l4/ up to that lab, together with the
lab's own folder client/, which gives what is missing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from h4.build import L4
from h4.client_objects import Object, foreign, read_object
from h4.client_rules import PUBLIC, RULES, RUNTIME, Finding
from h4.client_stage import Client, ClientStage
from h4.compiling import COMPILERS
from h4.course import Course
from h4.errors import GraderError
from h4.laying import public_headers
from h4.manifest import Lab
from h4.processors import processors

FOLDERS = ("labs/3-handles/client", "labs/4-contexts/client", "l4")
Row = dict[str, Any]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders",
        nargs="*",
        metavar="FOLDER",
        help="folders of sources, each one client, l4 as each lab has it; else "
        f"{', '.join(FOLDERS)}, those that have any",
    )
    parser.add_argument("--compiler", choices=COMPILERS, default="gcc")


def main(root: Path, given: argparse.Namespace) -> int:
    course = Course(root)
    folders = given.folders or [f for f in FOLDERS if any((root / f).rglob("*.c"))]
    headers = public_headers(course.pristine)
    findings: list[Finding] = []
    for folder in folders:
        base, path = _inside(root, folder)
        for client, words in _clients(course, base, path):
            broken, files = check(client, headers, given.compiler)
            findings += broken
            if not broken:
                print(f"{folder}{words}: confined ({files} files, {len(RULES)} rules)")
    for one in dict.fromkeys(findings):
        print(one)
    for rule in sorted({one.rule for one in findings}):
        print(f"  {rule}: {RULES[rule]}")
    return 1 if findings else 0


def _inside(root: Path, folder: str) -> tuple[Path, str]:
    """A tree and a folder's path in it, `root` where it lies there."""
    whole = (root / folder).resolve()
    if not whole.is_dir():
        raise GraderError(f"{folder}: there is no such folder")
    top = root.resolve()
    if top in whole.parents:
        return top, whole.relative_to(top).as_posix()
    return whole.parent, whole.name


def _clients(course: Course, root: Path, folder: str) -> list[tuple[Client, str]]:
    """What is to be checked of a folder, and what to say of each beside its name."""
    labs = [lab for lab in course.labs if course.has(lab, L4)]
    own = [lab for lab in labs if f"{folder}/" == course.client_of(lab)]
    if root != course.root.resolve() or not (own or f"{folder}/" == L4):
        return [(Client(root, (folder,)), "")]
    if not labs:
        return [(Client(root, (folder,), l4=True), "")]
    return [(l4_of(course, lab), f", lab {lab.number}") for lab in own or labs]


def l4_of(course: Course, lab: Lab) -> Client:
    """L4 as it is in the stage of a lab."""
    every = {path for one in course.labs for path in one.files}
    without = (course.manifest.stand_ins | every) - set(course.files(lab))
    folders = [f for f in (L4, course.client_of(lab)) if (course.root / f).is_dir()]
    return Client(course.root.resolve(), tuple(folders), without, l4=True)


def check_client(
    root: Path, folder: str, headers: dict[str, Path], compiler: str = "gcc"
) -> list[Finding]:
    """As check, of all that is in one folder of `root`."""
    return check(Client(root, (folder,)), headers, compiler)[0]


def check(
    client: Client, headers: dict[str, Path], compiler: str = "gcc"
) -> tuple[list[Finding], int]:
    """Every rule that a client breaks, in order; and how many files it has.

    headers   H's public headers, by the name that they are included by
    """
    with tempfile.TemporaryDirectory(prefix="client-") as tree:
        stage = ClientStage(Path(tree).resolve(), compiler)
        stage.lay_out(client, headers)
        if not stage.sources:
            raise GraderError(f"{client.folders[0]}: a client without C sources")
        return sorted(set(_check(stage))), len(stage.sources + stage.headers)


def _check(stage: ClientStage) -> list[Finding]:
    with ThreadPoolExecutor(processors()) as pool:
        ready = list(pool.map(stage.preprocess, [PUBLIC, *stage.sources]))
        if not ready[0]:
            words = "\n".join(map(str, stage.findings))
            raise GraderError(f"H's public headers do not compile:\n{words}")
        sources = [path for path, fine in zip(stage.sources, ready[1:]) if fine]
        built = list(pool.map(stage.compile, sources))
    rows = stage.scan([PUBLIC, *sources, *stage.headers])
    public = rows.pop(PUBLIC)
    objects = [
        read_object(path, source, stage.tree)
        for path, source in zip(built, sources)
        if path
    ]
    findings = list(stage.findings)
    for row in rows.values():
        findings += [Finding(*words) for words in row["findings"]]
    findings += [words for one in objects for words in one.findings]
    findings += _same_names([public, *rows.values()])
    findings += _heap(list(rows.values()))
    if len(sources) == len(stage.sources):  # else much would seem to be missing
        findings += _names(objects, rows, public)
    return findings


def _names(
    objects: list[Object], rows: dict[str, Row], public: Row
) -> Iterator[Finding]:
    """Names that are nobody's, or somebody else's."""
    given = {row[0] for row in public["functions"] + public["objects"]}
    # Also what is defined in a file that does not compile.
    others = {r[0] for row in rows.values() for r in _declarations(row) if r[4]}
    for one, name in foreign(objects, given | others):
        row = rows[one.source]
        places = [row["references"].get(name), one.uses.get(name), _declared(row, name)]
        place = next((p for p in places if p and p[1]), (one.source, 0))
        yield Finding(
            *place, "undefined-symbol", f"{name} is neither the client's nor H's"
        )
    for one in objects:
        taken = one.defined & (given | RUNTIME)
        taken |= {n for n in one.defined if n.startswith(("h_", "__"))}
        for name in sorted(taken):
            place = _declared(rows[one.source], name) or (one.source, 0)
            yield Finding(*place, "shadow", f"{name} is not the client's to define")


def _declarations(row: Row) -> list[list[Any]]:
    return list(row["functions"] + row["objects"])


def _declared(row: Row, name: str) -> tuple[str, int] | None:
    """Where a file declares a name; where it defines it, if it does."""
    found = [
        (defines, file, line)
        for known, _, file, line, defines in _declarations(row)
        if known == name
    ]
    return max(found)[1:] if found else None


def _same_names(rows: list[Row]) -> Iterator[Finding]:
    """Names whose meaning differs from file to file: across them, no compiler sees
    that a number is taken for a pointer."""
    for kinds in (("functions", "objects"), ("records",)):
        known: dict[str, tuple[str, str, int]] = {}
        for row in rows:
            for name, type_, file, line, *_ in (r for kind in kinds for r in row[kind]):
                first, where, at = known.setdefault(name, (type_, file, line))
                if first != type_:
                    yield Finding(
                        file,
                        line,
                        "declaration",
                        f"{name} is {type_} here, and {first} in {where}:{at}",
                    )


def _heap(rows: list[Row]) -> Iterator[Finding]:
    """The heap's content may be one thing only, once that holds pointers."""
    fills = sorted({tuple(place) for row in rows for place in row["heap_fills"]})
    calls = sorted({tuple(place) for row in rows for place in row["heap_calls"]})
    if fills and len(calls) > 1:
        where = ", ".join(f"{file}:{line}" for file, line in calls)
        for place in fills:
            yield Finding(*place, "heap", f"h_client_heap is named in {where}")
