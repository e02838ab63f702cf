# SPDX-License-Identifier: MIT
"""What can be seen of a client in the single words of C, as clang reads them:
assembly, attributes, built-in functions, directives about lines."""

from __future__ import annotations

from collections.abc import Iterator

from clang.cindex import Token, TokenKind, TranslationUnit

from h4.client_rules import ATTRIBUTES, BUILTIN_PREFIXES, BUILTINS

_ASM = ("asm", "__asm", "__asm__")
_ATTRIBUTE = ("__attribute", "__attribute__")
_THREAD = ("__thread", "_Thread_local")
_ASKS = ("__has_include", "__has_include_next")

# line of the text, rule, words
Seen = tuple[int, str, str]


def tokens(unit: TranslationUnit) -> list[Token]:
    found = unit.get_tokens(extent=unit.cursor.extent)
    return [one for one in found if one.kind != TokenKind.COMMENT]


def in_preprocessed(unit: TranslationUnit) -> Iterator[Seen]:
    """The rules that hold in preprocessed text."""
    words = tokens(unit)
    for at, token in enumerate(words):
        name, line = token.spelling, token.location.line
        if token.kind == TokenKind.KEYWORD and name in _ASM:
            yield line, "inline-assembly", f"{name} is not for clients"
        elif name in _ATTRIBUTE and token.kind == TokenKind.KEYWORD:
            if _is_todo(words, at):
                continue
            for attribute in _attributes(words, at + 1):
                if attribute not in ATTRIBUTES:
                    yield line, "attribute", f"the attribute {attribute}"
        elif name in _THREAD and token.kind == TokenKind.KEYWORD:
            yield line, "thread-local", f"{name} is not for clients"
        elif name.startswith(BUILTIN_PREFIXES) and name not in BUILTINS:
            if token.kind in (TokenKind.IDENTIFIER, TokenKind.KEYWORD):
                yield line, "builtin", f"{name} is not among those allowed"


# What H4_TODO leaves beside its call, for the grader to find (l4/todo.h): all of
# it, up to the exercise's id.
_TODO = (
    'static const char todo_ [ ] __attribute__ ( ( section ( ".h4.todo" ) , used , '
    "aligned ( 1 ) ) ) ="
).split(" ")
_TODO_AT = _TODO.index("__attribute__")


def _is_todo(words: list[Token], at: int) -> bool:
    first = at - _TODO_AT
    found = [token.spelling for token in words[max(first, 0) : first + len(_TODO)]]
    return found == _TODO


def _attributes(words: list[Token], at: int) -> Iterator[str]:
    """The names in `((a, b(1, 2)))`, which begins at words[at]; without __."""
    depth, fresh = 0, False
    for token in words[at:]:
        name = token.spelling
        if name == "(":
            depth += 1
            fresh = depth == 2
        elif name == ")":
            depth -= 1
            if depth == 0:
                return
        elif name == "," and depth == 2:
            fresh = True
        elif fresh:
            fresh = False
            if name.startswith("__") and name.endswith("__"):
                name = name[2:-2]
            yield name


def in_source(unit: TranslationUnit) -> Iterator[Seen]:
    """The rules that hold in a file as it was written."""
    last = 0
    words = tokens(unit)
    for token, following in zip(words, [*words[1:], None]):
        line = token.location.line
        first, last = line != last, line
        if first and token.spelling in ("#", "%:", "??=") and following is not None:
            numbered = following.kind == TokenKind.LITERAL
            if following.spelling == "line" or numbered:
                yield line, "line-directive", f"#{following.spelling} lies about lines"
        if token.kind == TokenKind.IDENTIFIER and token.spelling in _ASKS:
            yield line, "header", f"{token.spelling} looks for headers"
