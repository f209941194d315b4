"""The built page, a browser to open it in, and the command that writes it."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
WEB = ROOT / "web"
DIST = WEB / "dist"
READY = 60_000
"""Milliseconds that a page may take on a machine that does much else. A wait ends with
the state that it is for, so that a long limit costs nothing."""


@pytest.fixture
def kobai(
    run_command: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Run the command in whatever folder."""

    def run(*arguments: object, where: Path) -> Any:
        monkeypatch.chdir(where)
        return run_command(*arguments)

    return run


@pytest.fixture(scope="session")
def page_file() -> Path:
    """The page as it was built."""
    file = DIST / "lab.html"
    if not file.is_file():
        pytest.skip("the lab is not built: make page")
    return file


@pytest.fixture(scope="session")
def browser(page_file: Path) -> Iterator[Any]:
    """One browser for all tests."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as running:
        found = running.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


class Opened:
    """A page that is open, with all that it asked for and complained of."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page = page
        self.file = file
        page.set_default_timeout(READY)
        self.requests: list[str] = []
        self.problems: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def go(self, link: str = "") -> "Opened":
        """Open the file with a link's hash, once, and wait until it stands there."""
        self.page.goto(f"{self.file.as_uri()}{f'#{link}' if link else ''}")
        self.page.wait_for_selector("[data-ready=true]", state="attached")
        self.until()
        return self

    @property
    def root(self) -> Any:
        return self.page.locator("[data-ready]").first

    @property
    def step(self) -> int:
        return int(self.root.get_attribute("data-step") or 0)

    @property
    def loss(self) -> float:
        return float(self.root.get_attribute("data-loss") or "nan")

    def until(self, condition: str = "true") -> None:
        """Wait until all that was asked for is done, and a condition on `d` holds.

        `d` is the data of the root. Half way through an epoch, or before the data have
        come that were chosen last, a condition may hold for a moment, too.
        """
        until(self.page, condition)

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True).first

    def draw_a_one(self, panel: Any) -> None:
        """Draw a stroke from above on a panel's pad, and wait until it is read."""
        pad = panel.locator("canvas").first
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"]
        self.page.mouse.move(x, y + box["height"] * 0.15)
        self.page.mouse.down()
        self.page.mouse.move(x, y + box["height"] * 0.85, steps=12)
        self.page.mouse.up()
        # The first points are answered while the others are drawn.
        panel.locator("[aria-busy=false]").get_by_text("%").first.wait_for()


def until(page: Any, condition: str = "true") -> None:
    """Wait as `Opened.until` does, on any page."""
    page.wait_for_function(
        "() => { const d = document.querySelector('[data-ready]').dataset;"
        f" return d.busy === 'false' && ({condition}); }}",
        timeout=READY,
    )


SIZES = {"wide": (1400, 900), "phone": (390, 844)}


@pytest.fixture(scope="session")
def windows(browser: Any) -> Iterator[dict[Any, Any]]:
    """The windows of all tests, by what is special about them."""
    made: dict[Any, Any] = {}
    yield made
    for window in made.values():
        window.close()


@pytest.fixture
def opened(
    browser: Any, page_file: Path, windows: dict[Any, Any]
) -> Iterator[Callable[..., Opened]]:
    """Open a page; pages of the same kind share one window, for speed."""

    def open_page(
        link: str = "",
        size: str = "wide",
        language: str = "en-GB",
        file: Path | None = None,
        **options: Any,
    ) -> Opened:
        width, height = SIZES[size]
        key = (size, language, json.dumps(options, sort_keys=True))
        if key not in windows:
            windows[key] = browser.new_context(
                viewport={"width": width, "height": height},
                locale=language,
                has_touch=size == "phone",
                is_mobile=size == "phone",
                accept_downloads=True,
                **options,
            )
        close(windows[key])
        return Opened(windows[key].new_page(), file or page_file).go(link)

    yield open_page
    # A page goes on training, also while other tests run.
    for window in windows.values():
        close(window)


def close(window: Any) -> None:
    for page in window.pages:
        page.close()
