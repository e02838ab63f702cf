# SPDX-License-Identifier: MIT
"""Draws L4's mapping database, where a machine has told of it: for `make memory`."""

from __future__ import annotations

from pathlib import Path

from h4 import picture_text, tree_svg, tree_text
from h4.tree import Tree
from h4.tree_notes import read_trees
from h4.whole_file import write_text

TREE = "tree"  # what notes about it begin with


def others(notes: list[str]) -> list[str]:
    """The notes that are about something else."""
    return [note for note in notes if not note.startswith(TREE)]


def draw(
    tree: Tree, title: str, path: Path, before: Tree | None = None
) -> None:
    """In the terminal, and as SVG."""
    console = picture_text.console()
    console.print(tree_text.draw(tree, title, before))
    text = tree_svg.draw(tree, title, before, f"h4-{TREE}-{tree.when}")
    write_text(path, text)
    console.print(f"drawn: {path}\n", markup=False)


def draw_boot(notes: list[str], lab: int, path: Path) -> bool:
    """That of the running system, when it had most mappings. False: there was none."""
    tree = read_trees(notes).get("boot")
    if tree is None:
        return False
    draw(tree, f"Who has which memory in lab {lab}, when most was handed on", path)
    return True


def draw_test(notes: list[str], test: str, first: Path, second: Path) -> bool:
    """Those of a test, before it and after it. False: there was none."""
    trees = read_trees(notes)
    before, after = trees.get("before"), trees.get("after")
    if before:
        draw(before, f"Who has which memory before {test}", first)
    if after:
        draw(after, f"Who has which memory after {test}", second, before)
    return bool(before or after)
