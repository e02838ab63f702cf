# SPDX-License-Identifier: MIT
"""Bodies that do nothing, in place of an exercise's solution.

A student could write `return PAGING_OK;` everywhere. The course proves that
this earns nothing, so it needs such files, made from the stubs: a stub names
its function's arguments, and the house style has the function's name and type
on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from h4.errors import GraderError
from h4.marks import starter

_HEAD = re.compile(r"^([A-Za-z_]\w*)\(", re.MULTILINE)
_WORDS = re.compile(r"\b(?:static|inline|extern|_Noreturn)\b")
_NULLS = ("null", "NULL")


@dataclass(frozen=True)
class Stub:
    """One H4_TODO of a starter: the function it stands in and its arguments."""

    function: str
    returns: str  # the function's type, such as `enum paging_result`
    arguments: tuple[str, ...]


def replace_body(
    text: str, path: str, exercise: str, body: Callable[[Stub], str]
) -> str:
    """The complete file, each stub of `exercise` replaced by what `body` says."""
    plain = starter(text, path, (exercise,))
    todo = re.compile(rf'H4_TODO\(\s*"{re.escape(exercise)}"')
    out, at = [], 0
    for found in todo.finditer(plain):
        end, arguments = _arguments(plain, found.end(), path)
        out += [plain[at : found.start()], body(_stub(plain, found, arguments, path))]
        at = end
    if not out:
        raise GraderError(f"{path}: exercise {exercise} has no H4_TODO in its stubs")
    return "".join(out) + plain[at:]


def do_nothing(text: str, path: str, exercise: str, value: str) -> str:
    """The complete file in which the functions of `exercise` only return `value`.

    `value` is a C expression, or `null`. A function without a result just
    returns; one that returns a struct returns it with `value` as its first
    member. In assembly the value, a number then, is returned in EAX.
    """
    if path.endswith(".S"):
        return _nothing_in_assembly(text, path, exercise, value)

    def body(stub: Stub) -> str:
        used = "".join(f"(void)({argument}); " for argument in stub.arguments)
        return used + answer(stub.returns, "0" if value in _NULLS else value)

    return replace_body(text, path, exercise, body)


def _nothing_in_assembly(text: str, path: str, exercise: str, value: str) -> str:
    plain = starter(text, path, (exercise,))
    number = "0" if value in _NULLS else value
    todo = rf"^([ \t]*)H4_TODO[ \t]+{re.escape(exercise)}[ \t]*$"
    body = rf"\g<1>mov ${number}, %eax\n\g<1>ret"
    out, count = re.subn(todo, body, plain, flags=re.MULTILINE)
    if not count:
        raise GraderError(f"{path}: exercise {exercise} has no H4_TODO in its stubs")
    return out


def answer(kind: str, value: str) -> str:
    """The statement that returns `value` from a function of this type."""
    if kind == "void":
        return "return;"
    if re.match(r"(?:const )?(?:struct|union) ", kind) and "*" not in kind:
        return f"return ({kind}){{ {value} }};"
    return f"return ({kind})({value});"


def _stub(
    plain: str, todo: re.Match[str], arguments: tuple[str, ...], path: str
) -> Stub:
    heads = list(_HEAD.finditer(plain, 0, todo.start()))
    line = plain.count("\n", 0, todo.start()) + 1
    if not heads:
        raise GraderError(
            f"{path}:{line} (of the starter): H4_TODO outside a function; the name of "
            "a function starts its line"
        )
    head = heads[-1]
    above = plain[: head.start()].rstrip("\n").rpartition("\n")[2]
    returns = " ".join(_WORDS.sub("", above).split())
    if not re.fullmatch(r"[A-Za-z_][\w ]*[ *]*", returns):
        raise GraderError(
            f"{path}: {head[1]}: {above!r} is not a type; it stands on the line above "
            "the function's name"
        )
    return Stub(head[1], returns, arguments)


def _arguments(plain: str, at: int, path: str) -> tuple[int, tuple[str, ...]]:
    """The arguments after the id, and where the statement ends."""
    depth, begin, found = 1, at, []
    for here in range(at, len(plain)):
        character = plain[here]
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        if depth == 0 or (depth == 1 and character == ","):
            found.append(" ".join(plain[begin:here].split()))
            begin = here + 1
        if depth == 0:
            end = re.compile(r"\s*;").match(plain, here + 1)
            if not end:
                break
            return end.end(), tuple(argument for argument in found if argument)
    line = plain.count("\n", 0, at) + 1
    raise GraderError(f"{path}:{line} (of the starter): H4_TODO(...); is not ended")
