# SPDX-License-Identifier: MIT
"""The handouts' site in a browser without network: it fits, light and dark, on paper; the
search; and all of it by keyboard, on a phone and on a desk."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from chromium import DESK, PATIENCE, PHONE, visit
from conftest import ROOT
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.support.expected_conditions import url_contains
from selenium.webdriver.support.wait import WebDriverWait

from h4.docs import build_site

# Of what Sphinx is made of.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

# Between a phone and a desk: the menu is a column, the table of contents is not.
TABLET = 1120


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All pages, without the PDF."""
    out = tmp_path_factory.mktemp("docs") / "a site"
    build_site(ROOT, out)
    return out



@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [DESK, PHONE], ids=["desk", "phone"])
def test_pages_fit_and_follow_the_dark(
    browser: Chrome, site: Path, width: int, dark: bool
) -> None:
    for name in ("tour-page", "6-ipc", "source/l4/send.c"):
        visit(browser, site / f"{name}.html", width=width, dark=dark)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        colours = browser.execute_script(
            "return [getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('article p, article h1')).color]"
        )
        ground, ink = (sum(map(int, re.findall(r"\d+", c)[:3])) for c in colours)
        assert (ground < ink) is dark and abs(ground - ink) > 300, (name, colours)


def test_the_dark_can_be_chosen(browser: Chrome, site: Path) -> None:
    """By the button, on a light system; drawings go with it."""
    visit(browser, site / "tour-page.html")
    ask = (
        "return getComputedStyle(document.querySelector('.drawing .panel')).fill"
        " + getComputedStyle(document.body).colorScheme"
    )
    assert browser.execute_script(ask) == "rgb(255, 255, 255)light dark"
    browser.execute_script("document.querySelector('.theme-toggle').click()")
    assert browser.execute_script(ask) == "rgb(13, 17, 23)dark"
    browser.execute_script("localStorage.clear()")
    browser.get_log("browser")


@pytest.mark.parametrize("name", ["tour-page", "tour-message", "6-ipc"])
def test_paper_is_white(browser: Chrome, site: Path, name: str) -> None:
    """Whether the dark is the system's or was chosen by the button."""
    visit(browser, site / f"{name}.html", dark=True)
    ask = (
        "return [...document.querySelectorAll('body, article img, .drawing .panel')].map(e => {"
        " const s = getComputedStyle(e); return e.classList.contains('panel') ? s.fill"
        " : e === document.body ? s.backgroundColor : s.colorScheme })"
    )
    shown = browser.execute_script(ask)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}],
    })  # fmt: skip
    for chosen in ("auto", "dark"):
        browser.execute_script(f"document.body.dataset.theme = '{chosen}'")
        printed = browser.execute_script(ask)
        assert len(printed) == len(shown) > 1 and printed != shown
        assert set(printed) <= {"rgb(255, 255, 255)", "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def arrive(browser: Chrome, address: str) -> None:
    """Waits until what was clicked has led to an address with this in it."""
    WebDriverWait(browser, PATIENCE).until(url_contains(address))


def links_found(browser: Chrome) -> list[str]:
    """What a search leads to, when it is over."""
    found = """const done = arguments[0]; const look = () => {
        const links = [...document.querySelectorAll('#search-results li a')];
        /finished/.test(document.body.innerText) ? done(links.map(a => a.href))
            : setTimeout(look, 50)
    }; look()"""
    return list(browser.execute_async_script(found))


def test_the_search_finds_words_without_a_server(browser: Chrome, site: Path) -> None:
    visit(browser, site / "search.html", "?q=redirector")
    links = links_found(browser)
    assert any("/6-ipc.html" in link for link in links)
    assert not any("/0-boot.html" in link for link in links)
    assert browser.get_log("browser") == []


def test_a_drawing_can_be_clicked(browser: Chrome, site: Path) -> None:
    visit(browser, site / "tour-message.html")
    browser.find_element("xpath", "//*[name()='svg']//*[text()='ipc_send']").click()
    arrive(browser, "/source/l4/send.c.html#L-")
    top = "return document.querySelector(':target').getBoundingClientRect().top"
    assert 0 <= browser.execute_script(top) < 900


def test_no_link_leads_to_a_book_that_is_not_there(site: Path) -> None:
    assert "PDF</a>" not in (site / "index.html").read_text()


# --- By keyboard --------------------------------------------------------------------------


def press(browser: Chrome, *keys: str) -> None:
    ActionChains(browser).send_keys(*keys).perform()


def walk(browser: Chrome, steps: int) -> list[dict[str, Any]]:
    """What has the focus after each of so many presses of Tab: its class or else its
    text; can it be seen, and is it marked? Written down by the page itself, as each key
    that is sent takes long."""
    browser.execute_script("""document.documentElement.style.scrollBehavior = 'auto';
      window.walked = [];
      window.listener ??= document.addEventListener('focusin', ({target: at}) => {
        const box = at.getBoundingClientRect(), style = getComputedStyle(at);
        walked.push({
          name: at.className.baseVal ?? (at.className || at.textContent.trim()),
          text: at.textContent.trim(), inside: at.closest('aside')?.className ?? '',
          seen: box.left > -1 && box.right <= innerWidth + 1 && box.width > 0
                && at.checkVisibility({visibilityProperty: true}),
          marked: style.outlineStyle === 'solid' && parseInt(style.outlineWidth) >= 2,
        }) }) ?? true""")
    press(browser, Keys.TAB * steps)
    found: list[dict[str, Any]] = browser.execute_script("return walked")
    return found


def at(browser: Chrome, code: str) -> Any:
    return browser.execute_script(f"return document.activeElement.{code}")


@pytest.mark.parametrize("name", ["0-boot.html", "source/l4/send.c.html"])
@pytest.mark.parametrize("width", [PHONE, TABLET, DESK])
def test_what_has_the_focus_is_seen(
    browser: Chrome, site: Path, name: str, width: int
) -> None:
    """The whole page through on a phone; nothing of a closed drawer."""
    visit(browser, site / name, width=width)
    found = walk(browser, 20)
    assert len(found) > 15 and found[0]["name"] == "skip"
    assert [one for one in found if not (one["seen"] and one["marked"])] == []
    asides = {one["inside"] for one in found} - {""}
    assert asides == (set() if width == PHONE else {"sidebar-drawer"})


def test_one_key_leads_past_the_menu(browser: Chrome, site: Path) -> None:
    visit(browser, site / "0-boot.html")
    press(browser, Keys.TAB, Keys.ENTER)
    assert at(browser, "id") == "main"
    press(browser, Keys.TAB)
    assert at(browser, "closest('article') !== null") is True


# Width, the button, the drawer, what is in it and beside it.
DRAWERS = [
    pytest.param(PHONE, "nav-overlay-icon", "sidebar-drawer", "Lab 1: Paging", id="menu"),
    pytest.param(PHONE, "toc-header-icon", "toc-drawer", "0.1 Serial output", id="contents"),
    pytest.param(TABLET, "toc-content-icon", "toc-drawer", "0.1 Serial output", id="wide"),
]


@pytest.mark.parametrize(("width", "button", "drawer", "inside"), DRAWERS)
def test_a_drawer_opens_and_closes_by_keys(
    browser: Chrome, site: Path, width: int, button: str, drawer: str, inside: str
) -> None:
    visit(browser, site / "0-boot.html", width=width)
    shown = f"document.querySelector('.{drawer}').checkVisibility({{visibilityProperty: true}})"

    def state() -> list[Any]:
        told = f"document.querySelector('button.{button}').getAttribute('aria-expanded')"
        return list(browser.execute_script(f"return [{told}, {shown}]"))

    assert state() == ["false", False]
    browser.execute_script(f"document.querySelector('button.{button}').focus()")
    named = at(browser, "getAttribute('aria-controls')")
    assert browser.execute_script(f"return document.getElementById('{named}').className") == drawer
    for key in (Keys.ENTER, Keys.SPACE):
        press(browser, key)
        assert state() == ["true", True]
        assert at(browser, "closest('aside').className") == drawer
        press(browser, Keys.ESCAPE)
        assert state() == ["false", False]
        assert button in at(browser, "className")
    press(browser, Keys.ENTER)
    found = walk(browser, 30)  # around, more than once; also by the browser's own buttons
    assert inside in {one["text"] for one in found}
    assert {one["inside"] for one in found} == {drawer}
    assert [one for one in found if not one["marked"]] == []


def test_the_table_of_contents_leads_there_and_closes(browser: Chrome, site: Path) -> None:
    visit(browser, site / "0-boot.html", width=PHONE)
    browser.execute_script("document.querySelector('button.toc-header-icon').focus()")
    press(browser, Keys.ENTER, Keys.ENTER)
    assert browser.current_url.endswith("#what-this-stage-is-for")
    assert browser.execute_script("return document.querySelectorAll('[inert]').length") == 0
    press(browser, Keys.TAB)
    behind = "compareDocumentPosition(document.getElementById('what-this-stage-is-for'))"
    assert at(browser, f"closest('article') && document.activeElement.{behind} & 2") == 2


def test_the_shade_closes_a_drawer_too(browser: Chrome, site: Path) -> None:
    visit(browser, site / "0-boot.html", width=PHONE)
    browser.find_element("css selector", "button.nav-overlay-icon").click()
    browser.execute_script("document.querySelector('.sidebar-overlay').click()")
    assert at(browser, "getAttribute('aria-expanded')") == "false"
    assert browser.execute_script("return document.querySelectorAll('[inert]').length") == 0


def test_a_wider_window_has_no_drawer(browser: Chrome, site: Path) -> None:
    """Nothing stays out of reach when a phone is turned with its menu open."""
    visit(browser, site / "0-boot.html", width=PHONE)
    browser.find_element("css selector", "button.nav-overlay-icon").click()
    size = {"width": DESK, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    inert = "return document.querySelectorAll('[inert]').length"
    done = f"const d = arguments[0]; const f = () => (() => {{{inert}}})() ? setTimeout(f, 50) : d(true); f()"
    assert browser.execute_async_script(done) is True


def test_the_search_goes_by_keys_on_a_phone(browser: Chrome, site: Path) -> None:
    visit(browser, site / "source/l4/send.c.html", width=PHONE)
    browser.execute_script("document.querySelector('button.nav-overlay-icon').focus()")
    press(browser, Keys.ENTER, Keys.TAB)
    assert at(browser, "name") == "q"
    press(browser, "redirector", Keys.ENTER)
    arrive(browser, "/search.html?q=redirector")
    assert links_found(browser)
    names = [one["text"] for one in walk(browser, 9)]
    assert any("IPC" in name for name in names), names


def test_the_dark_is_chosen_by_a_key(browser: Chrome, site: Path) -> None:
    visit(browser, site / "0-boot.html", width=PHONE)
    browser.execute_script("document.querySelector('.mobile-header .theme-toggle').focus()")
    press(browser, Keys.SPACE)
    assert browser.execute_script("return document.body.dataset.theme") == "dark"
    browser.execute_script("localStorage.clear()")
    browser.get_log("browser")  # the theme writes there what was chosen


def test_a_drawing_is_followed_by_keys(browser: Chrome, site: Path) -> None:
    """Each of its links is marked, brought into view on a phone, and leads to a line."""
    visit(browser, site / "tour-message.html", width=PHONE)
    found = walk(browser, 20)
    drawn = [one for one in found if one["text"] in ("sysenter_entry", "ipc_send")]
    assert len(drawn) == 2 and all(one["seen"] and one["marked"] for one in drawn)
    browser.execute_script(
        "[...document.querySelectorAll('svg a')].find(a => a.textContent.trim() == 'ipc_send').focus()"
    )
    press(browser, Keys.ENTER)
    arrive(browser, "/source/l4/send.c.html#L-")
