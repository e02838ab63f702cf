# SPDX-License-Identifier: MIT
"""`make update`: merges the course's newest release into the student's work.

It refuses wherever a merge could lose something or would be hard to undo, and
says what to do instead.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from h4.errors import GraderError
from h4.git import COURSE, MAIN, Git, identity, said
from h4.released import HIDDEN

REMOTE = "origin"
_NO_SUCH_BRANCH = 2  # status of ls-remote --exit-code
_SHOWN = 20
_UNFINISHED = {
    "MERGE_HEAD": ("merge", "git commit", "git merge --abort"),
    "CHERRY_PICK_HEAD": (
        "cherry-pick", "git cherry-pick --continue", "git cherry-pick --abort",
    ),
    "REVERT_HEAD": ("revert", "git revert --continue", "git revert --abort"),
    "rebase-merge": ("rebase", "git rebase --continue", "git rebase --abort"),
    "rebase-apply": ("rebase", "git rebase --continue", "git rebase --abort"),
}  # fmt: skip


def update(tree: Path) -> str:
    """Merges the newest release; what happened, in words.

    Raises GraderError where nothing was merged, or where the merge stopped at
    conflicts that the student has to decide.
    """
    git = Git(tree, own_config=True)
    branch = _branch(git)
    _check_ready(git)
    source, words = _source(git)
    before, after = release_in(git, "HEAD"), release_in(git, source)
    if git.asks("merge-base", "--is-ancestor", source, "HEAD") is not None:
        return f"Nothing to merge: {branch} has release {before}, {words}."
    base = git.asks("merge-base", "HEAD", source)
    if base is None:
        raise GraderError(
            f"the branch {branch} and the course ({source}) have no commit in common, "
            "so they cannot be merged: this is not a tree of this course"
        )
    _merge(git, source, branch, after)
    given = git("diff", "--name-only", base, source, "--", f":!{HIDDEN}").split("\n")
    lines = [f"Release {after} of the course is merged into {branch}"]
    lines[0] += f" (before: release {before})." if before != after else "."
    if given != [""]:
        lines += ["What the course changed:", *(f"  {name}" for name in given[:_SHOWN])]
    if len(given) > _SHOWN:
        lines.append(f"  and {len(given) - _SHOWN} more files")
    return "\n".join(lines)


def _branch(git: Git) -> str:
    if not (git.tree / ".git").exists():
        raise GraderError(
            f"{git.tree} is not a git repository, and releases come through git. A "
            "copy without .git cannot be updated; clone your repository instead"
        )
    git("rev-parse", "--git-dir")  # says why, where git will not work in it
    branch = git.asks("symbolic-ref", "--short", "-q", "HEAD")
    if not branch:
        raise GraderError(
            "you are not on a branch (HEAD is detached), so the merge would be lost; "
            f"`git switch {MAIN}` goes back to your work"
        )
    if branch == COURSE:
        raise GraderError(
            f"you are on the branch `{COURSE}`, which belongs to the releases; "
            f"`git switch {MAIN}` goes back to your work"
        )
    if git.asks("rev-parse", "-q", "--verify", "HEAD^{commit}") is None:
        raise GraderError(f"the branch {branch} has no commit yet")
    return branch


def _check_ready(git: Git) -> None:
    for name, (what, go_on, stop) in _UNFINISHED.items():
        if Path(git.tree, git("rev-parse", "--git-path", name)).exists():
            raise GraderError(
                f"a {what} is not finished yet. Finish it (`git status` tells what is "
                f"left, then `{go_on}`) or give it up (`{stop}`), then `make update`"
            )
    changes = git("status", "--porcelain", "--untracked-files=no").split("\n")
    if changes != [""]:
        raise GraderError(
            "there are changes that are not committed:\n"
            + "\n".join(f"  {line}" for line in changes[:_SHOWN])
            + "\nCommit them first, so that nothing can be lost: "
            "`git commit -a -m 'My work so far'`,\nthen `make update` again"
        )


def _source(git: Git) -> tuple[str, str]:
    """The commit of the newest release, and where that is known from."""
    if REMOTE in git("remote").split():
        done = git.run("ls-remote", "--exit-code", REMOTE, f"refs/heads/{COURSE}")
        if done.returncode == 0:
            tracked = f"refs/remotes/{REMOTE}/{COURSE}"
            git("fetch", "-q", REMOTE, f"+refs/heads/{COURSE}:{tracked}")
            return tracked, f"the newest of {REMOTE}"
        if done.returncode != _NO_SUCH_BRANCH:
            raise GraderError(
                f"the remote `{REMOTE}` does not answer:\n{said(done)}\nYour tree is "
                "as it was; try again when it can be reached"
            )
    if git.asks("rev-parse", "-q", "--verify", f"refs/heads/{COURSE}") is None:
        raise GraderError(
            f"there is no branch `{COURSE}`, neither here nor in a remote called "
            f"{REMOTE}: it is where releases come from. `git remote add {REMOTE} URL` "
            "names the course's repository"
        )
    return f"refs/heads/{COURSE}", f"the newest of the branch `{COURSE}`"


def release_in(git: Git, commit: str) -> str:
    """The number of the release that a commit holds."""
    text = git.asks("show", f"{commit}:{HIDDEN}/release.json")
    try:
        return str(json.loads(text or "")["release"])
    except (ValueError, KeyError, TypeError):
        return "of unknown number"


def _merge(git: Git, source: str, branch: str, release: str) -> None:
    env = {}
    known = ("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    if git.asks(*known) is None:
        env = identity("Student", "student@h4.invalid")
    # Each option answers one that a configuration may set.
    done = git.run(
        "merge", "--ff", "--commit", "--no-edit", "--no-squash", "--no-verify",
        "--no-gpg-sign", "--no-verify-signatures", "--no-autostash", "--no-stat",
        "--strategy=ort", "-m", f"Merge release {release} of the course", source,
        env=env,
    )  # fmt: skip
    if done.returncode == 0:
        return
    conflicts = git.asks("diff", "--name-only", "--diff-filter=U")
    if not conflicts:
        raise GraderError(
            f"git would not merge release {release}; your tree is as it was:\n"
            + said(done)
        )
    raise GraderError(
        f"release {release} and your work have changed the same lines of:\n"
        + "\n".join(f"  {name}" for name in conflicts.split("\n"))
        + "\nBoth versions stand in these files, between <<<<<<< (yours) and >>>>>>> "
        "(the course's).\nKeep what is right, take the three marker lines out, then "
        "`git add` the files and `git commit`.\nTo go back to where you were: "
        "`git merge --abort`. Nothing of yours is lost either way"
    )


def options(parser: argparse.ArgumentParser) -> None:
    del parser  # nothing to choose


def main(root: Path, given: argparse.Namespace) -> int:
    del given
    print(update(root))
    return 0
