"""What the other commands show."""

import ast
import re
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from kobai.cli import lists
from kobai.cli.classes import BAR_WIDTH
from kobai.data import load_digits
from kobai.formats import load_model
from kobai.gallery import FIGURES, MOVIES
from kobai.version import __version__

COMMANDS = [
    "train",
    "runs",
    "evaluate",
    "predict",
    "check",
    "descend",
    "figures",
    "source",
    "doctor",
]


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A network for the digits, trained once."""
    from kobai.formats import save_model
    from kobai.networks import Dense, Network, ReLU, Softmax
    from kobai.optimizers import SGD
    from kobai.training import train

    data = load_digits(seed=0)
    network = Network(64, [Dense(30), ReLU(), Dense(10), Softmax()])
    train(network, data, optimizer=SGD(0.3), batch_size=20, epochs=10, progress=False)
    path = tmp_path_factory.mktemp("model") / "digits.safetensors"
    save_model(
        path,
        network,
        classes=data.classes,
        image_shape=data.image_shape,
        scale=data.scale,
        name="digits",
    )
    return path


def test_the_version(kobai):
    assert kobai("--version") == (0, f"kobai {__version__}\n", "")


def test_no_command_shows_the_help(kobai):
    done = kobai()
    assert done.code == 0
    for name in COMMANDS:
        assert name in done.out


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_has_examples(kobai, name):
    done = kobai(name, "--help")
    assert done.code == 0
    assert re.search(rf"^ *kobai {name}", done.out, re.MULTILINE)
    assert max(map(len, done.out.splitlines())) <= 100


def test_the_help_names_all_there_is(kobai):
    text = " ".join(kobai("train", "--help").out.split())
    for names in (*lists.LISTS.values(), lists.batches, lists.gradients):
        for name in names():
            assert name in text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("kobai tr", "train"),
        ("kobai train --opt", "--optimizer"),
        ("kobai train --optimizer adamw", "adamw"),
        ("kobai train fash", "fashion-mnist"),
        ("kobai train --engine au", "auto"),
        ("kobai train --loss hu", "huber"),
        ("kobai figures learning", "learning-rates"),
    ],
)
def test_the_shell_completes(kobai, monkeypatch, words, expected):
    monkeypatch.setenv("_KOBAI_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    assert expected in kobai().out.split()


def test_the_shell_completes_runs(kobai, blobs, monkeypatch):
    kobai("train", blobs, "--epochs", 1, "-q")
    monkeypatch.setenv("_KOBAI_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "kobai evaluate runs/b")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert "runs/blobs-1" in kobai().out.split()


def test_the_help_loads_nothing_heavy(start):
    import subprocess
    import sys

    code = """
import sys
sys.argv = ["kobai", "--help"]
from kobai.cli import main
try:
    main()
finally:
    heavy = {"matplotlib", "safetensors", "PIL", "pooch", "kobai.networks"}
    print("loaded:", *sorted(heavy & sys.modules.keys()), file=sys.stderr)
"""
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr == "loaded:\n"


def test_evaluate_counts_by_hand(kobai, trained):
    done = kobai("evaluate", trained, "digits")
    assert done.code == 0
    data, network = load_digits(seed=0), load_model(trained).network
    guesses = network.predict(data.x_test).argmax(axis=1)
    right = int(np.sum(guesses == data.t_test))
    assert f"{right} of {len(data.x_test)} right" in done.out
    rows = re.findall(r"^(\d)((?: +(?:\d+|·)){10}) +[\d.]+%$", done.out, re.MULTILINE)
    got = [[int(n.replace("·", "0")) for n in row.split()] for _, row in rows]
    expected = np.zeros((10, 10), int)
    for label, guess in zip(data.t_test, guesses, strict=True):
        expected[label, guess] += 1
    np.testing.assert_array_equal(got, expected)


def test_evaluate_shows_long_class_names(kobai, here, blobs):
    from kobai.formats import save_model

    kobai("train", blobs, "--epochs", 30, "--run", "r", "-q")
    network = load_model(here / "r/model.safetensors").network
    names = ("Ankle boot", "T-shirt", "[bold]Bag")
    save_model(here / "named.safetensors", network, classes=names)
    out = kobai("evaluate", "named.safetensors", "blobs.npz").out
    for index, name in enumerate(names):
        assert f"{index} {name}" in out


def test_a_picture_is_predicted_as_its_pixels_are(kobai, here, trained):
    data, network = load_digits(seed=0), load_model(trained).network
    for index in range(3):
        pixels = np.kron(data.x_test[index].reshape(8, 8), np.ones((12, 12)))
        picture = np.pad(255 - 255 * pixels, 20, constant_values=255)
        Image.fromarray(picture.astype(np.uint8)).save(here / "my.png")
        done = kobai("predict", trained, "my.png")
        assert done.code == 0
        best = network.predict(data.x_test[index]).argmax()
        assert done.out.startswith(f"my.png: {best}\n")
        shares = [float(s) for s in re.findall(r"([\d.]+)%", done.out)]
        # Ten shares, each rounded to a tenth of a per cent.
        assert sum(shares) == pytest.approx(100, abs=0.5)
        assert len(shares) == 10


def test_bars_are_as_long_as_the_probability_is_large(kobai, here, trained):
    image = Image.new("L", (90, 90), 255)
    ImageDraw.Draw(image).ellipse((25, 15, 65, 75), outline=0, width=9)
    image.save(here / "zero.png")
    out = kobai("predict", trained, "zero.png").out
    bars = re.findall(r"^\d +([█▏▎▍▌▋▊▉]*) +([\d.]+)%$", out, re.MULTILINE)
    assert len(bars) == 10
    for drawn, share in bars:
        assert len(drawn) == pytest.approx(BAR_WIDTH * float(share) / 100, abs=1)


def test_rows_of_numbers_are_predicted(kobai, here, trained):
    data = load_digits(seed=0)
    np.savez(here / "my.npz", x=16 * data.x_test[:5])
    out = kobai("predict", trained, "my.npz").out
    best = load_model(trained).network.predict(data.x_test[:5]).argmax(axis=1)
    rows = re.findall(r"^ *(\d) +(\d) .*%$", out, re.MULTILINE)
    assert [int(guess) for _, guess in rows] == best.tolist()


def test_check_agrees(kobai):
    done = kobai("check", "--hidden", "5,4", "--activation", "tanh", "--samples", 3)
    assert done.code == 0
    for name in ("W1", "b1", "W2", "b2", "W3", "b3", "They agree"):
        assert name in done.out


def test_check_says_what_it_does_before_it_does_it(kobai, monkeypatch):
    from kobai import autodiff

    def never(*given, **options):
        raise ValueError("stop here")

    monkeypatch.setattr(autodiff, "check_gradient", never)
    done = kobai("check", "--hidden", 5, "--samples", 3)
    assert done.err == "error: stop here\n"
    assert "Moved    each of 385 parameters, to both sides" in done.out


def test_check_moves_a_few_parameters_of_a_large_network(kobai, monkeypatch):
    from kobai.cli import check

    monkeypatch.setattr(check, "MOST_MOVED", 384)
    monkeypatch.setattr(check, "FEW", 7)
    done = kobai("check", "--hidden", 5, "--samples", 3)
    assert done.code == 0
    assert "7 parameters of each array, drawn by seed 0: all 385" in done.out
    # b1 has 5 of them alone.
    assert "for 26 parameters: for all 385, " in done.out


def test_check_finds_a_wrong_gradient(kobai, monkeypatch):
    from kobai import autodiff

    right = autodiff.gradient

    def wrong(f, params):
        grads = right(f, params)
        grads["b1"] = grads["b1"] * 1.01
        return grads

    monkeypatch.setattr(autodiff, "gradient", wrong)
    done = kobai("check", "--hidden", 5, "--samples", 3)
    assert done.code == 1
    assert "They differ" in done.out


def test_descend_walks_as_the_formula_says(kobai, here):
    done = kobai("descend", "x0**2 + x1**2", "--start", "-3,4")
    assert done.code == 0
    # Every step multiplies by 1 - 2 * 0.1.
    end = [start * 0.8**100 for start in (-3, 4)]
    shown = re.search(r"it is at \((\S+), (\S+)\)", done.out)
    assert shown is not None
    # Nine digits are printed.
    assert [float(v) for v in shown.groups()] == pytest.approx(end, rel=1e-8)
    with Image.open(here / "descent.png") as picture:
        assert min(picture.size) > 300


def test_descend_says_that_it_diverged(kobai):
    done = kobai("descend", "x0**2 + x1**2", "--start", "-3,4", "--lr", "10")
    assert done.code == 0
    assert "It diverged" in done.out


@pytest.mark.parametrize(
    ("formula", "start", "rate"),
    [
        ("x0**2 + x1**2", "-3,4", "10"),
        ("x**2", "1", "1e300"),
        ("x**4", "50", "100"),
        ("x**4", "1e40", "0.1"),
    ],
)
def test_descend_names_a_rate_that_does_not_diverge(kobai, formula, start, rate):
    arguments = ["descend", formula, "--start", start, "--lr"]
    words = " ".join(kobai(*arguments, rate).out.split())
    assert "It diverged" in words
    advice = words.partition("Try ")[2].partition(". The picture")[0]
    if advice != "another --start":
        said = " ".join(kobai(*arguments, advice.removeprefix("--lr ")).out.split())
        assert "diverged" not in said
        assert "to and fro" not in said
    # Of x⁴ at 1e40 the slope is 4e120: no rate is small enough.
    assert (advice == "another --start") == (start == "1e40")


@pytest.mark.parametrize(
    ("formula", "start", "rate"),
    [
        ("x**2", "2", "1"),
        ("x**2", "2", "0.99"),
        ("abs(x)", "2.05", "0.1"),
        ("sqrt(x0**2 + x1**2)", "3,4", "0.3"),
        ("x0**2 / 20 + x1**2", "-7,2", "1"),
        ("sin(x)", "1", "3"),
    ],
)
def test_descend_says_that_it_jumps_to_and_fro(kobai, formula, start, rate):
    done = kobai("descend", formula, "--start", start, "--lr", rate)
    words = " ".join(done.out.split())
    assert "jumps to and fro between there and" in words
    assert f"Try a smaller one: --lr {float(rate) / 10:g}." in words
    smaller = kobai("descend", formula, "--start", start, "--lr", str(float(rate) / 10))
    assert "larger" not in smaller.out


@pytest.mark.parametrize("formula", ["sqrt(x0**2 + x1**2)", "x0**2 - x1**2"])
def test_descend_says_that_there_is_no_slope(kobai, formula):
    done = kobai("descend", formula, "--start", "0,0")
    words = " ".join(done.out.split())
    assert "it is at (0, 0), where it began: the slope is 0 there" in words
    assert "nan" not in done.out


def test_descend_walks_down_a_cone(kobai):
    done = kobai("descend", "sqrt(x0**2 + x1**2)", "--start", "3,4", "--lr", "1")
    assert "it is at (0, 0), where f = 0." in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("formula", "rate"), [("x**2", "0.1"), ("x**2", "0.8"), ("exp(x)", "0.1")]
)
def test_descend_does_not_take_every_descent_for_a_swing(kobai, formula, rate):
    done = kobai("descend", formula, "--start", "2", "--lr", rate)
    assert "to and fro" not in done.out


def test_descend_says_that_it_hardly_moved(kobai):
    done = kobai("descend", "x0**2 + x1**2", "--start", "-3,4", "--lr", "1e-10")
    assert "hardly moved" in done.out


@pytest.mark.parametrize(
    ("formula", "start"),
    [("x**4 - 3*x**2 + x", "2"), ("x + y**2 + z**2", "1,2,3"), ("-x0**2", "1")],
)
def test_descend_draws_any_number_of_variables(kobai, here, formula, start):
    arguments = ["--start", start, "--out", "new/my.svg", "--steps", 5, "--", formula]
    done = kobai("descend", *arguments)
    assert done.code == 0, done.err
    assert (here / "new/my.svg").read_text().startswith("<?xml")


def test_figures_are_listed(kobai):
    assert kobai("figures", "--list").out.split() == [*FIGURES, *MOVIES]


def test_a_figure_is_drawn(kobai, here):
    done = kobai("figures", "network-drawing", "--out", "a/b", "--language", "en")
    assert done == (0, "a/b/network-drawing.png\n", "")
    with Image.open(here / "a/b/network-drawing.png") as picture:
        assert min(picture.size) > 300


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_the_source_of_a_run_is_the_code_that_each_engine_runs(
    kobai, here, monkeypatch, optimizer
):
    pytest.importorskip("numba")
    from kobai.engines.numba_engine import epoch

    run = ("train", "--epochs", 1, "--hidden", 7, "--optimizer", optimizer)
    options = ("--batch-size", 30, "--run", "run", "--engine", "numba")
    compiled = []
    monkeypatch.setattr(
        epoch.cache,
        "load",
        lambda generated, load=epoch.cache.load: (
            compiled.append(generated.source),
            load(generated),
        )[1],
    )
    assert kobai(*run, *options).code == 0
    # Nothing is compiled only to be read.
    monkeypatch.setitem(sys.modules, "numba", None)
    loops = kobai("source", "run", "--engine", "numba").out
    assert loops.strip() in [source.strip() for source in compiled]
    ast.parse(loops)
    plain = kobai("source", "run").out
    assert plain == kobai("source", "run", "--engine", "numpy").out
    assert "def step(W1, b1, W2, b2" in plain
