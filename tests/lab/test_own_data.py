"""Data of one's own in the page: tables, points drawn by hand, MNIST's digits."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.lab.conftest import ROOT

CALM = {"reduced_motion": "reduce"}
MNIST = ROOT.parent / "shared" / "data" / "mnist"
REFUSED = re.compile(r"\w")


@pytest.fixture
def lab(opened):
    """The page standing still at step 0 of a spiral."""
    return opened(**CALM)


def write_csv(path: Path, rows: int, head: str = "age,size,kind") -> Path:
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(rows, 2)).round(3)
    lines = [f"{a},{b},{'yes' if a + b > 0 else 'no'}" for a, b in numbers]
    path.write_text("\n".join([head, *lines, ""]), encoding="utf-8")
    return path


def take_table(lab, path):
    lab.page.get_by_label("Kind of data").select_option("table")
    lab.page.locator("input[type=file]").first.set_input_files(path)


def until_data_are(lab, *columns):
    """Wait until the network's inputs are these columns."""
    first = lab.page.locator(".network .unit-label").first
    first.get_by_text(columns[0]).wait_for()
    lab.until()
    shown = lab.page.locator(".network .unit-label").all_inner_texts()
    assert set(columns) <= set(shown)


def refusal(lab):
    """Return what the page says against a file."""
    alert = lab.page.get_by_role("alert").filter(has_text=REFUSED).first
    alert.wait_for()
    return alert.inner_text()


def goes_on(lab):
    """The page trains on other data, as if nothing had been."""
    assert lab.problems == []
    lab.page.get_by_label("Kind of data").select_option("toy")
    lab.until()
    step = lab.step
    lab.button("One step").click()
    lab.until(f"d.step > {step}")


def test_a_table_of_ones_own_is_learned(lab, tmp_path):
    take_table(lab, write_csv(tmp_path / "mine.csv", 300))
    until_data_are(lab, "age", "size")
    assert "mine.csv" in lab.page.get_by_role("region", name="Data").inner_text()
    first = lab.loss
    lab.button("One epoch").click()
    lab.until("d.step > 0")
    assert lab.loss < first
    lab.page.get_by_label("Share of test data").wait_for()
    assert lab.problems == []
    assert "mine" not in lab.page.url


def test_a_table_that_python_gave_is_divided_already(kobai, opened, tmp_path):
    write_csv(tmp_path / "mine.csv", 100)
    done = kobai(
        "lab", "mine.csv", "--target", "kind", "--no-open", "--test-size", "0.4",
        where=tmp_path,
    )  # fmt: skip
    assert done.code == 0, done.err
    lab = opened(file=tmp_path / "lab.html", **CALM)
    until_data_are(lab, "age", "size")
    data = lab.page.get_by_role("region", name="Data")
    data.get_by_text(re.compile(r"\b60\b.*\b40\b")).wait_for()
    assert data.get_by_label("Share of test data").count() == 0
    # One's own is divided by the page.
    take_table(lab, write_csv(tmp_path / "other.csv", 50))
    data.get_by_label("Share of test data").wait_for()
    assert lab.problems == []


ODD = [
    (b"\x00\x01\xff\xfe" * 3000, "rubbish.csv"),
    (b"", "empty.csv"),
    (b"a\n1\n", "narrow.csv"),
    (b"a,b\n1,2,3\n4\n", "uneven.csv"),
    (b"PK\x03\x04" + bytes(400), "book.csv"),
]


def test_what_is_no_table_is_refused_and_the_page_lives(lab, tmp_path):
    for content, name in ODD:
        (tmp_path / name).write_bytes(content)
        take_table(lab, tmp_path / name)
        assert name in refusal(lab)
        goes_on(lab)


def test_hostile_names_of_columns_stay_text(lab, tmp_path):
    head = '"<img src=x onerror=alert(1)>","</script><b>\u202egnp",kind'
    take_table(lab, write_csv(tmp_path / "odd.csv", 100, head))
    until_data_are(lab, "<img src=x onerror=alert(1)>")
    assert lab.page.locator("img").count() == 0
    assert all(re.match(r"(file|blob|data):", url) for url in lab.requests)
    assert lab.problems == []


DROP = """([place, name, line, rows]) => {
  const files = new DataTransfer();
  files.items.add(new File(['age,kind\\n', line.repeat(rows)], name));
  const target = document.querySelector(place);
  for (const kind of ['dragover', 'drop']) {
    const options = {dataTransfer: files, bubbles: true, cancelable: true};
    const event = new DragEvent(kind, options);
    // What is not taken would have the browser leave the page.
    if (target.dispatchEvent(event)) throw new Error(kind);
  }
}"""


def test_a_table_is_dropped_anywhere(lab):
    drop = [".curves", "dropped.csv", "1.5,yes\n2.5,no\n", 50]
    lab.page.evaluate(DROP, drop)
    until_data_are(lab, "age")
    lab.button("One step").click()
    lab.until("d.step == 1")
    assert lab.problems == []


def test_a_million_rows_are_too_many_and_the_page_lives(lab):
    lab.page.evaluate(DROP, ["main", "long.csv", "1.5,yes\n", 1_000_000])
    said = refusal(lab)
    assert "1,000,000" in said
    assert "200,000" in said
    goes_on(lab)


def test_a_file_of_100_megabytes_is_too_large_and_the_page_lives(lab, tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"age,kind\n" + b"1.5,yes\n" * 12_500_000)
    take_table(lab, path)
    said = refusal(lab)
    assert "100" in said
    assert "50" in said
    goes_on(lab)


def draw(lab, *places):
    """Draw one stroke over the plane of points, whose sides are 0 and 1."""
    plane = lab.page.get_by_label("Drawing area for points")
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    at = [
        (box["x"] + x * box["width"], box["y"] + (1 - y) * box["height"])
        for x, y in places
    ]
    lab.page.mouse.move(*at[0])
    lab.page.mouse.down()
    for place in at[1:]:
        lab.page.mouse.move(*place)
    lab.page.mouse.up()


def learns(lab):
    """Train until the loss is a fifth of what it was."""
    lab.until("d.step == 0")
    first = lab.loss
    lab.page.get_by_label("Until the loss is below").fill(str(first / 5))
    lab.page.keyboard.press("Enter")
    lab.button("Train").click()
    lab.until("d.playing == 'false' && d.step > 0")
    assert lab.loss < first / 5
    assert lab.problems == []


def across(low, high, x):
    return [(x, y) for y in np.linspace(low, high, 12)]


def test_classes_drawn_by_hand_are_learned(lab):
    lab.page.get_by_label("Kind of data").select_option("points")
    draw(lab, *across(0.2, 0.8, 0.2))
    # One class is nothing to learn yet.
    assert "of two classes or more" in lab.page.locator(".data-panel").inner_text()
    lab.page.get_by_role("group", name="Draw").get_by_label("1", exact=True).check()
    draw(lab, *across(0.2, 0.8, 0.8))
    lab.page.get_by_text("24 points").wait_for()
    learns(lab)


def test_a_curve_drawn_by_hand_is_learned(lab):
    lab.page.get_by_label("Kind of data").select_option("points")
    lab.page.get_by_label("A curve").check()
    draw(lab, *[(x, 0.2 + 0.6 * x) for x in np.linspace(0.1, 0.9, 16)])
    lab.page.get_by_text(re.compile("Network 1–")).wait_for()
    learns(lab)


def test_digits_of_mnist_are_learned_and_drawn(kobai, opened, tmp_path):
    if not MNIST.is_dir():
        pytest.skip("needs MNIST's files in ../shared/data/mnist")
    made = kobai("lab", "mnist", "--data-dir", MNIST, "--no-open", where=tmp_path)
    assert made.code == 0, made.err
    page = opened(file=tmp_path / "lab.html", **CALM)
    page.page.get_by_text(re.compile("Network 784–")).wait_for()
    page.page.get_by_label("Until the loss is below").fill("0.4")
    page.page.keyboard.press("Enter")
    page.button("Train").click()
    page.until("d.step > 0 && d.playing == 'false'")
    assert page.loss < 0.4
    page.page.get_by_role("tab", name="Draw a digit").click()
    panel = page.page.get_by_role("tabpanel")
    page.draw_a_one(panel)
    rows = panel.get_by_role("table").first.locator("tr").all_inner_texts()
    chances = {
        int(digit): float(chance)
        for row in rows
        for digit, chance in re.findall(r"(\d)\s+([\d.]+) ?%", row)
    }
    assert len(chances) == 10
    # A stroke straight down is a 1.
    assert max(chances, key=chances.__getitem__) == 1
    assert page.problems == []
