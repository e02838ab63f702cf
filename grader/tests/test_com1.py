# SPDX-License-Identifier: MIT
"""What tests expect on COM1, against what came."""

from h4.com1 import LINE_SHOWN, Line, expected_of, last_lines

TEXT = b"the quick brown fox jumps over the lazy dog"


def test_notes_of_one_test_are_one_row():
    notes = ["message x", "com1 6865", "com1 6c6c6f", "expected com1 00"]
    assert expected_of(notes) == b"hello"


def test_a_test_may_expect_nothing_on_com1():
    assert expected_of(["message com1 00"]) is None


def test_what_was_sent_is_found_between_other_things():
    assert Line(b"GRUB loading\n" + TEXT + b"\n").find(TEXT) is None


def test_rows_are_found_one_behind_the_other():
    line = Line(b"one two one")
    assert line.find(b"one") is None
    assert line.find(b"one") is None
    assert line.find(b"one") is not None


def test_the_order_of_the_tests_is_that_of_the_rows():
    line = Line(b"second, first")
    assert line.find(b"first") is None
    assert line.find(b"second") is not None


def test_after_a_row_that_is_missing_the_next_one_is_still_found():
    line = Line(b"only this")
    assert line.find(b"that") is not None
    assert line.find(b"this") is None


def test_bytes_in_between_break_a_row():
    assert Line(b"\r\n".join([b"a", b"b"])).find(b"a\nb") is not None


def test_nothing_came():
    words = Line(b"").find(TEXT)
    assert words and words[-1] == "found:    nothing"


def test_the_place_where_a_row_breaks_is_named():
    words = Line(b"...the quick br\\wn fox").find(TEXT)
    assert words
    assert words[-1].startswith("these first 12 came")
    assert "and then not own fox jumps ov... (31 bytes)" in words[-1]
    assert "may be of later tests" in words[-1]
    assert words[-1].endswith("\\wn fox")


def test_a_row_that_is_cut_off():
    words = Line(TEXT[:20]).find(TEXT)
    assert words and words[-1].endswith("nothing came after them")


def test_something_else_came():
    words = Line(b"12345678").find(TEXT)
    assert words and words[-1] == "found:    12345678"


def test_what_is_shown_is_harmless():
    words = Line(b"\x1b[2J" * 8).find(bytes(range(256)))
    assert words and all(text.isprintable() for text in words)


def test_a_note_that_is_no_number_is_never_a_pass():
    expected = expected_of(["com1 xyz"])
    assert expected is not None
    assert Line(b"xyz").find(expected) is not None


def test_the_last_lines_are_text():
    carried = b"one\r\n\n \n\xa5\xa4\xff\x01ab\ntwo \xa5 \x1b[2J three\n"
    assert last_lines(carried) == ["one", r"two \xa5 \x1b[2J three"]
    assert last_lines(bytes(range(128, 256)) * 4) == []
    assert last_lines(b"") == []


def test_what_tests_have_sent_is_not_among_them():
    row = bytes(range(64, 96))
    carried = b"mine\r\nabcd" + row + b"yours, e\n"
    assert last_lines(carried, [b"abcd", row, b"e", b""]) == ["mine", "yours, e"]
    assert last_lines(carried) != ["mine", "yours, e"]


def test_the_last_lines_are_short_and_few():
    lines = last_lines(b"\n".join(b"%d" % n for n in range(100)) + b"\n" + b"x" * 500)
    assert lines[:-1] == ["95", "96", "97", "98", "99"]
    assert len(lines[-1]) == LINE_SHOWN and lines[-1].endswith("x ...")
