# SPDX-License-Identifier: MIT
"""Submissions in every form, good ones and such as nobody should have to read."""

from __future__ import annotations

import gzip
import io
import os
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

Files = dict[str, bytes]
PIECE = 8  # megabytes of a bomb that are compressed once
MANY = 20_001  # files
WHEN = 1_790_000_000  # all files' time, to the second


def tree(folder: Path, files: Files) -> Path:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
        os.utime(folder / path, (WHEN, WHEN))
    return folder


def tar(file: Path, files: Files, *odd: tarfile.TarInfo) -> Path:
    """Compressed as its name says; `odd` are members besides."""
    ending = file.name.rpartition(".")[2].replace("tgz", "gz")
    mode = "w:" + (ending if ending in ("gz", "bz2", "xz") else "")
    with tarfile.open(file, mode) as out:  # type: ignore[call-overload]
        for path, text in files.items():
            out.addfile(member(path, size=len(text)), io.BytesIO(text))
        for one in odd:
            content = io.BytesIO(b"x" * one.size) if one.isreg() else None
            out.addfile(one, content)
    return file


def member(name: str, kind: bytes = tarfile.REGTYPE, to: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size, info.mtime = kind, to, size, WHEN
    return info


def zipped(file: Path, files: Files, **odd: str) -> Path:
    """odd: `name` of a member besides, `link` makes it a link."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for path, text in files.items():
            out.writestr(zipfile.ZipInfo(path, (2026, 9, 21, 14, 0, 0)), text)
        if odd:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = odd["name"]
            info.external_attr = (0o120777 if "link" in odd else 0o100644) << 16
            out.writestr(info, odd.get("link", "x"))
    return file


def git(tree: Path, *words: str) -> None:
    """git as somebody without any configuration runs it, at WHEN."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_COMMITTER_DATE": f"{WHEN} +0000"}
    me = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    subprocess.run(["git", "-C", tree, *me, *words], env=env, check=True)


def repository(folder: Path, files: Files, bare: bool = False) -> Path:
    """One commit, at WHEN."""
    source = folder.with_name(folder.name + ".source") if bare else folder
    tree(source, files)
    git(source, "init", "-q", "-b", "work")
    git(source, "add", "-A", "-f")
    git(source, "commit", "-q", "-m", "Work")
    if bare:
        git(folder.parent, "clone", "-q", "--bare", str(source), str(folder))
    return folder


def commit_again(folder: Path, change: Callable[[str], str]) -> None:
    """Another commit in the last one's place, whose text is changed."""
    def asked(text: str, *words: str) -> str:
        command = ["git", "-C", str(folder), *words]
        return subprocess.run(
            command, input=text, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    text = change(asked("", "cat-file", "commit", "HEAD"))
    name = asked(text, "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
    git(folder, "update-ref", "HEAD", name.strip())


def bomb(file: Path, megabytes: int) -> Path:
    """A small file that unpacks to a large one."""
    size = PIECE << 20
    head = member("h4/kernel/zeros.c", size=megabytes << 20).tobuf()
    zeros = gzip.compress(bytes(size))
    file.write_bytes(gzip.compress(head) + zeros * (megabytes // PIECE + 1))
    return file


def many(file: Path, count: int) -> Path:
    with tarfile.open(file, "w:gz") as out:
        for at in range(count):
            out.addfile(member(f"h4/{at}"))
    return file


def lying_zip(file: Path, files: Files) -> Path:
    """Its list of files says that each has four bytes."""
    zipped(file, files)
    data = bytearray(file.read_bytes())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        struct.pack_into("<I", data, at + 24, 4)
        at = data.find(b"PK\x01\x02", at + 4)
    file.write_bytes(bytes(data))
    return file


def cut(file: Path, share: float) -> Path:
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    return file


# By name: what is made of good files, at a path that is given without ending, and words of
# the reason why that gets no score.
Broken = tuple[Callable[[Path, Files], Path], str]


def at(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


BROKEN: dict[str, Broken] = {
    "absolute": (lambda p, f: tar(at(p, ".tar"), f, member("/etc/x", size=1)), "absolute path '/etc/x'"),
    "absolute-zip": (lambda p, f: zipped(at(p, ".zip"), f, name="/x.c"), "absolute path '/x.c'"),
    "backslash": (lambda p, f: zipped(at(p, ".zip"), f, name="..\\x.c"), "path '..\\\\x.c'"),
    "bomb": (lambda p, f: bomb(at(p, ".tgz"), 600), "unpacks to more than"),
    "cut-gz": (lambda p, f: cut(tar(at(p, ".tar.gz"), f), 0.5), "broken tar file"),
    "cut-zip": (lambda p, f: cut(zipped(at(p, ".zip"), f), 0.5), "broken zip file"),
    "device": (lambda p, f: tar(at(p, ".tar"), f, member("h4/null", tarfile.CHRTYPE)), "no plain file"),
    "empty-file": (lambda p, f: tree(p.parent, {p.name: b""}) / p.name, "an empty file"),
    "empty-folder": (lambda p, f: p.mkdir() or p, "is an empty folder"),
    "empty-tar": (lambda p, f: tar(at(p, ".tar"), {}), "neither a tar"),
    "empty-zip": (lambda p, f: zipped(at(p, ".zip"), {}), "none of the course's"),
    "hard-link": (lambda p, f: tar(at(p, ".tar"), f, member("h4/x", tarfile.LNKTYPE, "h4/y")), "a link, 'h4/x'"),
    "link": (lambda p, f: tar(at(p, ".tar.xz"), f, member("h4/x", tarfile.SYMTYPE, "/etc")), "a link, 'h4/x'"),
    "link-zip": (lambda p, f: zipped(at(p, ".zip"), f, name="h4/x", link="/etc"), "a link, 'h4/x'"),
    "long-path": (lambda p, f: tar(at(p, ".tar"), f, member("a/" * 600 + "x", size=1)), "path of 1201 characters"),
    "lying-zip": (lambda p, f: lying_zip(at(p, ".zip"), f), "broken zip file"),
    "many-files": (lambda p, f: many(at(p, ".tgz"), MANY), "more than"),
    "no-commit": (lambda p, f: git(tree(p, f), "init", "-q") or p, "without a commit"),
    "nothing-of-ours": (lambda p, f: tree(p, {"essay.c": b"int x;\n"}), "none of the course's"),
    "pipe": (lambda p, f: tar(at(p, ".tar"), f, member("h4/x", tarfile.FIFOTYPE)), "no plain file"),
    "text": (lambda p, f: tree(p.parent, {p.name: b"Here it is.\n"}) / p.name, "neither a tar"),
    "twice": (lambda p, f: tar(at(p, ".tar.bz2"), f, member(next(iter(f)), size=1)), "twice"),
    "two-trees": (
        lambda p, f: tree(p, {f"{where}/{path}": text for path, text in f.items() for where in "ab"}),
        "2 trees",
    ),
    "up": (lambda p, f: tar(at(p, ".tar"), f, member("h4/../../x", size=1)), "leads out of it"),
    "up-zip": (lambda p, f: zipped(at(p, ".zip"), f, name="../x.c"), "leads out of it"),
}  # fmt: skip
