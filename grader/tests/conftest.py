# SPDX-License-Identifier: MIT
"""What the tests of the course share, and the line that they end with."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grader"))

from h4.course import Course  # noqa: E402
from h4.stage import StageBuilder  # noqa: E402


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(ROOT)


@pytest.fixture(scope="session")
def builder(course: Course) -> StageBuilder:
    return StageBuilder(course, ROOT / "build")


# Tests that boot many machines, longest first: two processors then end together.
LONG = ("doing_nothing", "mutants_are_killed", "each_test_alone", "test_lab_proofs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def length(item: pytest.Item) -> int:
        return next((n for n, part in enumerate(LONG) if part in item.nodeid), 9)

    items.sort(key=length)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line: `N passed, N failed`."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if hasattr(config, "workerinput") or reporter is None:
        return
    passed = len(reporter.stats.get("passed", []))
    failed = len(reporter.stats.get("failed", [])) + len(
        reporter.stats.get("error", [])
    )
    print(f"{passed} passed, {failed} failed")
