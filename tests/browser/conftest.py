"""One Chromium for the browser tests, which notes what its console says and which hosts it asks."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait

from accounts.models import User
from tests.debian import ensure_debian_packages, find_program

SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
WAIT_SECONDS = 10
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
    # Whatever a page asks of other hosts is noted below, and goes nowhere.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


class Browser:
    """A browser at the live server, in the words of somebody who looks at it."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, path: str) -> None:
        self.driver.get(self.address + path)

    def sign_in(self, user: User) -> None:
        """As somebody who signed in before: with the session's cookie."""
        client = Client()
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.address}
        self.driver.execute_cdp_cmd("Network.setCookie", cookie)

    def find(self, css: str) -> WebElement:
        """The first visible element that the selector finds, as soon as there is one."""
        return self.until(lambda: next((each for each in self.all(css) if each.is_displayed()), None))

    def all(self, css: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def button(self, text: str) -> WebElement:
        def named() -> WebElement | None:
            shown = [each for each in self.all("button, input[type=submit], a") if each.is_displayed()]
            return next((each for each in shown if text in (each.text, each.get_attribute("value"))), None)

        return self.until(named)

    def type(self, css: str, text: str) -> None:
        field = self.find(css)
        field.clear()
        field.send_keys(text)

    def choose(self, css: str, text: str) -> None:
        Select(self.find(css)).select_by_visible_text(text)

    def show(self, css: str) -> None:
        """Scroll to the element."""
        self.driver.execute_script("arguments[0].scrollIntoView()", self.find(css))

    def until(self, condition: Any) -> Any:
        # A page may replace an element while it is looked at.
        waiting = WebDriverWait(self.driver, WAIT_SECONDS, 0.05, ignored_exceptions=[Exception])
        return waiting.until(lambda _: condition())

    def until_shown(self, text: str) -> None:
        self.until(lambda: text in self.text)

    @property
    def text(self) -> str:
        return self.find("body").text

    def photograph(self, name: str) -> None:
        """Keep a picture of the page, for those who want to see it."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self) -> list[str]:
        """What the console said and which other hosts were asked, since the last time this was called."""
        entries = [entry for entry in self.driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
        said = [f"{entry['level']}: {entry['message']}" for entry in entries]
        return said + [f"asked for {url}" for url in self._requests() if self._is_foreign(url)]

    def _requests(self) -> list[str]:
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]

    def _is_foreign(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.address).netloc


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    if not ensure_debian_packages({"chromium": "chromium", "chromedriver": "chromium-driver"}):
        pytest.skip("no browser: install chromium and chromium-driver (their names in Debian)")
    options = webdriver.ChromeOptions()
    options.binary_location = find_program("chromium") or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options, webdriver.ChromeService(find_program("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium: webdriver.Chrome, live_server: Any) -> Iterator[Browser]:
    browser = Browser(chromium, live_server.url)
    browser.complaints()
    yield browser
    chromium.get("about:blank")
    chromium.execute_cdp_cmd("Network.clearBrowserCookies", {})
