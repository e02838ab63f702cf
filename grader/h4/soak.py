# SPDX-License-Identifier: MIT
"""`make soak`: the same submission, graded again and again under load, gets the
same verdict and byte-identical serial logs."""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from h4.errors import GraderError
from h4.load import busy

RUNS = 50


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--lab", default="all")
    parser.add_argument("--submission", metavar="DIR", help="another tree")


def one_run(root: Path, lab: str, submission: str | None, out: Path) -> str:
    """Grades once; a digest of the verdict and of every serial log."""
    more = ["--submission", submission] if submission else []
    done = subprocess.run(
        [
            sys.executable, str(root / "grader/grade"), "grade", "--lab", lab,
            "--json", str(out / "result.json"), "--logs", str(out / "logs"), *more,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    if done.returncode not in (0, 1):
        raise GraderError(f"a run failed:\n{done.stdout}")
    digest = hashlib.sha256((out / "result.json").read_bytes())
    for log in sorted((out / "logs").glob("*.com?")):
        digest.update(log.name.encode() + b"\0" + log.read_bytes())
    return digest.hexdigest()


def main(root: Path, given: argparse.Namespace) -> int:
    if given.runs < 1:
        raise GraderError(f"RUNS={given.runs}: at least one")
    seen: Counter[str] = Counter()
    with busy():
        for at in range(given.runs):
            with tempfile.TemporaryDirectory(prefix="h4-soak-") as out:
                seen[one_run(root, given.lab, given.submission, Path(out))] += 1
            print(f"\rrun {at + 1} of {given.runs}", end="", flush=True)
    same = seen.most_common(1)[0][1]
    print(
        f"\r{same} of {given.runs} runs under load gave the same verdict and "
        "byte-identical serial logs"
    )
    return 0 if same == given.runs else 1
