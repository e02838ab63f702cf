# SPDX-License-Identifier: MIT
"""Submissions that are nearly the same: evidence, never proof.

Compared is what each student wrote (class_words.py), by sim_c of Debian's package
similarity-tester: it reads C as tokens, so that other names, comments and spaces make
no difference, and finds the runs of tokens that two texts have in common. The course's
own solution takes part, too.

What students wrote is read by sim_c in a confinement, as all of it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from h4.class_run import OWN, STUDENTS, Runner
from h4.class_sandbox import View, run, run_unconfined
from h4.class_table import Row, cell
from h4.class_worker import GRADED
from h4.class_words import own_lines
from h4.errors import GraderError
from h4.work_folder import work_folder

RUN = 24  # tokens that must follow each other in both
LEAST = 60  # percent of the smaller text from which on a pair is named
# Words of a text: of less, nothing can be said. One function whose calls are given has been
# written by two in 147 words with 58 percent in common.
SMALLEST = 150
# Characters of a text, of which more are not compared: so many times the solution's, and
# these. sim_c takes the square of the time for what repeats itself.
MOST_TIMES, MOST_MORE = 8, 16 << 10
SOLUTION = "(the course's own solution)"
COMMAND = ["/usr/bin/python3", "-m", "h4.class_alike"]
_LINE = re.compile(r"(\d+)\.c consists for (\d+) % of (\d+)\.c material")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Pair:
    """Two names; how much of the first's own words are in the second's, and the other
    way round, in percent."""

    first: str
    second: str
    of_first: int
    of_second: int

    @property
    def degree(self) -> int:
        return max(self.of_first, self.of_second)


def find_pairs(runner: Runner, rows: list[Row], warnings: list[str]) -> list[Pair]:
    """The pairs that have at least LEAST in common, the most alike first. Whom nobody could
    be compared with stands in a line of `warnings`: no submission keeps the others from
    their results."""
    texts = {SOLUTION: _solution(runner)}
    most = MOST_TIMES * len(texts[SOLUTION]) + MOST_MORE
    for row in rows:
        if row.status == GRADED:
            path = runner.plan.out / STUDENTS / row.entry.folder / OWN
            text = path.read_text(encoding="utf-8")
            if len(text) <= most:
                texts[row.entry.name] = text
                continue
            warnings.append(
                f"{row.entry.name} has written {len(text):,} characters, which is more than "
                f"the {most:,} that are compared with others"
            )
    texts = {n: text for n, text in texts.items() if len(_WORD.findall(text)) >= SMALLEST}
    if len(texts) < 2:
        return []
    names = list(texts)
    try:
        shared = in_common(names, _compare(runner, list(texts.values())))
    except GraderError as failure:
        warnings.append(f"nobody was compared with anybody: {failure}")
        return []
    pairs = [
        Pair(one, other, shared.get((one, other), 0), shared.get((other, one), 0))
        for at, one in enumerate(names)
        for other in names[at + 1 :]
    ]
    pairs = [pair for pair in pairs if pair.degree >= LEAST]
    return sorted(pairs, key=lambda p: (-p.degree, -min(p.of_first, p.of_second),
                                        p.first, p.second))  # fmt: skip


def in_common(names: Sequence[str], said: str) -> dict[tuple[str, str], int]:
    """What sim_c said of the texts of these names: how much of the first is in the
    second, in percent; what is not there is little."""
    found = {}
    for one, percent, other in _LINE.findall(said):
        found[names[int(one)], names[int(other)]] = int(percent)
    return found


def _solution(runner: Runner) -> str:
    course = runner.plan.course
    lines: list[str] = []
    for lab in runner.plan.labs:
        for path in lab.exercise_files:
            lines += own_lines(course.solved(path), course.starter(path))
    return "".join(line + "\n" for line in lines)


def _compare(runner: Runner, texts: list[str]) -> str:
    plan = runner.plan
    told = json.dumps(texts).encode()
    if plan.confined:
        view = View(plan.course.root, plan.build)
        ended = run(COMMAND, view, plan.limits, told, runner.over)
    else:
        with work_folder("alike-") as work:
            ended = run_unconfined(
                COMMAND, Path(work), plan.limits, told, plan.course.root, runner.over
            )
    if ended.status or ended.stopped:
        words = ended.stopped or ended.said.strip()[-300:]
        raise GraderError(f"sim_c could not compare the submissions: {words}")
    return ended.output.decode("ascii", "replace")


def as_csv(pairs: Sequence[Pair]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["first", "second", "percent_of_first", "percent_of_second"])
    for p in pairs:
        writer.writerow([cell(p.first), cell(p.second), p.of_first, p.of_second])
    return out.getvalue()


def main() -> int:
    """In the confinement: texts come in, sim_c's words about them go out. A text's name
    is its number."""
    texts = json.load(sys.stdin)
    names = [f"{at}.c" for at in range(len(texts))]
    for name, text in zip(names, texts):
        Path(name).write_text(text, encoding="utf-8", errors="replace")
    # -a -e: each with each, both ways.
    done = subprocess.run(
        ["sim_c", "-a", "-e", "-p", "-s", "-T", "-u", "-r", str(RUN), "-t", "10", "-i"],
        input="".join(name + "\n" for name in names),
        stdout=subprocess.PIPE,
        text=True,
    )
    sys.stdout.write(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
