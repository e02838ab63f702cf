# SPDX-License-Identifier: MIT
"""Which conversions between types a client may make.

Allowed between integers and from a pointer to an integer: a number does no harm.
To a pointer:

- from the constant 0;
- from a pointer to the same type, without taking const away;
- from a pointer to another type, void included, if what the new one points to
  holds no pointer, and what the old one points to holds none either or can only
  be read through the new one;
- from h_client_heap() itself, which is all zeros: see the rule `heap`.

Everything else could write a number where a pointer is read afterwards.
A struct that is declared only, and a type that is not known here, is taken to
hold a pointer.
"""

from __future__ import annotations

from clang.cindex import Cursor, CursorKind, Type, TypeKind

POINTER = TypeKind.POINTER
_FUNCTIONS = (TypeKind.FUNCTIONPROTO, TypeKind.FUNCTIONNOPROTO)
_ARRAYS = (
    TypeKind.CONSTANTARRAY,
    TypeKind.INCOMPLETEARRAY,
    TypeKind.VARIABLEARRAY,
)
# From bool to the floating types; clang numbers them in one row.
_FIRST, _LAST = TypeKind.BOOL.value, TypeKind.LONGDOUBLE.value
_BUILTIN = "<builtin fn type>"  # the rule `builtin` is about these
_WRAPPERS = (
    CursorKind.PAREN_EXPR,
    CursorKind.CSTYLE_CAST_EXPR,
    CursorKind.UNEXPOSED_EXPR,
)


def kind(type_: Type) -> TypeKind | None:
    """None for a kind that the binding has no name for."""
    try:
        return type_.get_canonical().kind
    except ValueError:
        return None


def is_number(type_: Type) -> bool:
    own = kind(type_)
    return own is not None and (
        own == TypeKind.ENUM or _FIRST <= own.value <= _LAST
    )


def element(type_: Type) -> Type:
    """What an array, of any depth, is made of."""
    type_ = type_.get_canonical()
    while kind(type_) in _ARRAYS:
        type_ = type_.element_type.get_canonical()
    return type_


def holds_pointer(type_: Type) -> bool:
    """Could a pointer be read from an object of this type?"""
    inner = element(type_)
    own = kind(inner)
    if own == TypeKind.RECORD:
        complete = inner.get_declaration().get_definition() is not None
        return not complete or any(
            holds_pointer(member.type) for member in inner.get_fields()
        )
    return not (own == TypeKind.VOID or is_number(inner))


def operand(expression: Cursor) -> Cursor | None:
    """What a cast is applied to: the last of its children, behind the type's."""
    inner = [c for c in expression.get_children() if c.kind.is_expression()]
    return inner[-1] if inner else None


def bare(expression: Cursor) -> Cursor:
    """The expression without parentheses and conversions around it."""
    while expression.kind in _WRAPPERS:
        inner = operand(expression)
        if inner is None:
            break
        expression = inner
    return expression


def is_null(expression: Cursor) -> bool:
    """The constant 0, cast or not. Not: an expression that happens to be 0."""
    inner = bare(expression)
    if inner.kind != CursorKind.INTEGER_LITERAL:
        return False
    words = [token.spelling for token in inner.get_tokens()]
    digits = words[0].rstrip("uUlL") if words else ""
    return digits != "" and set(digits) <= set("0xX")


def _target(type_: Type) -> Type | None:
    """What a value of this type points to once it is used as a pointer."""
    type_ = type_.get_canonical()
    own = kind(type_)
    if own == POINTER:
        return type_.get_pointee().get_canonical()
    if own in _ARRAYS:
        return type_.element_type.get_canonical()
    return type_ if own in _FUNCTIONS else None


def plain(type_: Type) -> str:
    """The type's name without qualifiers of its own."""
    name = type_.get_canonical().spelling
    for word in ("const", "volatile", "restrict"):
        name = name.removeprefix(word + " ")
        if kind(type_) == POINTER:
            name = name.removesuffix(word).rstrip()
    return name.replace("const ", "") if kind(type_) in _ARRAYS else name


def conversion(given: Cursor, to: Type) -> tuple[str, str] | None:
    """The rule that converting `given` to `to` breaks, and words for it."""
    if kind(to) != POINTER or is_null(given) or given.type.spelling == _BUILTIN:
        return None
    new = to.get_canonical().get_pointee().get_canonical()
    made = f"{given.type.spelling} becomes {to.spelling}"
    old = _target(given.type)
    if old is None:
        return "integer-to-pointer", made
    if kind(old) in _FUNCTIONS or kind(new) in _FUNCTIONS:
        same = old.spelling == new.spelling
        return None if same else ("function-cast", made)
    if element(old).is_const_qualified() and not element(new).is_const_qualified():
        return "const-cast", made
    if plain(old) == plain(new) or _first(given, old, new) or _heap(given):
        return None
    if holds_pointer(new):
        what = f"{new.spelling} holds a pointer"
    elif holds_pointer(old) and not element(new).is_const_qualified():
        what = f"{old.spelling} holds a pointer"
    else:
        return None
    return "pointer-cast", f"{made}, and {what}"


def _first(given: Cursor, old: Type, new: Type) -> bool:
    """Does an array of constant pointers to functions become its first element's
    address? That its elements are constant, clang does not say of such a one."""
    same = old.spelling == new.spelling.replace("(*const)", "(*)", 1)
    return kind(given.type) in _ARRAYS and new.is_const_qualified() and same


def _heap(given: Cursor) -> bool:
    inner = bare(given)
    return inner.kind == CursorKind.CALL_EXPR and inner.spelling == "h_client_heap"


def fills_heap(given: Cursor, to: Type) -> bool:
    """Does the heap become something that holds pointers here?"""
    return (
        kind(to) == POINTER
        and _heap(given)
        and holds_pointer(to.get_canonical().get_pointee())
    )
