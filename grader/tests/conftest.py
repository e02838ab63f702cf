# SPDX-License-Identifier: MIT
"""What the tests of the course share, and the line that they end with."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "grader"))

from h4.course import Course  # noqa: E402
from h4.partial_links import PartialLinks  # noqa: E402
from h4.stage import StageBuilder  # noqa: E402


@pytest.fixture(scope="session")
def course() -> Course:
    return Course(ROOT)


@pytest.fixture(scope="session")
def builder(course: Course) -> StageBuilder:
    return StageBuilder(course, ROOT / "build")


@pytest.fixture(scope="session")
def variants(course: Course) -> StageBuilder:
    """For the many stages that differ in one file: they are not built as verdicts' are."""
    return PartialLinks(course, ROOT / "build")


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """For the pages of one file's tests; those of others do without selenium."""
    import chromium

    driver = chromium.start()
    yield driver
    driver.quit()


# Tests that take long, most of them as they boot many machines; longest first.
LONG = (
    "static_analysis", "host_tests", "mutants_are_killed", "doing_nothing",
    "each_test_alone", "test_lab_proofs", "test_release", "test_hostile_programs",
    "test_bench_l4", "test_class.py", "test_docs", "mistakes_are_seen",
)  # fmt: skip
# Of these each process would make again what their tests share: one gets them all.
TOGETHER = (
    "test_release", "test_hostile_programs", "test_bench_l4", "test_class.py", "test_docs",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deals the long tests out to the processes, so that they end together.

    xdist begins by giving each process a run of tests, a quarter of its part of all.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = [i for part in LONG for i in items if part in i.nodeid]
    long = list(dict.fromkeys(long))
    short = [item for item in items if item not in set(long)]
    share = max(2, len(items) // workers // 4)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    taker: dict[str, int] = {}  # who has the tests that belong together
    for at, item in enumerate(long):
        part = next((part for part in TOGETHER if part in item.nodeid), item.nodeid)
        hand = hands[taker.setdefault(part, at % workers)]
        if len(hand) < share:
            hand.append(item)
    for hand in hands:
        missing = share - len(hand)
        hand += short[:missing]
        del short[:missing]
    dealt = [item for hand in hands for item in hand]
    items[:] = dealt + [i for i in long if i not in set(dealt)] + short


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
