# SPDX-License-Identifier: MIT
"""The files of a release: what a student's tree consists of."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from h4.course import SYSTEM, Course
from h4.errors import GraderError
from h4.hidden import shown
from h4.lint_handouts import anchor
from h4.manifest import Lab
from h4.reference import write_objects
from h4.released import HIDDEN
from h4.versions import write_versions

TEMPLATES = "grader/student"
ROOT_FILES = (
    "LICENSE", "LICENSE-handouts", "Containerfile", ".clang-format",
    ".devcontainer/devcontainer.json",
)  # fmt: skip

# Parts of grader/ that serve the instructor alone: they make or judge solutions.
_INSTRUCTORS = frozenset({
    "grader/check",
    "grader/docs",
    "grader/gradescope",
    "handouts/instructors.md",
    "grader/guest",
    "grader/h4/bochs_twin.c",
    "grader/h4/page/class.html",
    "grader/h4/direct.S",
    "grader/schemas/equivalent.json",
    "grader/schemas/mutants.json",
    "grader/student",
    "grader/tests",
    *(
        f"grader/h4/{name}.py"
        for name in (
            "auto_assembly", "auto_command", "auto_edits", "auto_expressions",
            "auto_memory", "auto_mutants", "auto_run", "auto_statements", "auto_text",
            "autograde", "gradescope",
            "class_alike", "class_archives", "class_bench", "class_command", "class_entries",
            "class_git", "class_late", "class_reading", "class_run", "class_sandbox",
            "class_soak", "class_summary", "class_table", "class_watch", "class_words",
            "class_worker",
            "bench", "bench_l4", "bench_look", "bench_memory", "bochs_twin", "bodies", "direct",
            "dissertation", "docs", "docs_book", "docs_links", "docs_patterns", "docs_site",
            "docs_theme", "docs_words", "fuzz_l4", "ipc", "hidden", "latency", "leaks", "lending", "lint",
            "lint_handouts", "load", "many", "measure", "messages", "mutants", "new_exercise",
            "new_exercise_text", "partial_links", "phases", "plots", "reference", "release",
            "round_trip", "size", "slow", "soak", "soak_submissions", "soak_verdicts",
            "starters", "steps", "student", "trials", "versions",
        )
    ),
})  # fmt: skip
_LEFTOVERS = ("__pycache__", ".pytest_cache")
_ENDINGS = (".pyc", ".o", "~", ".swp")

# Whoever has the instructor's secret can compute nonces before a boot.
_PUBLIC_SECRET = "public: the verdict that counts is made with another one"


def is_instructors(path: str) -> bool:
    """Is this file of the tree one that students are not given?"""
    return path in _INSTRUCTORS


def write_release(course: Course, out: Path, answers: dict[str, bytes]) -> None:
    """Writes the release into the empty folder `out`.

    `answers` are the answers' files that students have already: they stay.
    """
    for tree in (out, out / HIDDEN / "pristine"):
        for path in course.given:
            _copy(course.root, path, tree)
        for lab in course.released:
            path = f"{lab.folder}/lab.toml"
            _write(tree, path, shown(course.text(path), lab))
        for path in course.exercise_files:
            _write(tree, path, course.starter(path))
        _write(tree, "labs/course.toml", _course_toml(course))
    for path in ROOT_FILES:
        if (course.root / path).is_file():
            _copy(course.root, path, out)
    for folder in SYSTEM:
        readme = f"{folder}/README.md"
        if (out / folder).is_dir() and (course.root / readme).is_file():
            _copy(course.root, readme, out)
    for lab in course.released:
        _check_handout(course, lab)
        if lab.exercises:
            _write(out, f"answers/{lab.number}.md", _skeleton(lab))
    for path, content in answers.items():
        (out / path).parent.mkdir(exist_ok=True)
        (out / path).write_bytes(content)
    for path in _below(course.root, "handouts") + _below(course.root, "grader"):
        _copy(course.root, path, out)
    for path in _below(course.root, TEMPLATES, frozenset()):
        _copy(course.root, path, out, path.removeprefix(TEMPLATES + "/"))
    _write_record(course, out)


def _check_handout(course: Course, lab: Lab) -> None:
    """Hints and answers point to the handout's sections: they must be there."""
    here = f"{lab.folder}/lab.toml"
    if not lab.handout:
        return
    if not (course.root / lab.handout).is_file():
        raise GraderError(f"{here}: lab, handout: there is no {lab.handout}")
    headings = re.findall(r"^#+ +(.*?) *$", course.text(lab.handout), re.MULTILINE)
    anchors = {"#" + anchor(heading) for heading in headings}
    for exercise in lab.exercises:
        if exercise.handout not in anchors:
            raise GraderError(
                f"{here}: exercise {exercise.id}: handout = {exercise.handout!r}, but "
                f"no heading of {lab.handout} has that anchor; one of "
                f"'{exercise.id} {exercise.title}' would be "
                f"#{anchor(f'{exercise.id} {exercise.title}')}"
            )


def _write_record(course: Course, out: Path) -> None:
    """Objects and release.json."""
    how = write_objects(course, out / HIDDEN)
    write_versions(course, out / HIDDEN)
    record = {
        "course": course.name,
        "release": course.release,
        "labs": {str(lab.number): lab.version for lab in course.released},
        **how,
    }
    _write(out, f"{HIDDEN}/release.json", json.dumps(record, indent=2) + "\n")


def _below(
    root: Path, folder: str, without: frozenset[str] = _INSTRUCTORS
) -> list[str]:
    """Every file of the folder that students are given."""
    found = []
    for file in sorted((root / folder).rglob("*")):
        path = file.relative_to(root)
        above = {str(path), *(str(parent) for parent in path.parents)}
        if (
            file.is_file()
            and not file.is_symlink()
            and not above & without
            and not set(path.parts) & set(_LEFTOVERS)
            and not path.name.endswith(_ENDINGS)
        ):
            found.append(path.as_posix())
    return found


def _copy(root: Path, path: str, out: Path, to: str = "") -> None:
    """Copies a file and whether it can be executed."""
    target = out / (to or path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(root / path, target)
    except OSError as error:
        raise GraderError(f"{path}: {error.strerror}") from error
    executable = (root / path).stat().st_mode & 0o111
    target.chmod(0o755 if executable else 0o644)


def _write(out: Path, path: str, text: str) -> None:
    target = out / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _course_toml(course: Course) -> str:
    # A JSON string is a TOML string too, but for characters in two halves.
    name = json.dumps(course.name, ensure_ascii=False)
    released = {lab.number for lab in course.released}
    left = {int(e.id.partition(".")[0]) for e in course.manifest.dropped} & released
    dropped = f"dropped = {sorted(left)}\n" if left else ""
    return (
        "# SPDX-License-Identifier: MIT\n"
        "[course]\n"
        f"name = {name}\n"
        f"release = {course.release}\n"
        f"secret = {json.dumps(_PUBLIC_SECRET)}\n"
        f"{dropped}"
    )


def _skeleton(lab: Lab) -> str:
    """answers/N.md, in which a student answers the handout's questions."""
    text = (
        f"# Answers to lab {lab.number}: {lab.title}\n\n"
        f"The questions are in [the handout](../{lab.handout}), a few for each "
        "exercise.\nYour answers are not graded. Write them for the person you will "
        "be in a year.\n"
    )
    for exercise in lab.exercises:
        text += (
            f"\n## {exercise.id} {exercise.title}\n\n"
            f"([questions](../{lab.handout}{exercise.handout}))\n"
        )
    return text
