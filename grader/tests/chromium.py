# SPDX-License-Identifier: MIT
"""Chromium without a window and without any network, for pages that are files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from selenium import webdriver
from selenium.webdriver import Chrome
from selenium.webdriver.chrome.service import Service

PHONE, DESK = 360, 1200
PATIENCE = 900  # seconds: however busy this machine is


def start() -> Chrome:
    """Whoever starts it quits it."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu",
                 "host-resolver-rules=MAP * ~NOTFOUND"):  # fmt: skip
        options.add_argument(f"--{word}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(service=Service("/usr/bin/chromedriver"), options=options)
    driver.command_executor.set_timeout(PATIENCE)
    driver.set_script_timeout(PATIENCE)
    driver.set_page_load_timeout(PATIENCE)
    return driver


def visit(
    browser: Chrome, page: Path, query: str = "", width: int = DESK, dark: bool = False
) -> None:
    """Opens a page; it must not complain."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < DESK}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    browser.get(f"file://{quote(str(page))}{query}")
    assert browser.get_log("browser") == []
