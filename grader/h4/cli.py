# SPDX-License-Identifier: MIT
"""The command line: `grader/grade [COMMAND] [OPTIONS]`, `grade` if none is named.

Statuses of `grade`: 0 full marks, 1 less, 2 the grader itself failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from h4.errors import GraderError
from h4.host_trouble import left_behind, trouble

ROOT = Path(__file__).resolve().parents[2]
FAILED = 2

# The module that carries out each command: function `main(root, options)`, and
# `options(parser)` that declares what it takes. Those that a student's tree
# does not have are left out there.
COMMANDS = {
    "grade": ("h4.grading", "grade labs and print the verdict"),
    "watch": ("h4.watch", "grade again whenever an exercise is saved"),
    "progress": ("h4.progress", "show what is done, in points and hours"),
    "run": ("h4.running", "boot a stage and show what it prints"),
    "debug": ("h4.debugging", "open a stage in a debugger"),
    "memory": ("h4.memory", "draw the picture of physical memory"),
    "check-client": ("h4.confinement", "check that a client keeps to the H interface"),
    "hint": ("h4.hints", "print the next hint of an exercise"),
    "update": ("h4.update", "merge the course's newest release"),
    "autograde": ("h4.autograde", "grade what a service was handed in"),
    "gradescope": ("h4.gradescope", "write the zip file of an autograder"),
    "student": ("h4.student", "write or renew a student's tree"),
    "class": ("h4.class_command", "grade a folder of submissions"),
    "new-exercise": ("h4.new_exercise", "write the skeleton of an exercise"),
    "lint-labs": ("h4.lint", "do manifests, handouts, tests and mutants agree?"),
    "mutants": ("h4.mutants", "prove that the tests see every mistake"),
    "mutants-auto": ("h4.auto_command", "mistakes made by rule, and who sees them"),
    "bench": ("h4.bench", "measure operations of H, boots and verdicts"),
    "size": ("h4.size", "count lines to be trusted, and the kernel's memory"),
    "fuzz-l4": ("h4.fuzz_l4", "hostile programs on the whole system"),
    "soak": ("h4.soak", "repeat the verdict under load"),
    "docs": ("h4.docs", "make a site and a PDF of the handouts"),
    "compile-commands": ("h4.compile_commands", "write compile_commands.json"),
}


def parser(root: Path, chosen: str) -> argparse.ArgumentParser:
    """The parser, with the commands that this tree has. Only the module of the
    chosen one is read: a mistake in another does not matter to it."""
    top = argparse.ArgumentParser(prog="grader/grade", description=__doc__)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, words) in COMMANDS.items():
        if (root / "grader" / (module.replace(".", "/") + ".py")).exists():
            sub = commands.add_parser(name, help=words, description=words)
            if name == chosen:
                code = import_module(module)
                code.options(sub)
                sub.set_defaults(main=code.main)
    return top


def main(arguments: Sequence[str]) -> int:
    """Runs one command and returns the status for the shell."""
    words = list(arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")):
        words.insert(0, "grade")
    try:
        status = _status(words)
        sys.stdout.flush()  # here, where it can still be said that nobody reads
        return status
    except OSError as failure:
        # Whoever reads the report may have read enough; else the disk is full.
        if not isinstance(failure, BrokenPipeError):
            _say(failure)
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def _say(failure: OSError) -> None:
    """What a user can do about it; else where it was."""
    lines = trouble(failure, ROOT)
    if not lines:
        traceback.print_exc()
        lines = [f"{failure.filename or 'standard output'}: {failure.strerror}"]
    for line in lines:
        print(f"grader: {line}", file=sys.stderr)


def _status(words: list[str]) -> int:
    """The command's status; everything that goes wrong is said in words."""
    try:
        options = parser(ROOT, words[0]).parse_args(words)
        if reason := left_behind(ROOT):
            raise GraderError(reason)
        return int(options.main(ROOT, options))
    except SystemExit as end:  # argparse has said what is wrong, or has helped
        if end.code in (0, None):
            return 0
    except ImportError as missing:
        print(f"grader: {missing}; `make deps` installs it", file=sys.stderr)
    except GraderError as failure:
        print(f"grader: {failure}", file=sys.stderr)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        print("grader: interrupted", file=sys.stderr)
    except OSError as failure:
        _say(failure)
    except Exception:  # a mistake in the grader must never look like a verdict
        traceback.print_exc()
        print("grader: a mistake in the grader itself, see above", file=sys.stderr)
    if words[0] == "grade":
        print(f"H4-RESULT status={FAILED} score=none")
    return FAILED
