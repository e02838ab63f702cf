# SPDX-License-Identifier: MIT
"""The handouts as a site and as a PDF: whole, without dead links, spelled right; what
the tours say of functions is so. How it looks: test_docs_in_browser.py."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from conftest import ROOT
from lxml import html

from h4 import docs_words
from h4.course import Course
from h4.docs import BOOK, build_site, page_names
from h4.docs_book import join_pages
from h4.docs_links import dead_links
from h4.docs_patterns import without_patterns
from h4.docs_site import START, Sources, definition
from h4.errors import GraderError

# Of what Sphinx is made of.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

WRITTEN = sorted((ROOT / "handouts").glob("*.md"))
INSTRUCTORS = "instructors.md"
HANDOUTS = [path for path in WRITTEN if path.name != INSTRUCTORS]
TOURS = [path for path in HANDOUTS if path.stem.startswith("tour-")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages and the PDF, made once: that alone fails where a link is dead."""
    out = tmp_path_factory.mktemp("docs") / "a site"
    build_site(ROOT, out, book=True)
    return out


def read(path: Path) -> html.HtmlElement:
    return html.parse(str(path), html.HTMLParser(encoding="utf-8")).getroot()


# --- Pages -------------------------------------------------------------------------------


def test_every_handout_is_a_page_that_the_first_one_leads_to(site: Path) -> None:
    assert sorted([START, *page_names(ROOT)]) == [path.stem for path in HANDOUTS]
    links = {str(a) for a in read(site / "index.html").xpath("//article//a/@href")}
    for path in HANDOUTS:
        page = read(site / f"{path.stem}.html")
        title = page.xpath("string(//article//h1)").removesuffix("#")
        assert f"\n# {title}" in path.read_text()
        assert path.stem == START or f"{path.stem}.html" in links


def test_the_instructors_guide_is_not_on_it(site: Path) -> None:
    assert INSTRUCTORS in {path.name for path in WRITTEN}
    assert not [path for path in site.rglob("*") if path.stem.startswith("instructors")]
    assert "instructors" not in (site / "searchindex.js").read_text()


def test_every_figure_is_on_its_page(site: Path) -> None:
    for path in HANDOUTS:
        page = read(site / f"{path.stem}.html")
        shown = {Path(name).name for name in page.xpath("//article//img/@src")}
        shown |= {f"{name}.svg" for name in page.xpath("//article//*[local-name() = 'svg']/@id")}
        for name in re.findall(r"\]\(figures/(.*?)\)", path.read_text()):
            assert name in shown, f"{path.name}: {name}"
    files = {path.name for path in (ROOT / "handouts/figures").iterdir()}
    assert {path.name for path in (site / "_images").iterdir()} <= files


def test_dead_links_are_seen(tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text('<p id="here">')
    wrong = ["there.html#nowhere", "not-there.html", "#nowhere", "picture.svg"]
    right = ["there.html#here", "there.html", "#own", "https://example.org/"]
    links = "".join(f'<a href="{link}">x</a>' for link in wrong + right)
    parts = '<img src="https://example.org/x.png"><img src="gone.png">'
    (tmp_path / "page.html").write_text(f'<p id="own">{links}{parts}')
    assert dead_links(tmp_path) == [
        *(f"page.html: {link}" for link in wrong),
        "page.html: https://example.org/x.png",
        "page.html: gone.png",
    ]


@pytest.mark.parametrize(
    ("link", "word"),
    [("[x](gone.md)", "gone.md"), ("[x](#gone)", "gone"), ("![x](figures/gone.svg)", "gone.svg"),
     ("[x](../h/handoff.c)", "no file that students have")],
)  # fmt: skip
def test_what_is_wrong_stops_it(tmp_path: Path, link: str, word: str) -> None:
    """In a course with one handout, which is wrong."""
    for path in ROOT.iterdir():
        if path.name not in ("handouts", ".git", "build"):
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "handouts").mkdir()
    (tmp_path / "handouts/README.md").write_text(f"# One\n\n{link}\n")
    with pytest.raises(GraderError, match=re.escape(word)):
        build_site(tmp_path, tmp_path / "build")


def test_the_site_fetches_nothing_from_elsewhere(site: Path) -> None:
    assert dead_links(site) == []
    for sheet in site.rglob("*.css"):
        for name in re.findall(r"""url\(["']?([^"')]+)""", sheet.read_text()):
            if not name.startswith("data:"):
                assert (sheet.parent / name.partition("?")[0]).is_file(), (sheet, name)


def test_sources_are_shown_without_solutions(site: Path) -> None:
    course = Course(ROOT)
    pages = sorted((site / "source").rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        path = str(page.relative_to(site / "source")).removesuffix(".html")
        parts = read(page).xpath("//pre[1]//text()[not(ancestor::*[@class='linenos'])]")
        shown = "".join(map(str, parts))
        wanted = (ROOT / path).read_text()
        if path in course.exercise_files:
            assert wanted != course.starter(path)
            wanted = course.starter(path)
        assert shown.split() == wanted.split(), path


@pytest.mark.parametrize("path", ["h/handoff.c", "grader/h4/score.py", "no.c", "../x"])
def test_what_students_do_not_have_is_not_shown(path: str) -> None:
    with pytest.raises(GraderError, match=f"a link to {path}"):
        Sources(Course(ROOT)).target(path, "")


# --- What the tours say -------------------------------------------------------------------

ROW = re.compile(r"^\| \[`(\w+)`\]\(\.\./([^)]+)\) \|.*\|([^|]*)\|$", re.MULTILINE)
ROWS = [(path.name, *row) for path in TOURS for row in ROW.findall(path.read_text())]


def functions(text: str) -> dict[str, str]:
    """Each function of a file in the house style, with its text."""
    found = re.finditer(r"^(\w+)\(.*?^}", text, re.MULTILINE | re.DOTALL)
    return {one[1]: one[0] for one in found}


def reached(text: str, name: str) -> str:
    """A function's text and that of those of its file that it comes to."""
    every = functions(text)
    waiting, seen = [name], dict[str, str]()
    while waiting:
        body = every[waiting.pop()]
        seen[re.split(r"\W", body, maxsplit=1)[0]] = body
        waiting += [n for n in every if n not in seen and re.search(rf"\b{n}\b", body)]
    return "\n".join(seen.values())


@pytest.mark.parametrize(
    ("tour", "name", "path", "on"), ROWS, ids=[f"{r[0]}-{i}-{r[1]}" for i, r in enumerate(ROWS)]
)
def test_a_row_of_a_tour_is_so(tour: str, name: str, path: str, on: str) -> None:
    """The function is in that file, and comes to those named."""
    text = (ROOT / path).read_text()
    assert definition(text, name), f"{path} has no {name}"
    if not on.strip():
        return
    body = text if path.endswith(".S") else reached(text, name)
    for called in re.findall(r"`(\w+)`", on):
        assert re.search(rf"\b{called}\b", body), f"{name} in {path}: no {called}"


def test_the_tours_have_rows_and_see_what_is_wrong() -> None:
    assert len(ROWS) >= 40 and {row[0] for row in ROWS} == {p.name for p in TOURS}
    helper = "static void\nhelper(void)\n{\n        there();\n}\n\n"
    text = helper + "void\none(void)\n{\n        helper();\n}\n"
    assert "there" in reached(text, "one")
    assert "there" not in reached(text.replace("helper();", ""), "one")
    assert definition(text, "one") == "#L-8" and definition(text, "there") == ""


def test_drawings_name_what_the_tables_do(site: Path) -> None:
    """Each function in a drawing is defined where its link leads."""
    for tour in TOURS:
        page = read(site / f"{tour.stem}.html")
        links = page.xpath("//*[local-name() = 'svg']//*[local-name() = 'a']")
        sources = [a for a in links if a.get("href").startswith("source/")]
        assert len(sources) >= 15
        for link in sources:
            target, _, anchor = link.get("href").partition("#")
            assert anchor, f"{tour.name}: {link.text_content()} is not in {target}"
            name = link.text_content().strip()
            line = read(site / target).xpath(f"//*[@id='{anchor}']")
            assert line, (target, anchor)
            assert f"`{name}`" in "".join(p.read_text() for p in TOURS), name


# --- Words --------------------------------------------------------------------------------


def test_the_spelling_is_right() -> None:
    texts = {path.name: path.read_text() for path in WRITTEN}
    together = docs_words.unknown_words("\n\n".join(texts.values()))
    where = [n for n, text in texts.items() if any(word in text for word in together)]
    assert together == [], f"in {where}; right ones belong into {docs_words.LIST.name}"


def test_the_list_of_words_has_no_word_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    words = docs_words.known_words()
    assert words == sorted(set(words))
    monkeypatch.setattr(docs_words, "known_words", list)
    needed = docs_words.unknown_words("\n\n".join(p.read_text() for p in WRITTEN))
    assert set(words) == set(needed)


def test_a_wrong_word_is_seen() -> None:
    text = (
        "# A hedding\n\nThe `cdoe` is [rihgt](wrnog.md), ![a pcture](x.svg), **bo**ld.\n"
        "\n    cdoe\n"
    )
    assert docs_words.unknown_words(text) == ["hedding", "rihgt", "pcture"]


# --- The book -----------------------------------------------------------------------------


def test_the_book_has_all_and_its_links_lead_within_it(site: Path, tmp_path: Path) -> None:
    text = join_pages(site, [START, *page_names(ROOT)])
    page = html.fromstring(text)
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    inward = [str(link) for link in page.xpath("//@href") if "://" not in link]
    assert len(inward) > 200
    assert {link.removeprefix("#") for link in inward} <= set(identifiers)
    for image in page.xpath("//img/@src"):
        assert image.startswith("data:") or (site / image).is_file()
    titles = [h.text_content() for h in page.xpath("//h1")]
    assert len(titles) == len(HANDOUTS)


def test_the_book_is_printed_with_pages_and_links(site: Path) -> None:
    printed = (site / BOOK).read_bytes()
    assert printed.startswith(b"%PDF-") and printed.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", printed)) > 150
    assert len(re.findall(rb"/Subtype /Link\b", printed)) > 200
    assert b"/Outlines" in printed
    assert b"/Subtype /Image" not in printed  # drawings are lines and letters on paper, too
    assert not (site / "book.html").exists()


def test_every_page_leads_to_the_book(site: Path) -> None:
    """From the folder that the page is in."""
    for page in site.rglob("*.html"):
        (link,) = read(page).xpath("//a[contains(., 'PDF')]/@href")
        assert (page.parent / link).resolve() == site / BOOK, page.name


def test_a_printed_drawing_has_no_pattern(site: Path) -> None:
    """Each cell is where its pattern put it, with its letter and its words."""
    drawn = (ROOT / "handouts/figures/memory.svg").read_text()
    printed = without_patterns(drawn)
    assert "<pattern" in drawn and "url(#" not in printed and "pattern" not in printed
    svg = "{http://www.w3.org/2000/svg}"
    before, after = ET.fromstring(drawn), ET.fromstring(printed)
    cells = sum(int(r.get("width", 0)) // 10 for r in before.iter(f"{svg}rect")
                if r.get("fill"))  # fmt: skip
    groups = [g for g in after.iter(f"{svg}g") if g.find(f"{svg}path") is not None
              and g.find(f"{svg}text") is not None]  # fmt: skip
    texts = [group.find(f"{svg}text") for group in groups]
    letters = sum(len(text.text or "") for text in texts if text is not None)
    places = sum(len(text.get("x", "").split()) for text in texts if text is not None)
    assert cells == letters == places > 1000
    titles = [len(list(root.iter(f"{svg}title"))) for root in (before, after)]
    assert titles[0] == titles[1] > 40
    row = "0x01df8000-0x01dfffff, 8 pages"  # the last of their row of 64
    (group,) = [g for g in groups if (g.findtext(f"{svg}title") or "").startswith(row)]
    (text,) = group.iter(f"{svg}text")
    assert text.text == "e" * 8
    assert (text.get("x") or "").split()[:2] == ["564.5", "574.5"]
    book = join_pages(site, [START, "3-handles"])
    assert "figures/memory.svg" not in book and book.count("data:image/svg+xml") == 1
    assert without_patterns("<svg/>") == "<svg/>"
