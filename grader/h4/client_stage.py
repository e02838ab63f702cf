# SPDX-License-Identifier: MIT
"""A client's sources in a tree of their own, with H's public headers beside them
and nothing else: what a client includes is found there or not at all."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from h4.build import (
    CLIENT_ERRORS,
    CLIENT_ERRORS_OF,
    CLIENT_FLAGS,
    DEBUG,
    WARNINGS,
)
from h4.client_rules import FOR_L4, FREESTANDING, PUBLIC, Finding
from h4.client_text import read_preprocessed, written
from h4.compiling import dialect, own_headers, run_tool
from h4.errors import GraderError
from h4.laying import CLIENT_INCLUDE, public_headers
from h4.submission import Refused, read

_TEXTS = (".md", ".txt")
_NAME = re.compile(r"[\w.-]+")
_MESSAGE = re.compile(r"([^\s:]+):(\d+):(?:\d+:)? (?:fatal )?error: (.*)")
_FROM = re.compile(r"\bfrom ([^\s:]+):(\d+)")
_NOT_FOUND = re.compile(
    r"'?([^\s:']+)'?(?:: No such file or directory| file not found)"
)


# Objects of this run, by compiler, path and preprocessed text.
_compiled: dict[tuple[str, str, bytes], bytes] = {}


@dataclass(frozen=True)
class Client:
    """What is checked as one: all that lies in some folders of a tree."""

    root: Path
    folders: tuple[str, ...]
    without: frozenset[str] = frozenset()  # files of other stages
    l4: bool = False

    @property
    def headers(self) -> dict[str, Path]:
        """What its parts may include by name, beside H's public headers."""
        return public_headers(self.root, "l4") if self.l4 else {}


@dataclass
class ClientStage:
    """A tree in which a client is taken apart."""

    tree: Path
    compiler: str
    sources: list[str] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, file: str, line: int, rule: str, text: str) -> None:
        self.findings.append(Finding(file, line, rule, text))

    def lay_out(self, client: Client, headers: dict[str, Path]) -> None:
        """Copies a client, and the public headers."""
        for name, path in headers.items():
            self._write(f"{CLIENT_INCLUDE}/{name}", path.read_bytes())
        lines = "".join(f"#include <{name}>\n" for name in headers)
        self._write(PUBLIC, (lines + (FOR_L4 if client.l4 else "")).encode())
        for folder in client.folders:
            self._copy(client, folder)

    def _copy(self, client: Client, folder: str) -> None:
        root = client.root
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root).as_posix()
            inside = file.relative_to(root / folder).parts
            if inside[0] == "tests" or (file.is_dir() and not file.is_symlink()):
                continue  # tests run on the host, and are no part of the client
            if path in client.without:
                continue
            if not all(_NAME.fullmatch(part) for part in path.split("/")):
                self.find(path, 0, "file", "a name has letters, digits and . _ -")
            elif file.suffix in (".c", ".h"):
                try:
                    self._write(path, read(root, path))
                except Refused as reason:
                    self.find(path, 0, "file", f"it {reason}")
                    continue
                kind = self.sources if file.suffix == ".c" else self.headers
                kind.append(path)
                if path in client.headers:
                    self._write(f"{CLIENT_INCLUDE}/{path}", read(root, path))
            elif file.suffix not in _TEXTS:
                self.find(path, 0, "file", "it is neither a C source nor a header")

    def _write(self, path: str, content: bytes) -> None:
        target = self.tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)

    def _compile(self, path: str, arguments: list[str]) -> bool:
        """Runs the compiler; its errors become findings."""
        own = own_headers(self.compiler)
        command = [
            self.compiler, *dialect(self.compiler), *CLIENT_FLAGS, *DEBUG, *WARNINGS,
            *CLIENT_ERRORS, *CLIENT_ERRORS_OF[self.compiler],
            "-nostdinc", "-isystem", own,
            f"-ffile-prefix-map={self.tree}=.",
            *arguments,
        ]  # fmt: skip
        status, messages = run_tool(command, cwd=self.tree)
        if not status:
            return True
        errors = [m for m in map(_MESSAGE.match, messages.splitlines()) if m]
        for found in errors:
            file, line, text = found.groups()
            file = written(file)
            missing = _NOT_FOUND.fullmatch(text)
            if file not in (path, *self.headers):
                place = self._includer(messages) or (path, 0)
                self.find(*place, "header", f"{file} is not a header for clients")
            elif missing:
                words = f"{missing[1]} is none of H's public headers or the client's"
                self.find(file, int(line), "header", words)
            else:
                self.find(file, int(line), "compile", text)
        if not errors:
            self.find(path, 0, "compile", messages[-500:])
        return False

    def _includer(self, messages: str) -> tuple[str, int] | None:
        """The client's line from which a header came that has an error in it."""
        places = [(written(file), int(line)) for file, line in _FROM.findall(messages)]
        own = [p for p in places if p[0] in self.sources + self.headers]
        return own[0] if own else None

    def preprocess(self, path: str) -> bool:
        """Writes path.i; false if that, or a header in it, is refused."""
        listed = self.tree / (path + ".d")
        wanted = ["-E", path, "-o", path + ".i", "-MD", "-MF", str(listed)]
        if not self._compile(path, wanted):
            return False
        _, _, names = listed.read_text().replace("\\\n", " ").partition(": ")
        own = own_headers(self.compiler) + "/"
        fine = True
        foreign = [n for n in names.split() if not self._known(n, path, own)]
        for name in foreign:
            text = (self.tree / (path + ".i")).read_text("utf-8", "replace")
            place = read_preprocessed(text).includers.get(name, (path, 0))
            shown = name.removeprefix(own)
            self.find(*place, "header", f"{shown} is not a header for clients")
            fine = False
        return fine

    def _known(self, name: str, source: str, own: str) -> bool:
        if name.startswith(own):
            return name.removeprefix(own) in FREESTANDING
        if name == source or name == PUBLIC:
            return True
        inside = (self.tree / name).resolve()
        paths = [self.tree / path for path in self.headers]
        public = (self.tree / CLIENT_INCLUDE).resolve()
        return inside.suffix == ".h" and (
            public in inside.parents or inside in [path.resolve() for path in paths]
        )

    def compile(self, path: str) -> Path | None:
        """The object of the preprocessed text: what is read is what is compiled."""
        out = self.tree / (path + ".o")
        text = (self.tree / (path + ".i")).read_bytes()
        # The stages of several labs have it: the place of the tree is mapped away.
        same = self.compiler, path, text.replace(bytes(self.tree), b".")
        if same in _compiled:
            out.write_bytes(_compiled[same])
            return out
        wanted = ["-x", "cpp-output", "-c", path + ".i", "-o", path + ".o"]
        if not self._compile(path, wanted):
            return None
        _compiled[same] = out.read_bytes()
        return out

    def scan(self, paths: list[str]) -> dict[str, dict[str, Any]]:
        """What clang sees in the texts, by path."""
        status, output = run_tool(
            [sys.executable, "-m", "h4.client_scan", str(self.tree), *paths],
            cwd=Path(__file__).resolve().parents[1],
        )
        if status and "No module named 'clang'" in output:
            raise GraderError("python3-clang is not installed; `make deps` installs it")
        if status:
            raise GraderError(f"clang could not read the client:\n{output[-2000:]}")
        rows = [json.loads(line) for line in output.splitlines()]
        return {row["name"]: row for row in rows}
