# SPDX-License-Identifier: MIT
"""`make soak ONLY=class` and `make bench ONLY=class`: what differs is noticed, and what is
measured is what is said. The class itself takes long and is graded there alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from h4 import class_bench, class_soak
from h4.class_entries import entries
from h4.class_run import STATE, STUDENTS
from h4.errors import GraderError

NAMES = ("cheat-a", "folder", "half-0", "right-tar")


def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str) -> None:
    """A class of four; what is graded in the folder `wrong` comes out otherwise."""

    @contextmanager
    def four(root: Path, size: int | None = None) -> Iterator[Path]:
        for name in NAMES:
            (tmp_path / "in" / name).mkdir(parents=True)
            (tmp_path / "in" / name / "a").write_text(name)
        yield tmp_path

    def graded(root: Path, given: Path, out: Path, jobs: int | None = None) -> None:
        for entry in entries(given):
            folder = out / STUDENTS / entry.folder
            folder.mkdir(parents=True, exist_ok=True)
            harmed = out.name == wrong and entry.name == "half-0"
            (folder / "result.json").write_text("50" if harmed else "100")
            (folder / STATE).write_text(json.dumps({"seconds": 3.0}))
        (out / "results.csv").write_text(f"{len(entries(given))}\n")

    for module in (class_soak, class_bench):
        monkeypatch.setattr(module, "class_of_sixty", four)
        monkeypatch.setattr(module, "graded", graded)
    monkeypatch.setattr(class_soak, "_killed", lambda *_: True)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [("", ""), ("parts", "killed and begun again: students/"),
     ("alone", "the honest ones by themselves: students/")],
)  # fmt: skip
def test_the_soak_sees_what_is_not_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    wrong: str, words: str,
) -> None:  # fmt: skip
    fake(monkeypatch, tmp_path, wrong)
    assert class_soak.soak(tmp_path, 1) == bool(wrong)
    said = capsys.readouterr().out
    assert said.count("the same, byte by byte") == (1 if wrong else 2)
    assert words in said and ("is not the same" in said) == bool(wrong)
    kept = tmp_path / "build/soak/class"
    assert kept.exists() == bool(wrong)
    if wrong:
        (due,) = kept.glob("*/due/students/*/result.json")
        (found,) = kept.glob("*/found/students/*/result.json")
        assert (due.read_text(), found.read_text()) == ("100", "50")


@pytest.mark.parametrize("wrong", ["", "together"])
def test_the_bench_measures_both_ways(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wrong: str
) -> None:
    """Ten seconds for each one by itself, and 25 for all, on two processors."""
    fake(monkeypatch, tmp_path, wrong)
    clock = iter([0.0, 40.0, 100.0, 125.0])
    monkeypatch.setattr(class_bench, "time", SimpleNamespace(
        monotonic=lambda: next(clock), process_time=lambda: 0.0))  # fmt: skip
    monkeypatch.setattr(class_bench, "_children_seconds", lambda: 0.0)

    class One:
        plan = SimpleNamespace(out=tmp_path / "single")

        def prepare(self, jobs: int) -> float:
            return 2.0

        def one(self, entry: object) -> None:
            class_bench.graded(tmp_path, tmp_path / "in", self.plan.out)

    monkeypatch.setattr(class_bench, "_runner", lambda course, out: One())
    monkeypatch.setattr(class_bench, "Course", lambda root: None)
    if wrong:
        with pytest.raises(GraderError, match="what they do not get one by one"):
            class_bench.bench(tmp_path, 2)
        return
    assert class_bench.bench(tmp_path, 2) == {
        "class.submissions": 4, "class.one_by_one_s": 40.0, "class.one_by_one_cpu_s": 12.0,
        "class.together_s": 25.0, "class.together_cpu_s": 14.0, "class.factor": 1.25,
        "class.cpu_factor": 1.167,
    }  # fmt: skip


def test_some_of_the_sixty_are_of_all_kinds() -> None:
    every = [Path(f"{at:02}") for at in range(60)]
    assert sorted(class_soak.spread(every, 4)) == [every[at] for at in (7, 22, 37, 52)]
    assert class_soak.spread(every, 60) == set(every)
    for size in (0, 61):
        with pytest.raises(GraderError, match=f"RUNS={size}: the class has 60"):
            class_soak.spread(every, size)
