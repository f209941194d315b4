"""How fast the lab's page is, in a headless Chromium: python benchmarks/lab_page.py.

With --data-dir FOLDER the images are MNIST's, else as many of noise, as dark as those.
Each number stands beside what it should be, and the exit code says whether all are.
"""

import argparse
import gzip
import json
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data import Dataset, load_mnist
from kobai.page import lab
from kobai.page.notebook import Lab
from kobai.page.opening import opening

SECONDS = 5
FULL_SPEED = "v=1&data=spiral&classes=2&net=2-8:tanh-8:tanh-2&batch=10&speed=max"
IMAGES, PIXELS, INK = 10_000, 784, 0.19
"""So many of MNIST's pixels are not white."""
FRAMES = """seconds => new Promise(done => {
  const times = [];
  const root = document.querySelector('[data-ready]').dataset;
  const [first, start] = [+root.step, performance.now()];
  const frame = now => {
    times.push(now);
    if (now - start < 1000 * seconds) return requestAnimationFrame(frame);
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    done({gaps, rate: (+root.step - first) / ((performance.now() - start) / 1000)});
  };
  requestAnimationFrame(frame);
})"""
LATENCY = """() => new Promise(done => {
  const box = document.querySelector('input[type=checkbox]');
  const start = performance.now();
  box.click();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""
EPOCH = """count => new Promise(done => {
  const root = document.querySelector('[data-ready]').dataset;
  const [first, start] = [+root.step, performance.now()];
  const look = () => +root.step >= first + count
    ? done(performance.now() - start) : setTimeout(look, 1);
  document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'e', bubbles: true}));
  look();
})"""


def images(folder: Path | None) -> Dataset:
    """Return 10,000 images with their digits, all to train on."""
    if folder:
        data = load_mnist(data_dir=folder)
        x, t = data.x_train[:IMAGES], data.t_train[:IMAGES]
    else:
        rng = np.random.default_rng(0)
        ink = rng.random((IMAGES, PIXELS)) < INK
        x = ink * rng.integers(1, 256, ink.shape).astype(np.float32) / 255
        t = rng.integers(0, 10, IMAGES)
    classes = tuple(map(str, range(10)))
    empty = x[:10], t[:10]
    return Dataset(
        "mnist", x, t, *empty, classes=classes, image_shape=(28, 28), scale=1 / 255
    )


def open_page(browser: Any, file: Path, link: str = "") -> Any:
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(f"{file.as_uri()}#{link}")
    page.wait_for_selector("[data-ready=true]", state="attached")
    return page


def ready(browser: Any, file: Path) -> float:
    """Return the seconds until the page has drawn a network; the median of five."""
    times = []
    for _ in range(5):
        page = open_page(browser, file)
        times.append(page.evaluate("performance.now()") / 1000)
        page.close()
    return statistics.median(times)


def full_speed(browser: Any, file: Path) -> tuple[float, float, float]:
    """Return the 95th percentile of frames (ms), steps a second, ms to an input."""
    page = open_page(browser, file, FULL_SPEED)
    page.wait_for_timeout(1000)
    found = page.evaluate(FRAMES, SECONDS)
    waits = [page.evaluate(LATENCY) for _ in range(20)]
    page.close()
    return float(np.percentile(found["gaps"], 95)), found["rate"], max(waits)


def epoch(browser: Any, file: Path, batches: int) -> float:
    """Return the seconds of an epoch of 784-50-10; the median of five."""
    page = open_page(browser, file)
    page.keyboard.press(" ")  # It has begun by itself.
    page.keyboard.press("r")
    page.wait_for_function("() => document.querySelector('[data-step=\"0\"]')")
    times = [page.evaluate(EPOCH, batches) / 1000 for _ in range(6)][1:]
    page.close()
    return statistics.median(times)


def measured(folder: Path | None, browser: Any) -> list[tuple[str, float, float, bool]]:
    """Return what was measured: name, value, limit, and whether less is better."""
    with tempfile.TemporaryDirectory() as place:
        plain = lab().save(Path(place) / "plain.html")
        given = opening(images(folder))
        given["settings"] |= {"batchSize": 100, "testSize": 0.001}
        pictures = Lab(given).save(Path(place) / "images.html")
        size = len(gzip.compress(plain.read_bytes(), 9)) / 1000
        frame, rate, wait = full_speed(browser, plain)
        return [
            ("page, compressed (kB)", size, 150, True),
            ("ready (s)", ready(browser, plain), 1, True),
            ("frame of 2-8-8-2, 95th percentile (ms)", frame, 16.8, True),
            ("steps a second at full speed", rate, 20_000, False),
            ("answer to an input while training (ms)", wait, 100, True),
            ("epoch of 784-50-10 (s)", epoch(browser, pictures, 100), 0.3, True),
        ]


def with_browser(use: Callable[[Any], Any]) -> Any:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=["--no-sandbox"])
        return use(browser)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = with_browser(lambda browser: measured(options.data_dir, browser))
    good = [(a <= b) if less else (a >= b) for _, a, b, less in rows]
    if options.json:
        print(json.dumps({name: value for name, value, *_ in rows}, indent=2))
    else:
        for (name, value, limit, less), is_good in zip(rows, good, strict=True):
            bound = f"{'at most' if less else 'at least'} {limit:,g}"
            mark = "" if is_good else "  MISSED"
            print(f"{name:42} {value:12,.4g}   {bound}{mark}")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
