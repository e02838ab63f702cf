# SPDX-License-Identifier: MIT
"""A grader that cannot do its work says so, in every form that it was asked for, with
status 2; there is no score in any of them, not even one of an earlier run."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny
from conftest import ROOT
from test_report_forms import check, has_score

from h4 import bochs, cli, emulator, grading, reports, whole_file
from h4.emulator import BootResult, Ending
from h4.reports import BEGINS, FORMS

TESTS = ("--lab", "0", "--test", "init_sets_115200_baud", "--jobs", "1")
FULL = OSError(errno.ENOSPC, "No space left on device")


def asked(folder: Path, *names: str) -> list[str]:
    """Options for these forms, or for all; each file holds a verdict of before."""
    words = []
    for name in names or FORMS:
        (folder / name).write_bytes(BEGINS[name] + b'"score": 100}')
        words += [f"--{name}", str(folder / name)]
    return words


def module_of(name: str):  # type: ignore[no-untyped-def]
    return reports.import_module(FORMS[name][0])


def say_so(folder: Path, *words: str) -> None:
    """Every file says that the grader failed; those who may know are told why."""
    for name in FORMS:
        text = (folder / name).read_text()
        check(module_of(name), text)
        assert not has_score(module_of(name), text), name
        if name not in ("gradescope", "classroom"):
            assert all(word in text for word in words), text


def no_emulator(patch: pytest.MonkeyPatch, _: Path) -> None:
    which = shutil.which
    patch.setattr(
        shutil, "which", lambda name: None if "bochs" in name else which(name)
    )


def no_room(patch: pytest.MonkeyPatch, _: Path) -> None:
    patch.setattr(emulator, "room_in", lambda _: 0)


def becomes_full(patch: pytest.MonkeyPatch, _: Path) -> None:
    rooms = iter([emulator.ROOM])
    patch.setattr(emulator, "room_in", lambda _: next(rooms, 0))


def corrupt_manifest(patch: pytest.MonkeyPatch, folder: Path) -> None:
    root = tiny.write(folder / "course")
    (root / "labs/1-tiny/lab.toml").write_text("[lab\nnumber = 'one'")
    patch.setattr(cli, "ROOT", root)


def contradictory_manifest(patch: pytest.MonkeyPatch, folder: Path) -> None:
    root = tiny.write(folder / "course")
    tiny.change(root / "labs/1-tiny/lab.toml", "points = 50", "points = 51")
    patch.setattr(cli, "ROOT", root)


def dies(patch: pytest.MonkeyPatch, _: Path) -> None:
    """The emulator does not get far."""
    gone = BootResult(b"", b"", Ending.EMULATOR_FAILED, detail="it was killed")
    patch.setattr(bochs, "run", lambda *_: gone)


def mistake(patch: pytest.MonkeyPatch, _: Path) -> None:
    def wrong(*_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    patch.setattr(grading, "score_lab", wrong)


@pytest.mark.parametrize(
    ("breaks", "words"),
    [
        (no_emulator, "Bochs is not installed"),
        (no_room, "64 MB"),
        (becomes_full, "disk"),
        (corrupt_manifest, "lab.toml"),
        (contradictory_manifest, "lab.toml"),
        (dies, "it was killed"),
        (mistake, "a mistake of ours"),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_it_says_so_and_gives_no_score(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    breaks: Callable[[pytest.MonkeyPatch, Path], None],
    words: str,
) -> None:
    options = [*TESTS, *asked(tmp_path)]
    breaks(monkeypatch, tmp_path)
    if cli.ROOT != ROOT:
        options = asked(tmp_path)
    assert cli.main(options) == 2
    out, err = capfd.readouterr()
    assert out.splitlines()[-1] == "H4-RESULT status=2 score=none"
    assert words in err
    say_so(tmp_path, words)


@pytest.mark.parametrize("name", FORMS)
def test_a_file_that_cannot_be_written_takes_the_others_with_it(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    name: str,
) -> None:
    """One form's disk is full: there is no verdict in the others either."""
    real = os.replace

    def replace(old: str, new: Path) -> None:
        if Path(new).name == name:
            raise FULL
        real(old, new)

    options = asked(tmp_path)
    monkeypatch.setattr(whole_file.os, "replace", replace)
    assert cli.main([*TESTS, *options]) == 2
    out, err = capfd.readouterr()
    assert out.splitlines()[-1] == "H4-RESULT status=2 score=none"
    assert f"{name.upper()}={tmp_path / name}: No space left" in err
    assert not (tmp_path / name).exists()
    # What could be written says so, and nothing half written is left.
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(set(FORMS) - {name})
    for other in set(FORMS) - {name}:
        text = (tmp_path / other).read_text()
        assert not has_score(module_of(other), text)


def test_a_full_standard_output_is_no_verdict(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, ROOT / "grader/grade", *TESTS, *asked(tmp_path)],
            stdout=full, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert done.returncode == 2
    said = set(done.stderr.splitlines())
    assert said == {"grader: standard output: No space left on device"}
    say_so(tmp_path, "No space left on device")


@pytest.mark.parametrize("what", ["folder", "device", "same"])
def test_a_report_goes_into_a_file_of_its_own(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], what: str
) -> None:
    """And what is there and is no file is left alone."""
    options = asked(tmp_path, "junit")
    if what == "same":
        options += ["--json", str(tmp_path / "junit")]
    else:
        path = tmp_path if what == "folder" else Path("/dev/null")
        options += ["--json", str(path)]
    assert cli.main([*TESTS, *options]) == 2
    assert "JSON=" in capfd.readouterr().err
    assert tmp_path.is_dir() and Path("/dev/null").is_char_device()
    assert not (tmp_path / "junit").exists()


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    """Not only where its name is imported first: no file of before may stay."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/junit_xml.py").write_text("import no_such_package\n")
    done = subprocess.run(
        [sys.executable, ROOT / "grader/grade", *TESTS, *asked(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "hidden")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2 and "make deps" in done.stderr
    assert not (tmp_path / "junit").exists()
    for name in set(FORMS) - {"junit"}:
        assert not has_score(module_of(name), (tmp_path / name).read_text())




@pytest.mark.parametrize("name", FORMS)
def test_no_other_file_is_taken_for_a_verdict(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    """A slip of the hand: somebody's source stays; the old verdicts beside it go."""
    options = asked(tmp_path)
    (tmp_path / name).write_text("int mine;\n")
    assert cli.main([*TESTS, *options]) == 2
    words = f"{name.upper()}={tmp_path / name}: is there, and is no verdict"
    assert words in capfd.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "int mine;\n"


def test_two_forms_in_one_file_are_refused(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "both").write_text("int mine;\n")
    both = str(tmp_path / "both")
    assert cli.main([*TESTS, "--json", both, "--gradescope", both]) == 2
    assert "is there, and is no verdict as JSON; it stays" in capfd.readouterr().err
    assert (tmp_path / "both").read_text() == "int mine;\n"


def test_an_empty_file_is_nobodys(tmp_path: Path) -> None:
    """As mktemp makes it."""
    (tmp_path / "empty").touch()
    given = Namespace(**{name: None for name in FORMS} | {"junit": str(tmp_path / "empty")})
    assert reports.Reports.asked(given).files and not (tmp_path / "empty").exists()
