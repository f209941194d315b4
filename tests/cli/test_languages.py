"""Pictures speak the reader's language: as asked for, or as the environment says."""

import numpy as np
import pytest

from kobai import plots
from kobai.languages import readers_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "zh_TW.UTF-8"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LC_MESSAGES": "zh_CN", "LANG": "ja_JP"}, "zh"),
        ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "zh_CN", "LANG": "ja_JP"}, "en"),
        ({"LC_ALL": "", "LANG": "ja_JP"}, "ja"),
    ],
)
def test_the_first_variable_that_is_set_decides(environment, language):
    assert readers_language(environment) == language


COMMANDS = {
    "training_curves": ("train", "blobs.npz", "--epochs", 1, "-q"),
    "predicted_and_true": ("train", "r.csv", "--target", "y", "--epochs", 1, "-q"),
    "confusion_matrix": ("evaluate", "model", "blobs.npz", "-o", "c.png"),
    "descent": ("descend", "x**2", "--start", "1", "--steps", 2),
}


@pytest.fixture
def asked(monkeypatch, here, blobs, kobai):
    """Return what languages a command's figure is drawn in."""
    rows = [f"{x * 7 % 61},{3 * x + x % 7}" for x in range(60)]
    (here / "r.csv").write_text("\n".join(["x,y", *rows]))
    kobai("train", blobs, "--epochs", 1, "--run", "model", "-q")

    def run(name, *more):
        seen = []
        draw = getattr(plots, name)

        def spy(*arguments, **options):
            position = 2 if name == "confusion_matrix" else -1
            seen.append(arguments[position])
            return draw(*arguments, **options)

        monkeypatch.setattr(plots, name, spy)
        done = kobai(*COMMANDS[name], *more)
        assert done.code == 0, done.err
        return seen

    return run


@pytest.mark.filterwarnings("ignore::kobai.plots.FontWarning")
@pytest.mark.parametrize("name", COMMANDS)
def test_a_picture_is_in_the_readers_language(asked, name, monkeypatch):
    assert asked(name) == ["en"]
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    assert set(asked(name)) == {"ja"}
    assert set(asked(name, "--language", "zh")) == {"zh"}
    assert set(asked(name, "--language", "en")) == {"en"}


@pytest.mark.parametrize("command", ["train", "figures"])
def test_an_unknown_language_is_refused_before_anything_is_done(kobai, here, command):
    done = kobai(command, "--language", "jp")
    assert done.code == 2
    assert '--language: got "jp"; need one of en, ja, zh' in done.err
    assert not list(here.iterdir())


@pytest.mark.filterwarnings("default::kobai.plots.FontWarning")
def test_a_language_without_a_font_is_said_once_and_drawn_in_english(
    kobai, blobs, here, monkeypatch
):
    from matplotlib import font_manager

    from kobai.plots import fonts

    manager = font_manager.fontManager
    few = [font for font in manager.ttflist if font.name.startswith("DejaVu")]
    monkeypatch.setattr(manager, "ttflist", few)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])
    caches = (fonts.choose, fonts.installed_families, fonts._having, fonts._has)
    for each in caches:
        each.cache_clear()
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    done = kobai("train", blobs, "--epochs", 1, "-q")
    for each in caches:
        each.cache_clear()
    assert done.code == 0
    assert done.err.count("no installed font can write Japanese") == 1
    assert "labelled in English" in done.err
    assert "apt install fonts-noto-cjk" in done.err
    assert (here / "runs/blobs-1/curves.png").exists()


def test_a_regression_gets_its_predictions_drawn(kobai, here):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(80, 2))
    rows = [f"{a},{b},{a + b},{a - b}" for a, b in x]
    (here / "two.csv").write_text("\n".join(["a,b,plus,minus", *rows]))
    done = kobai("train", "two.csv", "--target", "plus,minus", "--epochs", 2)
    assert done.code == 0, done.err
    picture = here / "runs/two-1/predicted-and-true.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert "predicted-and-true.png" in done.out
    picture.unlink()
    assert kobai("evaluate", "runs/two-1").code == 0
    assert picture.exists()
    assert kobai("evaluate", "runs/two-1", "two.csv", "-o", "all.svg").code == 0
    assert (here / "all.svg").exists()


def test_a_regression_without_a_table_gets_its_predictions_drawn(kobai, here):
    x = np.linspace(0, 1, 50)[:, None]
    np.savez(here / "line.npz", x=x, t=2 * x)
    assert kobai("train", "line.npz", "--epochs", 1, "-q").code == 0
    assert (here / "runs/line-1/predicted-and-true.png").exists()


def test_a_regression_that_diverged_is_drawn_too(kobai, here):
    rows = [f"{x * 7 % 61},{x % 11}" for x in range(60)]
    (here / "r.csv").write_text("\n".join(["x,y", *rows]))
    train = ("train", "r.csv", "--target", "y", "--task", "regression", "-q")
    done = kobai(*train, "--optimizer", "sgd", "--lr", "1e9", "--run", "r")
    assert done.code == 2
    assert "RuntimeWarning" not in done.err
    assert (here / "r/curves.png").exists()
    assert (here / "r/predicted-and-true.png").exists()


def test_classes_have_no_predictions_over_what_is_true(kobai, blobs, here):
    kobai("train", blobs, "--epochs", 1, "-q")
    assert not (here / "runs/blobs-1/predicted-and-true.png").exists()
