# SPDX-License-Identifier: MIT
"""What may not stand in an exercise file, found before any compiler reads it.

A compiler opens what a file names: by `#include`, by a pragma, to print the line that
`#line` claims to be in, in assembly by `.incbin`. On the machine of whoever grades that
may be somebody else's solution, or a device that answers by never ending. So directives
are read here first, as the preprocessor will read them.
"""

from __future__ import annotations

import posixpath
import re

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # how it begins

_TRIGRAPHS = {b"=": b"#", b"/": b"\\", b"(": b"[", b")": b"]", b"'": b"^"}
_TRIGRAPHS |= {b"<": b"{", b">": b"}", b"!": b"|", b"-": b"~"}
_TRIGRAPH = re.compile(rb"\?\?([=/()'<>!-])")
_SPLICE = re.compile(rb"\\[ \t\v\f]*\n")
# Comments, and the strings in which there are none. A quote that is not closed reaches to
# the end of its line.
_LEXED = re.compile(
    rb"""/\*.*?(?:\*/|\Z)|//[^\n]*|"(?:\\[^\n]|[^"\\\n])*"?|'(?:\\[^\n]|[^'\\\n])*'?""",
    re.S,
)
_DIRECTIVE = re.compile(rb"^[ \t\v\f]*(?:#|%:)[ \t\v\f]*(\w*)(.*)$", re.M)
_PLAIN = re.compile(r'(?:<([\w./-]+\.h)>|"([\w./-]+\.h)")\s*')

_C = frozenset(
    "include define undef if ifdef ifndef elif else endif error warning pragma".split()
) | {""}
# Beside an assembler's comments, which begin with # too.
_NEVER = frozenset({"include_next", "import", "embed", "line"})
_READING_PRAGMA = re.compile(
    r"\s*(?:GCC\s+(?:dependency|pch_preprocess|system_header)|include_alias|clang\s+module)\b"
)
# In assembler text: what reads files, and what can hide that.
_ALWAYS = r"\.(?:incbin|include|altmacro|mri)\b"
_READS_C = re.compile(rf"{_ALWAYS}|\.(?:macro|i(?:rp|rep)c?)\b", re.I)
# A directive's name that a macro's arguments become a part of.
_MADE_UP = re.compile(r"\.[\w.]*\\\w|\\\w+(?:\\\(\))?\\\w")
_READS = re.compile(_ALWAYS, re.I)
_STRING = re.compile(r'"(?:\\.|[^"\\])*"')
_MARKER = re.compile(r'# \d+ "((?:[^"\\]|\\.)*)"')

_OPERATOR = re.compile(rb"\b(?:_Pragma|__has_(?:include|include_next|embed))\b")
# The course's, and none of an exercise's business.
_NOT_FOR_EXERCISES = ("grader/", "labs/")
_FOR_TESTS = "grader/guest/include"


def mistake_in(source: str, text: bytes) -> str:
    """Why this text is not compiled, in words that follow its path; empty: it may be.

    source  the file's path, which tells C from assembly
    """
    if text[:2] in _UTF_16:
        return (
            "is stored as UTF-16: a source file is text in UTF-8. Editors offer that where "
            "they save; `iconv -f UTF-16 -t UTF-8` does it, too"
        )
    if b"\0" in text:
        return "has a byte 0 in it: a source file is text"
    text = text.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    if b"\r" in text:
        return (
            "has a carriage return within a line: lines end with a line feed, which editors "
            "call LF or Unix"
        )
    if not text.strip():
        return (
            f"is empty. `git checkout {source}` brings back what was committed last, `git "
            f"checkout course {source}` what the course gives"
        )
    text = _TRIGRAPH.sub(lambda found: _TRIGRAPHS[found[1]], text)
    text = _SPLICE.sub(b"", text)
    text = _LEXED.sub(lambda found: b" " if found[0][:1] == b"/" else found[0], text)
    for name, rest in _DIRECTIVE.findall(text):
        words = _directive(
            source, name.decode("latin-1"), rest.decode("latin-1").strip()
        )
        if words:
            return words
    operator = _OPERATOR.search(text)
    if operator:
        return (
            f"uses {operator[0].decode()}: exercises look for no files, and #pragma "
            "does what _Pragma does"
        )
    return ""


def _directive(source: str, name: str, rest: str) -> str:
    shown = f"#{name} {rest[:60]}".strip()
    if name == "include":
        return _include(shown, rest)
    if name in _NEVER or name.isdigit() and '"' in rest:
        return f"has the directive {shown}, which is not for exercises"
    if source.endswith(".c") and name not in _C:
        return f"has the directive {shown}, which is not for exercises"
    if name == "pragma" and _READING_PRAGMA.match(rest):
        return f"has {shown}: pragmas about files are not for exercises"
    return ""


def _include(shown: str, rest: str) -> str:
    plain = _PLAIN.fullmatch(rest)
    if not plain:
        return f"has {shown}: an exercise includes headers, named as <kernel/page.h>"
    name = plain[1] or plain[2]
    if name.startswith("/") or ".." in name.split("/"):
        return (
            f"has {shown}: an exercise file is built from itself and the course's "
            "headers alone, so no path leads out of the course"
        )
    return ""


def is_own_test(path: str) -> bool:
    """Is this exercise file a test that a student writes?"""
    return path.startswith("labs/")


def foreign(files: list[str], source: str, own: str) -> list[str]:
    """Those of the files that a compiler read which an exercise must not be made from.

    own  the folder of the compiler's own headers
    """
    return [name for name in files if not _allowed(name, source, own)]


def _allowed(name: str, source: str, own: str) -> bool:
    if ".." in name.split("/"):
        return False
    # An assembler lists the name in `.file` too, which has no folder.
    known = (source, source + ".s", posixpath.basename(source))
    if name in known or name.startswith(own + "/"):
        return True
    plain = posixpath.normpath(name)
    barred = _NOT_FOR_EXERCISES
    if is_own_test(source):
        # It says what it finds as the course's tests do.
        if plain.startswith(f"{_FOR_TESTS}/"):
            barred = ()
        elif posixpath.dirname(plain) == posixpath.dirname(source):
            barred = ()
    return (
        name.endswith(".h")
        and not name.startswith("/")
        and not plain.startswith(barred)
    )


def assembler_directive(source: str, text: str) -> str:
    """The directive of an exercise's assembler text that is not for exercises; empty:
    there is none.

    Of an assembly file's text only what comes from itself is looked at: the course's
    headers define macros.
    """
    if source.endswith(".c"):
        found = _READS_C.search(text)
        return found[0] if found else ""
    inside = True
    for line in text.splitlines():
        marker = _MARKER.match(line)
        if marker:
            inside = marker[1] == source
        if not inside:
            continue
        found = _READS.search(line) or _MADE_UP.search(_STRING.sub('""', line))
        if found:
            return found[0]
    return ""
