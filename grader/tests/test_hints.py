# SPDX-License-Identifier: MIT
"""`make hint`: one at a time, and never lost for good."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tiny

from h4.errors import GraderError
from h4.hints import STATE, next_hint


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return tiny.write(tmp_path)


def test_the_hints_come_one_after_another(tree: Path) -> None:
    first = next_hint(tree, "1.1")
    assert "Hint 1 of 3 for exercise 1.1 (Doubling)" in first
    assert "Twice is once and once more." in first
    assert "needed" not in first and "make hint EX=1.1" in first
    second = next_hint(tree, "1.1")
    assert "Hint 2 of 3" in second and "  No loop is\n  needed." in second
    third = next_hint(tree, "1.1")
    assert "Hint 3 of 3" in third and "handouts/1-tiny.md#11-doubling" in third
    for _ in range(2):
        after = next_hint(tree, "1.1")
        assert "all 3 hints" in after and "handouts/1-tiny.md#11-doubling" in after
        assert "AGAIN=1" in after and "One line" not in after


def test_each_exercise_has_its_own_count(tree: Path) -> None:
    next_hint(tree, "1.1")
    assert "Hint 1 of 3" in next_hint(tree, "1.2")
    assert "Hint 2 of 3" in next_hint(tree, "1.1")


def test_again_shows_what_was_seen_and_no_more(tree: Path) -> None:
    assert "not seen a hint" in next_hint(tree, "1.1", again=True)
    assert not (tree / STATE).exists()
    next_hint(tree, "1.1")
    next_hint(tree, "1.1")
    before = (tree / STATE).read_bytes()
    again = next_hint(tree, "1.1", again=True)
    assert "Hint 1 of 3" in again and "Hint 2 of 3" in again
    assert "One line" not in again
    assert (tree / STATE).read_bytes() == before
    assert "Hint 3 of 3" in next_hint(tree, "1.1")
    assert "These are all" in next_hint(tree, "1.1", again=True)


DAMAGED = [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b'"1.1"', b"[" * 100000,
    b'{"1.1": "2"}', b'{"1.1": true}', b'{"1.1": 99}', b'{"1.1": -1}', b'{"1.1": 1.5}',
]  # fmt: skip


@pytest.mark.parametrize("state", DAMAGED, ids=lambda state: repr(state[:20]))
def test_a_damaged_state_begins_again(tree: Path, state: bytes) -> None:
    (tree / STATE).write_bytes(state)
    assert "Hint 1 of 3" in next_hint(tree, "1.1")
    assert json.loads((tree / STATE).read_text()) == {"1.1": 1}


def test_nothing_is_left_beside_the_state(tree: Path) -> None:
    next_hint(tree, "1.1")
    assert [p.name for p in tree.iterdir() if p.name.startswith(".")] == [STATE]


def test_a_state_that_cannot_be_written(tree: Path) -> None:
    (tree / STATE).mkdir()
    with pytest.raises(GraderError, match="cannot be written"):
        next_hint(tree, "1.1")
    assert [p.name for p in tree.iterdir() if p.name.startswith(".")] == [STATE]


def test_an_unknown_exercise_is_answered_with_a_list(tree: Path) -> None:
    with pytest.raises(GraderError, match=r"(?s)no exercise 1\.9.*1\.1  Doubling"):
        next_hint(tree, "1.9")
    with pytest.raises(GraderError, match=r"(?s)which exercise.*1\.3  Next"):
        next_hint(tree, "")
    with pytest.raises(GraderError, match="is not an exercise"):
        next_hint(tree, "first")
