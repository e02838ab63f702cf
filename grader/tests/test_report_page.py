# SPDX-License-Identifier: MIT
"""The page of a verdict, looked at in a browser: without network, by keyboard, on a
phone, in the dark; with what a hostile guest writes on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import DESK, PHONE, visit
from made_results import HOSTILE, made, perfect
from pictures import WITH_H, picture
from selenium.webdriver import ActionChains, Chrome, Keys

from h4 import memory_boot, picture_svg, result_html, source_lines
from h4.course import Course
from h4.emulator import BootRequest, BootResult, Ending
from h4.evidence import Evidence, gather, sources_of
from h4.picture_layout import lay_out
from h4.printable import printable
from h4.score import LabResult, score_lab
from h4.stage import Recipe, StageBuilder
from h4.symbols import Place
from h4.verdict import Machine, run_tests

# Of every text that can be seen: how much darker it is than what it stands on, or
# lighter (WCAG 2.1), where that is less than it must be.
PALE = """
function light(c) { const [r, g, b] = c.match(/[\\d.]+/g).map(Number).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; }
function below(e) { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (!/, 0\\)$/.test(c)) return c; } return 'rgb(255, 255, 255)'; }
return [...document.querySelectorAll('body *:not(svg):not(svg *)')].filter(e =>
    [...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())).map(e => {
  const a = light(getComputedStyle(e).color), b = light(below(e));
  return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), e.className, e.textContent];
}).filter(one => one[0] < 4.5);
"""


def show(
    browser: Chrome, folder: Path, text: str, width: int = DESK, dark: bool = False
) -> None:
    """Opens the page; it must not complain, nor load anything."""
    path = folder / "a page.html"
    path.write_text(text, "utf-8")
    visit(browser, path, width=width, dark=dark)
    assert run(browser, "return performance.getEntriesByType('resource').length") == 0


def run(browser: Chrome, code: str):  # type: ignore[no-untyped-def]
    return browser.execute_script(code)


def open_all(browser: Chrome) -> None:
    run(browser, "document.querySelectorAll('details').forEach(d => d.open = true)")


def page(course: Course, *, hostile: bool = False) -> str:
    """A page with all that there can be on one."""
    broken, whole = made(course, 3, hostile=hostile), perfect(course, 0)
    layout = lay_out(picture(*WITH_H), None)
    names = [one.test.name for one in broken.tests if one.outcome.status == "fail"]
    texts = {HOSTILE[1]: "\n".join(HOSTILE * 9)} if hostile else {
        "kernel/serial.c": course.solved("kernel/serial.c")
    }  # fmt: skip
    drawn = {name: [picture_svg.draw(layout, "A title", name)] for name in names[:2]}
    broken.evidence = Evidence(texts, drawn, set(names[2:]))
    if hostile:
        broken.warnings = {"kernel/serial.c": "\n".join(HOSTILE)}
        broken.ignored = list(HOSTILE)
    return result_html.draw(course, [whole, broken])


def test_it_says_what_the_verdict_is(
    browser: Chrome, course: Course, tmp_path: Path
) -> None:
    show(browser, tmp_path, page(course))
    result = made(course, 3)
    score = 100 + result.score
    assert browser.title == f"H4: {score}/200 in lab 0, lab 3"
    open_all(browser)
    seen = run(browser, "return document.body.innerText")
    for one in result.tests:
        entry = run(browser, f"return document.getElementById('{one.test.name}').innerText")
        assert one.outcome.status in entry and one.test.name in entry
        if one.outcome.status in ("fail", "crash", "hang"):
            assert "expected: 1" in entry and "make debug LAB=3" in entry
            assert entry.count("Hello.") > 2000  # the end of what came, whole lines
            assert "Only the end of" in entry
        if one.outcome.status == "crash":
            assert "12 >" in entry and "serial" in entry
    assert "Next: exercise" in seen
    assert run(browser, "return document.querySelectorAll('svg').length") == 2
    identifiers = run(browser, "return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_it_can_be_read(
    browser: Chrome, course: Course, tmp_path: Path, width: int, dark: bool
) -> None:
    show(browser, tmp_path, page(course), width, dark)
    open_all(browser)
    assert run(browser, "return document.documentElement.scrollWidth") <= width
    ground = run(browser, "return getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(13, 17, 23)" if dark else "rgb(255, 255, 255)")
    assert run(browser, PALE) == []
    # What is wider than the page is moved within its own frame.
    run(browser, "window.scrollTo(500, 0)")
    assert run(browser, "return window.scrollX") == 0


@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_it_works_by_keyboard(
    browser: Chrome, course: Course, tmp_path: Path, width: int
) -> None:
    show(browser, tmp_path, page(course), width)

    def press(key: str) -> None:
        ActionChains(browser).send_keys(key).perform()

    def at(code: str):  # type: ignore[no-untyped-def]
        return run(browser, f"return document.activeElement.{code}")

    press(Keys.TAB)
    assert at("className") == "skip" and at("getBoundingClientRect().left") >= 0
    press(Keys.ENTER)
    assert at("id") == "main"
    wanted = run(
        browser,
        "return [...document.querySelectorAll('main summary, main [tabindex=\"0\"]')]"
        ".filter(e => e.checkVisibility()).length",
    )
    # Written down by the page itself, as each key that is sent takes long.
    run(browser, """window.seen = []; document.addEventListener('focusin', e => seen.push(
        [e.target.matches('summary, [tabindex="0"]'),
         getComputedStyle(e.target).outlineWidth]))""")  # fmt: skip
    press(Keys.TAB * wanted)
    assert run(browser, "return seen") == [[True, "3px"]] * wanted
    assert wanted > 10
    run(browser, "document.querySelector('#main summary').focus()")
    before = at("parentElement.open")
    press(Keys.ENTER)
    assert at("parentElement.open") is not before
    press(Keys.SPACE)
    assert at("parentElement.open") is before


def test_what_a_guest_writes_means_nothing(
    browser: Chrome, course: Course, tmp_path: Path
) -> None:
    text = page(course, hostile=True)
    assert all(c.isprintable() or c == "\n" for c in text)
    show(browser, tmp_path, text, PHONE)
    open_all(browser)
    assert browser.title.startswith("H4: ")
    assert run(browser, "return document.querySelectorAll('script, img, a[href*=\"//\"]').length") == 0
    assert run(browser, """return [...document.querySelectorAll('*')].some(e =>
        [...e.attributes].some(a => a.name.startsWith('on')))""") is False  # fmt: skip
    assert run(browser, "return document.documentElement.scrollWidth") <= PHONE
    seen = run(browser, "return document.body.textContent")
    for line in "\n".join(map(printable, HOSTILE)).split("\n"):
        assert line in seen
    assert browser.get_log("browser") == []


def test_a_script_would_not_run(browser: Chrome, course: Course, tmp_path: Path) -> None:
    """Even if one came through: the page's own policy forbids it."""
    evil = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    text = page(course).replace("</header>", evil + "</header>")
    (tmp_path / "evil.html").write_text(text)
    browser.get(f"file://{tmp_path}/evil.html")
    assert browser.title.startswith("H4: ")
    assert len(browser.get_log("browser")) >= 2


def test_a_failure_of_the_grader_has_no_score(browser: Chrome, tmp_path: Path) -> None:
    show(browser, tmp_path, result_html.failed("\n".join(("no bochs", *HOSTILE))), PHONE)
    seen = run(browser, "return document.body.innerText")
    assert "could not give a verdict" in seen and "no bochs" in seen
    assert browser.title == "H4: No verdict"
    assert run(browser, "return document.querySelectorAll('.points, meter, .badge').length") == 0


# What is gathered for the page.


@pytest.fixture(scope="module")
def gathered(course: Course, builder: StageBuilder) -> LabResult:
    """A test of lab 2 that crashes in a function of the submission."""
    path, test = "kernel/counts.c", "counts_refuse_no_memory"
    begin = "page_count_mapping(struct paddr frame)\n{\n"
    text = course.solved(path)
    assert begin in text
    recipe = Recipe(texts={path: text.replace(begin, begin + "*(volatile int *)8 = 1;\n")})
    lab = course.lab(2)
    stage = builder.stage(lab, recipe)
    tests = [one for one in lab.tests if one.name == test]
    machine = Machine(jobs=1)
    outcomes = run_tests(stage, lab, tests, course.secret, machine)
    result = score_lab(lab, outcomes, [], True)
    result.stage = stage
    result.evidence = gather(course, result, recipe, machine)
    return result


def test_memory_before_and_after_is_drawn(gathered: LabResult) -> None:
    (one,) = gathered.tests
    assert one.outcome.status == "crash" and one.outcome.seed is not None
    assert gathered.evidence
    before, after = gathered.evidence.pictures[one.test.name]
    assert f"Physical memory before {one.test.name}" in before
    assert f"Physical memory after {one.test.name}" in after
    assert "labs/2-status/test_counts.c" in gathered.evidence.sources


def test_pictures_take_no_longer_than_they_may(
    course: Course, builder: StageBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel that hangs only where a picture is asked for has its verdict as any
    other one, no picture of this test, and no time for those of the next."""
    path, names = "kernel/counts.c", ("counts_refuse_no_memory", "mappings_go_up_and_down")
    begin, head = "page_count_mapping(struct paddr frame)\n{\n", "#include <kernel/status.h>\n"
    text = course.solved(path)
    assert begin in text and head in text
    hangs = (
        "const char *c = bootinfo_command_line();\nwhile (*c && (c[0] != 'm' || c[6] != '='))"
        " c++;\nwhile (*c) __asm__ volatile(\"\");\nreturn PAGE_NIL;\n"
    )
    text = text.replace(begin, begin + hangs).replace(head, head + "#include <kernel/bootinfo.h>\n")
    recipe = Recipe(texts={path: text}, exercise_flags=("-Wno-error",))
    lab, machine = course.lab(2), Machine(jobs=1)
    stage = builder.stage(lab, recipe)
    tests = [one for one in lab.tests if one.name in names]
    result = score_lab(lab, run_tests(stage, lab, tests, course.secret, machine), [], True)
    result.stage = stage
    assert [one.outcome.status for one in result.tests] == ["fail", "fail"]
    booted: list[float | None] = []
    boot = memory_boot.boot

    def counted(request: BootRequest, emulator: str) -> BootResult:
        booted.append(request.seconds)
        ended = boot(request, emulator)
        assert ended.ending == Ending.HOST_LIMIT
        return ended

    monkeypatch.setattr(memory_boot, "boot", counted)
    found = gather(course, result, recipe, machine, 1.5)
    first, second = (one.test.name for one in result.tests)
    assert booted == [1.5] and found.left_out == {second}
    assert first in found.pictures and "after" not in "".join(found.pictures[first])


def test_sources_are_those_that_students_have(course: Course, gathered: LabResult, tmp_path: Path) -> None:
    """No solution, no harness: not even where a backtrace goes through them."""
    own, other, unbuilt = "kernel/counts.c", "kernel/serial.c", "kernel/transition.c"
    harness, test = "grader/guest/report.c", "labs/2-status/test_counts.c"
    (tmp_path / "kernel").mkdir()
    for path in (own, other, unbuilt):
        (tmp_path / path).write_text(f"// Anna wrote {path}.\n")
    (one,) = gathered.tests
    paths = (own, other, unbuilt, harness, test, "/etc/passwd", "../secret", HOSTILE[0])
    one.outcome.backtrace = [Place(0, "f", path, 1) for path in paths]
    assert gathered.stage
    gathered.stage.failures = {course.exercise_files[unbuilt][0].id: "no C"}

    def shown(**how: object) -> dict[str, str]:
        return sources_of(course, gathered, Recipe(submission=tmp_path, **how))  # type: ignore[arg-type]

    texts = shown()
    assert set(texts) == {own, other, unbuilt, test}
    assert texts[own] == f"// Anna wrote {own}.\n"
    assert texts[unbuilt] == course.starter(unbuilt)
    assert set(shown(base_reference=True)) == {own, unbuilt, test}
    names = tuple(exercise.id for exercise in course.exercise_files[own])
    assert set(shown(without=names)) == {other, unbuilt, test}


def test_lines_keep_their_numbers() -> None:
    text = "\n\n/* a\n b */ int x; // <b>&amp;\n\n\x0c\x0b\x85 \u2028 int y;\n\n"
    lines = dict(source_lines.excerpt(text, "a.c", 4))
    assert sorted(lines) == list(range(1, 9))
    assert "&lt;b&gt;&amp;amp;" in lines[4] and ">int<" in lines[4]
    assert "y" in lines[6] and lines[8] == ""
    assert source_lines.excerpt(text, "a.c", 9) == []
    assert source_lines.excerpt("", "a.c", 0) == []
