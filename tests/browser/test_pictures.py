"""The pictures and the dashboard in a browser: by day and night, on paper, on a phone, full and empty (contract 5)."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from accounts.goals import StudyGoal
from accounts.models import User
from sessions.models import StudySession
from subjects.models import Subject
from tests.browser.conftest import SCREENSHOTS, Browser
from tests.factories import make_session, make_subject, make_user

pytestmark = pytest.mark.browser

ADDRESSES = {
    "heatmap": "/stats/heatmap.svg",
    "weeks": "/stats/summary.svg?group_by=week&from={year_ago}",
    "subjects": "/stats/summary.svg?group_by=subject&from={year_ago}",
}
NAMES = (
    "Algebra",
    "W" * 100,
    "הסטוריה של העת החדשה באירופה ובעולם כולו",
    "مقدمة في الجبر الخطي",
    "R&D & <Q>",
    "線形代数と微分幾何学入門、そして量子力学の基礎について",
    "👩‍👩‍👧‍👦 Family law",
)
DAYS = 365
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}


@pytest.fixture
def heavy(alice: User) -> User:
    """Alice has studied nearly every day of a year, with weekends of rest, subjects of all kinds and a goal."""
    StudyGoal.objects.filter(user=alice).delete()
    alice.rest_weekdays, alice.daily_goal_minutes = [6, 7], 300
    alice.save()
    subjects, chance = [make_subject(alice, name) for name in NAMES], Random(1)
    now = timezone.now().replace(microsecond=0)
    sessions = []
    for days_ago in range(1, DAYS):
        end = now - timedelta(days=days_ago)
        for part in range(chance.choice((0, 1, 2, 3))):
            minutes = chance.randint(20, 150)
            subject = chance.choices(subjects, weights=range(len(subjects), 0, -1))[0]
            start = end - timedelta(hours=3 * part, minutes=minutes)
            sessions.append(of(subject, start, minutes))
    StudySession.objects.bulk_create(sessions)
    return alice


def of(subject: Subject, start: Any, minutes: int) -> StudySession:
    times = {"start_time": start, "end_time": start + timedelta(minutes=minutes)}
    return StudySession(subject=subject, time_zone="Europe/Berlin", day_start_hour=0, **times)


@pytest.fixture
def looked_at(browser: Browser) -> Iterator[Browser]:
    """A browser that is itself again afterwards."""
    yield browser
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def prefer(browser: Browser, scheme: str, media: str = "") -> None:
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})


def open_picture(browser: Browser, name: str) -> None:
    year_ago = timezone.now().date() - timedelta(days=DAYS - 1)
    browser.open(ADDRESSES[name].format(year_ago=year_ago))
    browser.until(lambda: browser.all("svg > desc"))


def colour_of(browser: Browser, css: str) -> str:
    script = "return getComputedStyle(document.querySelector(arguments[0])).fill"
    return browser.driver.execute_script(script, css)


@pytest.mark.parametrize("name", ADDRESSES)
def test_by_day_by_night_and_on_paper(looked_at: Browser, heavy: User, name: str) -> None:
    looked_at.sign_in(heavy)
    cards = []
    for scheme, media in (("light", ""), ("dark", ""), ("dark", "print")):
        prefer(looked_at, scheme, media)
        open_picture(looked_at, name)
        cards.append(colour_of(looked_at, ".card"))
        looked_at.photograph(f"picture-{name}-{media or scheme}")
    assert cards == ["rgb(255, 255, 255)", "rgb(20, 25, 30)", "rgb(255, 255, 255)"]
    assert looked_at.complaints() == []


@pytest.mark.parametrize("name", ADDRESSES)
def test_with_nothing_and_with_one_day(looked_at: Browser, alice: User, name: str) -> None:
    looked_at.sign_in(alice)
    open_picture(looked_at, name)
    looked_at.photograph(f"picture-{name}-of-nothing")
    make_session(make_subject(alice), timezone.now() - timedelta(hours=30), 100)
    open_picture(looked_at, name)
    looked_at.photograph(f"picture-{name}-of-one-day")
    assert "1 h 40 min" in looked_at.driver.execute_script("return document.querySelector('title').textContent")
    assert looked_at.complaints() == []


def test_who_does_not_see_it_is_told(looked_at: Browser, heavy: User) -> None:
    looked_at.sign_in(heavy)
    open_picture(looked_at, "heatmap")
    tree = looked_at.driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    said = [(node["role"]["value"], node["name"]["value"]) for node in tree if "name" in node]
    (image,) = [name for role, name in said if role in ("image", "img")]
    assert image.startswith("Study days: ")
    assert "Something was studied on " in image


@pytest.mark.parametrize("name", ADDRESSES)
def test_nothing_leaves_its_place(looked_at: Browser, heavy: User, name: str) -> None:
    """What is written stays within the picture; of names that have no room, nothing is seen beyond it."""
    looked_at.sign_in(heavy)
    open_picture(looked_at, name)
    outside = """
        const card = document.querySelector(".card").getBoundingClientRect();
        return [...document.querySelectorAll("svg > text, g > text, .day, .bar")]
            .filter((each) => { const box = each.getBoundingClientRect();
                return box.left < card.left || box.right > card.right || box.bottom > card.bottom; })
            .map((each) => each.textContent);
    """
    assert looked_at.driver.execute_script(outside) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("name", "path"), [("heatmap", "/stats/heatmap"), ("subjects", "/stats/summary?group_by=subject")]
)
def test_a_page_shows_its_picture(looked_at: Browser, heavy: User, scheme: str, name: str, path: str) -> None:
    prefer(looked_at, scheme)
    looked_at.sign_in(heavy)
    looked_at.open(path)
    looked_at.until(lambda: is_drawn(looked_at, ".picture img"))
    looked_at.photograph(f"page-{name}-{scheme}")
    assert looked_at.complaints() == []


def test_a_page_on_a_phone(looked_at: Browser, heavy: User) -> None:
    looked_at.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    looked_at.sign_in(heavy)
    looked_at.open("/stats/heatmap")
    looked_at.until(lambda: is_drawn(looked_at, ".picture img"))
    looked_at.photograph("page-heatmap-phone")
    right = "return document.querySelector(arguments[0]).getBoundingClientRect().right"
    assert looked_at.driver.execute_script(right, ".picture img") <= PHONE["width"]  # where today is
    assert looked_at.complaints() == []


def test_a_page_without_a_picture_shows_none(looked_at: Browser, alice: User) -> None:
    looked_at.sign_in(alice)
    looked_at.open("/stats/summary?from=2010-01-01")
    looked_at.until_shown("HTTP 200 OK")
    assert looked_at.all(".picture") == []
    assert looked_at.complaints() == []


def is_drawn(browser: Browser, css: str) -> bool:
    script = "return [...document.querySelectorAll(arguments[0])].every((each) => each.complete && each.naturalWidth)"
    return bool(browser.all(css)) and browser.driver.execute_script(script, css)


@pytest.fixture
def signed_up(heavy: User) -> None:
    """Twenty more users, who began one after the other and study a little."""
    now, chance = timezone.now(), Random(2)
    for number in range(20):
        user = make_user(f"student-{number}")
        began = now - timedelta(days=chance.randint(0, 29))
        User.objects.filter(pk=user.pk).update(created_at=began)
        make_session(make_subject(user, "Botany"), now - timedelta(days=chance.randint(1, 29)), 60)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dashboard(looked_at: Browser, operator: User, signed_up: None, scheme: str) -> None:
    prefer(looked_at, scheme)
    looked_at.sign_in(operator)
    looked_at.open("/admin/")
    looked_at.button("Dashboard").click()
    looked_at.until(lambda: all(painted(looked_at)))
    photograph_whole(looked_at, f"admin-dashboard-{scheme}")
    assert len(painted(looked_at)) == 4
    assert looked_at.complaints() == []


def test_the_dashboard_of_nothing_and_on_a_phone(looked_at: Browser, operator: User) -> None:
    looked_at.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)
    looked_at.sign_in(operator)
    looked_at.open("/admin/study_sessions/studysession/dashboard/")
    looked_at.until_shown("Nothing was studied on these days.")
    photograph_whole(looked_at, "admin-dashboard-empty-phone")
    assert looked_at.complaints() == []


def painted(browser: Browser) -> list[bool]:
    """Whether each chart has something on it."""
    script = """
        return [...document.querySelectorAll("canvas")].map((each) => {
            const blank = Object.assign(document.createElement("canvas"), { width: each.width, height: each.height });
            return each.toDataURL() !== blank.toDataURL();
        });
    """
    return browser.driver.execute_script(script)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_users_page_has_the_users_pictures(looked_at: Browser, operator: User, heavy: User, scheme: str) -> None:
    prefer(looked_at, scheme)
    looked_at.sign_in(operator)
    looked_at.open(f"/admin/accounts/user/{heavy.pk}/change/")
    looked_at.until(lambda: is_drawn(looked_at, ".pictures img"))
    assert len(looked_at.all(".pictures img")) == 3
    photograph_whole(looked_at, f"admin-user-pictures-{scheme}")
    assert looked_at.complaints() == []


def photograph_whole(browser: Browser, name: str) -> None:
    """Keep a picture of all of the page, not only of what fits the window."""
    size = browser.driver.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
    clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
    taken = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name}.png").write_bytes(base64.b64decode(taken["data"]))
