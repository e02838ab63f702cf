# SPDX-License-Identifier: MIT
"""The autograder for Gradescope: its zip file is laid out as the service does it, and
its script grades what was handed in. `setup.sh` is run with tools that install nothing."""

from __future__ import annotations

import json
import os
import subprocess
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT
from test_class_sandbox import confined_only
from test_report_forms import check

from h4 import cli, gradescope, result_gradescope
from h4.course import Course
from h4.errors import GraderError

LAB = 0
DEBIAN_12 = (
    "4CB50190207B4758A3F73A796ED0E7B82643E131",
    "4D64FEC119C2029067D6E791F8D2585B8783D481",
)


class Service:
    """The image that Gradescope makes of the zip file."""

    def __init__(self, base: Path, archive: Path) -> None:
        self.base = base
        with zipfile.ZipFile(archive) as file:
            file.extractall(base / "source")
            for info in file.infolist():  # which zipfile does not do by itself
                (base / "source" / info.filename).chmod(info.external_attr >> 16)
        self.submission = base / "submission"
        self.results = base / "results/results.json"

    def run(self, **env: str) -> SimpleNamespace:
        """Grades; what the service then finds in results.json, if it is there."""
        done = subprocess.run(
            [self.base / "source/run_autograder"], cwd=self.base, text=True,
            capture_output=True, env=os.environ | {"AUTOGRADER": str(self.base), **env},
        )  # fmt: skip
        text = self.results.read_text() if self.results.exists() else ""
        if text:
            check(result_gradescope, text)
        return SimpleNamespace(
            status=done.returncode, said=done.stdout + done.stderr,
            found=json.loads(text) if text else None,
        )  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Service:
    base = tmp_path_factory.mktemp("autograder")
    archive = base / "autograder.zip"
    assert cli.main(["gradescope", "--lab", str(LAB), "--zip", str(archive)]) == 0
    return Service(base, archive)


def hand_in(course: Course, service: Service, inside: str = "") -> Path:
    """The right exercise files of the lab, in this folder of what is handed in."""
    if service.submission.exists():
        service.submission.rename(service.base / f"old{len(os.listdir(service.base))}")
    for path in course.lab(LAB).exercise_files:
        file = service.submission / inside / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(course.solved(path))
    return service.submission / inside


def test_what_is_in_it(service: Service) -> None:
    source = service.base / "source"
    for script in ("setup.sh", "run_autograder", "h4/grader/grade", "h4/grader/deps"):
        assert os.access(source / script, os.X_OK), script
        assert (source / script).read_text().startswith("#!/")
    assert "@" not in (source / "run_autograder").read_text()
    assert (source / gradescope.KEYS.name).read_bytes() == gradescope.KEYS.read_bytes()
    names = {str(p.relative_to(source)) for p in source.rglob("*")}
    assert not [name for name in names if "/tests/" in name or "/build/" in name]
    # The same course makes the same file.
    words = "--lab 0 --base own"
    first = gradescope.archive(ROOT, words)
    assert first == gradescope.archive(ROOT, words)
    assert first == (service.base / "autograder.zip").read_bytes()


@pytest.mark.parametrize("script", ["setup.sh", "run_autograder"])
def test_scripts_are_of_the_plain_shell(service: Service, script: str) -> None:
    done = subprocess.run(["dash", "-n", service.base / "source" / script])
    assert done.returncode == 0


# In place of what installs packages: each call is written down, and debootstrap makes its
# folder. One that is to fail does.
TOOL = """#!/bin/sh
echo "${0##*/} $*" >> "$LOG"
[ "${0##*/}" != "$FAILS" ] || exit 7
[ "${0##*/}" != debootstrap ] || mkdir -p "$4"
"""
UBUNTU = 'ID=ubuntu\nVERSION_ID="22.04"\n'
DEBIAN = 'ID=debian\nVERSION_ID="12"\n'


def set_up(tmp_path: Path, system: str, fails: str = "") -> tuple[int, list[str], Path]:
    """Runs setup.sh on a machine that says to be this system: its status, what it called,
    and the autograder's folder."""
    base, tools, log = tmp_path / "autograder", tmp_path / "tools", tmp_path / "log"
    deps = base / "source/h4/grader/deps"
    for path in (*(tools / n for n in ("apt-get", "debootstrap", "chroot")), deps):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TOOL)
        path.chmod(0o755)
    (tmp_path / "os-release").write_text(system)
    log.touch()
    script = ROOT / "grader/gradescope/setup.sh"
    release = Path("/etc/os-release").resolve()
    done = subprocess.run(
        ["bwrap", "--ro-bind", "/", "/", "--bind", tmp_path, tmp_path,
         "--ro-bind", tmp_path / "os-release", release, "--", "sh", script],
        env={"PATH": f"{tools}:/usr/bin:/bin", "AUTOGRADER": str(base), "LOG": str(log),
             "FAILS": fails, "MIRROR": "http://mirror.invalid/debian"},
        capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, log.read_text().splitlines(), base


@confined_only
def test_it_is_set_up_below_another_system(tmp_path: Path) -> None:
    status, calls, base = set_up(tmp_path, UBUNTU)
    debian = base / "debian"
    assert status == 0 and calls == [
        "apt-get update",
        "apt-get install -y --no-install-recommends debootstrap gpgv",
        f"debootstrap --variant=minbase --keyring={base}/source/{gradescope.KEYS.name}"
        f" bookworm {debian} http://mirror.invalid/debian",
        f"chroot {debian} apt-get update",
        f"chroot {debian} /h4/grader/deps install grading",
        f"chroot {debian} apt-get clean",
    ]
    # Where run_autograder looks for it.
    assert (debian / "h4/grader/deps").is_file() and not (base / "source/h4").exists()


@confined_only
def test_it_is_set_up_on_debian(tmp_path: Path) -> None:
    status, calls, base = set_up(tmp_path, DEBIAN)
    assert (status, calls) == (0, ["apt-get update", "deps install grading"])
    assert not (base / "debian").exists()


@confined_only
@pytest.mark.parametrize(
    ("system", "fails"),
    [(UBUNTU, "apt-get"), (UBUNTU, "debootstrap"), (UBUNTU, "chroot"), (DEBIAN, "deps"),
     (DEBIAN.replace("12", "13"), "debootstrap")],
)  # fmt: skip
def test_a_setup_that_fails_says_so(tmp_path: Path, system: str, fails: str) -> None:
    """The service then makes no image; nothing comes after the call that failed."""
    status, calls, _ = set_up(tmp_path, system, fails)
    assert status == 7 and calls[-1].startswith(f"{fails} ")


@pytest.mark.parametrize("inside", ["", "h4-main/"], ids=["flat", "in-a-folder"])
def test_it_grades_what_was_handed_in(
    course: Course, service: Service, inside: str
) -> None:
    hand_in(course, service, inside)
    done = service.run()
    assert done.status == 0, done.said
    assert done.found["score"] == 100
    assert {test["status"] for test in done.found["tests"]} == {"passed"}


def test_less_than_full_marks_is_a_verdict_too(course: Course, service: Service) -> None:
    tree = hand_in(course, service)
    (tree / "kernel/serial.c").write_text("this is not C;\n")
    done = service.run()
    assert done.status == 0, done.said
    lost = [test for test in done.found["tests"] if test["status"] == "failed"]
    assert 0 < done.found["score"] < 100
    assert "this is not C" in "".join(test["output"] for test in lost)


def test_the_solutions_beside_it_cannot_be_handed_in(
    course: Course, service: Service
) -> None:
    """A link is not followed, be it the whole of what was handed in."""
    hand_in(course, service)
    service.submission.rename(service.base / "aside")
    service.submission.mkdir()
    (service.submission / "mine").symlink_to(service.base / "source/h4")
    (service.submission / "kernel").symlink_to(service.base / "source/h4/kernel")
    done = service.run()
    assert done.status == 0, done.said
    assert done.found["score"] == 0
    (service.submission / "kernel").unlink()
    done = service.run()
    assert done.status == 0 and done.found["score"] == 0


def test_nothing_handed_in_is_nothing_done(service: Service, course: Course) -> None:
    hand_in(course, service)
    service.submission.rename(service.base / "other")
    service.submission.mkdir()
    done = service.run()
    assert done.status == 0, done.said
    assert done.found["score"] == 0 and "empty folder" in done.said


def test_a_broken_grader_gives_no_score(course: Course, service: Service) -> None:
    hand_in(course, service)
    assert service.run().found["score"] == 100
    manifest = service.base / "source/h4/labs/0-boot/lab.toml"
    text = manifest.read_text()
    manifest.write_text(text.replace("points = ", "points = 1", 1))
    try:
        done = service.run()
    finally:
        manifest.write_text(text)
    assert done.status == 2 and "lab.toml" in done.said
    assert done.found == json.loads(result_gradescope.failed(""))


def test_the_keys_that_sign_debian_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradescope, "KEYS", Path("/nowhere/keys.gpg"))
    with pytest.raises(GraderError, match="/nowhere/keys.gpg is not there"):
        gradescope.archive(ROOT, "")


def test_the_keys_are_those_of_debian_12(service: Service) -> None:
    """Two of those that sign its releases, by their fingerprints, which are in them."""
    keys = (service.base / "source" / gradescope.KEYS.name).read_bytes()
    for key in DEBIAN_12:
        assert bytes.fromhex(key) in keys


@pytest.mark.parametrize("lab", ["", "77", "0; id"])
def test_it_is_for_a_lab(tmp_path: Path, capfd: pytest.CaptureFixture[str], lab: str) -> None:
    wanted = ["--lab", lab] if lab else []
    assert cli.main(["gradescope", *wanted, "--zip", str(tmp_path / "a.zip")]) == 2
    assert f"LAB={lab}: an autograder is for" in capfd.readouterr().err
    assert not (tmp_path / "a.zip").exists()
