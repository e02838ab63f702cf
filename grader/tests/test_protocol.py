# SPDX-License-Identifier: MIT
"""What may come on COM2, made up: honest streams, cut ones, and forged ones."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from h4.protocol import Transcript, parse

NONCE = "4f02a1"


def stream(*texts: str, nonce: str = NONCE, first: int = 1) -> bytes:
    """Lines as the harness sends them."""
    numbered = enumerate(texts, first)
    return "".join(f"{nonce}:{at} {text}\n" for at, text in numbered).encode("latin-1")


def good(count: int = 2) -> list[str]:
    texts = ["KTAP version 1", f"1..{count}"]
    for at in range(count):
        texts += [f"# begin {at * 3}", f"ok {at + 1}"]
    return [*texts, "# end"]


def forged(*texts: str) -> str:
    """The reason why this stream does not count."""
    reason = parse(stream(*texts), NONCE).forged
    assert reason is not None and reason.isprintable()
    return reason


def results(script: Transcript) -> list[tuple[int, bool | None]]:
    return [(test.index, test.ok) for test in script.tests]


def test_a_plan_fulfilled() -> None:
    script = parse(stream(*good()), NONCE)
    assert script.forged is None
    assert script.started and script.ended and not script.restarted
    assert script.plan == 2
    assert results(script) == [(0, True), (3, True)]
    assert script.running is None


def test_a_failure_with_its_notes() -> None:
    notes = [
        "message a page is missing", "expected 0x00001003", "found 0x00000000",
        "where 0xc0101234", "fault 0xe 0x2 0xc0101234 0x00400000 0x8", "frame 0xc0105678",
        "panic",
    ]  # fmt: skip
    script = parse(
        stream(*good(2)[:3], *(f"# {note}" for note in notes), "not ok 1"), NONCE
    )
    assert script.forged is None and not script.ended
    assert results(script) == [(0, False)]
    assert script.tests[0].notes == notes


def test_notes_outside_of_tests() -> None:
    script = parse(stream("# message no such test"), NONCE)
    assert script.forged is None and not script.started
    assert script.notes == ["message no such test"]


def test_nothing_at_all() -> None:
    assert parse(b"", NONCE) == Transcript()


def test_a_stream_may_stop_anywhere() -> None:
    whole = stream(*good(3)[:4], "# message x", *good(3)[4:])
    assert parse(whole, NONCE).forged is None
    for end in range(len(whole)):
        script = parse(whole[:end], NONCE)
        assert script.forged is None, whole[:end]
        assert not script.ended
        assert all(test.ok is not False for test in script.tests)
        passed = whole[:end].count(b"\n") and sum(
            b" ok " in line for line in whole[:end].split(b"\n")[:-1]
        )
        assert sum(test.ok is True for test in script.tests) == passed


def test_the_running_test_is_known() -> None:
    script = parse(stream(*good()[:5]), NONCE)
    assert script.running is script.tests[1]
    assert script.running is not None and script.running.ok is None


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (["1..2"], "in place of the first line"),
        (["# begin 0"], "in place of the first line"),
        (["# end"], "in place of the first line"),
        (["TAP version 14"], "in place of the first line"),
        (["KTAP version 1", "# begin 0"], "in place of the plan"),
        (["KTAP version 1", "1..02"], "in place of the plan"),
        (["KTAP version 1", "1ab5"], "in place of the plan"),
        (["KTAP version 1", "1.." + "9" * 5000], "longer than any line"),
        (["KTAP version 1", "1.." + "9" * 900], "in place of the plan"),
        ([*good()[:2], "ok 1"], "not running"),
        ([*good()[:3], "ok 2"], "not the result of test 1"),
        ([*good()[:3], "ok 1 # SKIP"], "nothing that the harness says"),
        ([*good()[:3], "okay 1 test_0"], "nothing that the harness says"),
        ([*good()[:3], "ok 1 test_0"], "nothing that the harness says"),
        ([*good()[:3], "  ok 1"], "nothing that the harness says"),
        ([*good()[:3], "# begin 1"], "another one is running"),
        ([*good()[:4], "ok 1"], "not running"),
        ([*good()[:4], "# end"], "not fulfilled"),
        ([*good()[:6], "# begin 9"], "not in the plan"),
        ([*good(), "# message x"], "after the end"),
        ([*good()[:3], "not ok 1", "# begin 3"], "after a failed test"),
        ([*good()[:3], "not ok 1", "ok 1"], "after a failed test"),
        ([*good()[:2], "Bail out!"], "nothing that the harness says"),
        ([*good()[:2], "# begin -1"], "nothing that the harness says"),
        ([*good()[:2], "# begin 1 a"], "nothing that the harness says"),
        ([*good()[:2], ""], "nothing that the harness says"),
    ],
)
def test_what_the_harness_would_not_say(texts: list[str], reason: str) -> None:
    assert reason in forged(*texts)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"hello\n", "does not begin"),
        (b"\n", "does not begin"),
        (b"4f02a1:3\n", "does not begin"),
        (b"4f02a2:3 # begin 0\n", "wrong nonce"),
        (b"4f02a1:4 # begin 0\n", "has number 4, the next one was 3"),
        (b"4f02a1:2 # begin 0\n", "has number 2, the next one was 3"),
        (b"4f02a1:03 # begin 0\n", "has number 03, the next one was 3"),
        (b" 4f02a1:3 # begin 0\n", "does not begin"),
        (b"4f02a1:3 # begin 0\r\n", "nothing that the harness says"),
        (b"4f02a1:3 # begin 0", None),
        (b"4f02a1:3", None),
        (b"x", "does not begin"),
        (b"4f02a1:4", "does not begin"),
        (b"\0" * 5000, "longer than any line"),
    ],
)
def test_what_does_not_begin_as_it_should(line: bytes, reason: str | None) -> None:
    found = parse(stream(*good()[:2]) + line, NONCE).forged
    if reason is None:
        assert found is None
    else:
        assert found is not None and found.startswith("line 3 ") and reason in found


def test_bad_bytes_are_harmless() -> None:
    junk = b"\x1b]0;title\x07\x00\xff\xc3\xa4<script>"
    script = parse(stream(*good()[:2]) + junk + b"\n", NONCE)
    assert script.forged is not None and script.forged.isprintable()
    assert script.forged.isascii()
    assert r"\x1b]0;title\x07\x00\xff\xc3\xa4" in script.forged

    note = stream(*good()[:3]) + b"4f02a1:4 # message " + junk + b"\n"
    script = parse(note, NONCE)
    assert script.forged is None
    assert script.tests[0].notes[0].isprintable()


def test_huge_output_is_harmless() -> None:
    start = stream(*good()[:3])
    assert parse(start + b"x" * (4 << 20), NONCE).forged
    assert parse(start + b"\n" * (1 << 20), NONCE).forged
    script = parse(stream(*good()[:3], *["# message x"] * 10_000), NONCE)
    assert script.forged is None and len(script.tests[0].notes) == 200
    long = parse(start + b"y" * 5000 + b"\n", NONCE).forged
    assert long is not None and len(long) < 300


def test_a_machine_that_starts_again() -> None:
    for texts in (good()[:2], good()[:3], good()[:4], good()):
        script = parse(stream(*texts) + stream(*good()), NONCE)
        assert script.forged is None and script.restarted
        assert results(script) == results(parse(stream(*texts), NONCE))
    # In the middle of a line.
    script = parse(stream(*good()[:3]) + b"4f02a1:4 # mess" + stream(*good()), NONCE)
    assert script.forged is None and script.restarted and script.running
    # A start that comes after junk is none.
    assert parse(stream(*good()[:3]) + b"junk" + stream(*good()), NONCE).forged


def mutations(data: bytes, source: random.Random) -> Iterator[bytes]:
    """Streams in which one thing is not as the harness sent it."""
    lines = data.splitlines(keepends=True)
    for _ in range(300):
        at = source.randrange(len(data))
        byte = bytes([source.randrange(256)])
        yield data[:at] + byte + data[at + 1 :]
        yield data[:at] + byte + data[at:]
        yield data[:at] + data[at + 1 :]
        number = source.randrange(len(lines))
        yield b"".join(lines[:number] + lines[number + 1 :])
        yield b"".join(lines[:number] + [lines[number]] + lines[number:])
        other = source.randrange(len(lines))
        swapped = list(lines)
        swapped[number], swapped[other] = swapped[other], swapped[number]
        yield b"".join(swapped)


def test_no_change_turns_into_a_pass() -> None:
    """A changed stream is noticed, or says no more than the honest one did."""
    source = random.Random(1)
    whole = stream(*good(4)[:-2], "# message why", "not ok 4")
    honest = parse(whole, NONCE)
    assert honest.forged is None
    for changed in mutations(whole, source):
        script = parse(changed, NONCE)
        if script.forged is not None:
            assert script.forged.isprintable() and script.forged.isascii()
        elif changed != whole:
            # Changes that the protocol cannot see: in the free text of a note, in
            # a test's number, and what is missing at the end.
            assert not script.ended
            assert not any(test.ok for test in script.tests[3:])


def test_random_noise_is_never_a_result() -> None:
    source = random.Random(2)
    words = [b"4f02a1:", b"1 ", b"2 ", b"KTAP version 1", b"1..2", b"# begin 0",
             b"ok 1", b"\n", b"\0", b"\xff", b"4f02a1:3 "]  # fmt: skip
    for _ in range(2000):
        noise = b"".join(source.choices(words, k=source.randrange(12)))
        script = parse(noise, NONCE)
        if script.tests and script.tests[0].ok:
            pytest.fail(f"{noise!r}")
        assert script.forged is None or script.forged.isprintable()


def test_a_tap_library_reads_the_same() -> None:
    """python3-tap, on what is not KTAP's own in an honest stream."""
    tap = pytest.importorskip("tap.parser")
    texts = [*good(3)[:-2], "# message why", "not ok 3"]
    lines = list(tap.Parser().parse_text("\n".join(texts[1:])))
    script = parse(stream(*texts), NONCE)
    assert lines[0].expected_tests == script.plan
    found = [
        (one.number, one.ok)
        for one in lines
        if one.category == "test"
    ]
    ours = [(at, test.ok) for at, test in enumerate(script.tests, 1)]
    assert found == ours
