"""Every figure of the registry, in every language, and in files."""

import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from kobai.gallery import FIGURES, save_figures
from kobai.plots import FontWarning, fonts

# Where no font can write a language, English labels and this warning are right.
pytestmark = pytest.mark.filterwarnings("ignore::kobai.plots.FontWarning")

LANGUAGES = ["en", "ja", "zh"]
# Pictures of things that have no coordinates.
WITHOUT_AXES = {
    "network-drawing",
    "computational-graph",
    "misclassified",
    "first-layer-weights",
}
# The panels of a row show the same quantity, named once at its left.
ROWS = {"activation-functions", "weight-initialization"}


@pytest.fixture(scope="session")
def drawn():
    """Each figure is laid out once per language and shared by the tests."""
    made: dict[tuple[str, str], Figure] = {}

    def draw(name, language):
        key = name, language
        if key not in made:
            figure = FIGURES[name](language=language, seed=0)
            figure.draw_without_rendering()
            made[key] = figure
        return made[key]

    return draw


def words(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_is_drawn_with_title_and_labels(name, language, drawn):
    figure = drawn(name, language)
    assert isinstance(figure, Figure)
    titles = [figure.get_suptitle(), *(ax.get_title() for ax in figure.axes)]
    assert any(titles)
    if name in WITHOUT_AXES:
        return
    for ax in figure.axes:
        if ax.get_label() == "<colorbar>":
            assert ax.get_ylabel()
            continue
        # An axis whose numbers are beside another panel has its label there, too.
        if ax.xaxis.get_tick_params()["labelbottom"]:
            assert ax.get_xlabel() or figure.get_supxlabel()
        first = not ax.get_subplotspec().colspan.start
        if ax.yaxis.get_tick_params()["labelleft"] and (first or name not in ROWS):
            assert ax.get_ylabel()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_no_word_of_a_figure_is_a_row_of_boxes(name, language, drawn):
    # Laying out warns of a missing glyph, and a warning is an error here; the fonts are
    # asked once more, in case matplotlib stops warning.
    figure = drawn(name, language)
    families = fonts.choose(language)[1]
    assert fonts.missing("".join(words(figure)), families) == ""


@pytest.mark.parametrize("name", FIGURES)
def test_a_translated_figure_has_translated_words(name, drawn):
    if fonts.choose("ja")[0] != "ja":
        pytest.skip("no Japanese font on this machine")
    kana = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
    assert any(kana.search(word) for word in words(drawn(name, "ja")))
    assert not any(kana.search(word) for word in words(drawn(name, "en")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", FIGURES)
def test_nothing_reaches_the_edge(name, language, drawn):
    figure = drawn(name, language)
    inked = figure.get_tightbbox()
    width, height = figure.get_size_inches()
    # In inches; a third of a letter.
    assert min(inked.x0, inked.y0) > 0.04
    assert inked.x1 < width - 0.04
    assert inked.y1 < height - 0.04


def boxes(figure):
    """Return each text that is seen, with the pixels that it fills."""
    # Else each text would make one of its own, as large as the figure, and keep it.
    renderer = figure._get_renderer()
    axis_of = {tick: axis for axis in axes_of(figure) for tick in axis.get_ticklabels()}
    for text in figure.findobj(Text):
        axis = axis_of.get(text)
        if not text.get_text() or not text.get_visible():
            continue
        box = text.get_window_extent(renderer)
        if axis is not None:
            # A tick beside the axis is not drawn.
            frame = axis.axes.get_window_extent()
            is_x = axis.axis_name == "x"
            low, high = frame.intervalx if is_x else frame.intervaly
            middle = sum(box.intervalx if is_x else box.intervaly) / 2
            if not low - 2 <= middle <= high + 2 or not axis.axes.axison:
                continue
        yield text.get_text(), box


def axes_of(figure):
    flat = [ax for ax in figure.axes if ax.name != "3d"]
    return [axis for ax in flat for axis in (ax.xaxis, ax.yaxis)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(FIGURES) - {"descent-surface"}))
def test_no_text_lies_on_another(name, language, drawn):
    figure = drawn(name, language)
    seen = list(boxes(figure))
    assert len(seen) > 3
    for i, (one, box) in enumerate(seen):
        for other, its in seen[:i]:
            # A pixel: boxes have some air around the ink.
            apart = (
                box.x1 - 1 <= its.x0
                or its.x1 - 1 <= box.x0
                or box.y1 - 1 <= its.y0
                or its.y1 - 1 <= box.y0
            )
            assert apart, (one, other)


@pytest.mark.parametrize("name", FIGURES)
def test_the_title_stands_clear_of_the_panels_titles(name, drawn):
    figure = drawn(name, "ja")
    if not figure.get_suptitle():
        return
    bottom = figure._suptitle.get_window_extent().y0
    tops = [ax.title.get_window_extent().y1 for ax in figure.axes if ax.get_title()]
    # In pixels of 1/150 inch: a third of the height of a letter.
    assert bottom - max(tops, default=0) > 8


@pytest.mark.parametrize("language", ["ja", "zh"])
@pytest.mark.parametrize("name", FIGURES)
def test_the_words_of_a_language_do_not_shrink_the_panels(name, language, drawn):
    sizes = {}
    for spoken in ("en", language):
        frames = [ax.get_window_extent() for ax in drawn(name, spoken).axes]
        sizes[spoken] = np.array([frame.size for frame in frames])
    assert (sizes[language] > 0.93 * sizes["en"]).all()


def test_matplotlibs_settings_stay_as_they_were():
    before = dict(mpl.rcParams)
    FIGURES["network-drawing"](language="en")
    FIGURES["gradient-field"](language="ja")
    assert dict(mpl.rcParams) == before


def test_figures_look_the_same_whatever_the_users_settings():
    plain = _pixels(FIGURES["neuron-sine"]())
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}
    ):
        assert np.array_equal(_pixels(FIGURES["neuron-sine"]()), plain)


def _pixels(figure):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def test_the_seed_decides_what_chance_draws(drawn):
    other = FIGURES["linear-and-nonlinear"](seed=1)
    line = drawn("linear-and-nonlinear", "en").axes[1].lines[1]
    assert not np.array_equal(line.get_ydata(), other.axes[1].lines[1].get_ydata())


def test_a_notebook_gets_a_png(drawn):
    assert drawn("network-drawing", "en")._repr_png_().startswith(b"\x89PNG")


def test_pyplot_is_never_imported_and_matplotlib_only_to_draw(tmp_path):
    script = (
        "import sys, kobai.gallery as gallery;"
        "assert 'matplotlib' not in sys.modules, 'imported too early';"
        "gallery.FIGURES['descent-surface']();"
        "gallery.FIGURES['network-drawing'](language='en').savefig(sys.argv[1]);"
        "assert 'matplotlib.pyplot' not in sys.modules, 'pyplot'"
    )
    file = tmp_path / "figure.png"
    subprocess.run([sys.executable, "-c", script, str(file)], check=True)
    assert file.stat().st_size > 0


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_figures_are_saved_under_their_names(format, tmp_path):
    folder = tmp_path / "new" / "figures"
    paths = save_figures(["network-drawing", "gradient-field"], folder, "ja", format)
    assert paths == [
        folder / f"network-drawing.{format}",
        folder / f"gradient-field.{format}",
    ]
    start = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[format]
    assert all(path.read_bytes().startswith(start) for path in paths)
    assert sorted(folder.iterdir()) == sorted(paths)


def test_no_names_mean_every_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "kobai.gallery.registry.FIGURES", dict(list(FIGURES.items())[:2])
    )
    monkeypatch.setattr("kobai.gallery.registry.MOVIES", {})
    paths = save_figures([], tmp_path)
    assert [path.stem for path in paths] == list(FIGURES)[:2]


def test_an_unknown_figure_is_answered_with_the_near_one(tmp_path):
    folder = tmp_path / "figures"
    with pytest.raises(ValueError, match='Did you mean "training-curves"'):
        save_figures(["network-drawing", "training-curve"], folder)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "pgn"}, 'unknown format "pgn".*Did you mean "png"'),
        ({"language": "jp"}, 'language: got "jp".*"ja" .Japanese'),
    ],
)
def test_wrong_options_are_refused_before_anything_is_drawn(options, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        save_figures([], tmp_path / "figures", **options)
    assert not (tmp_path / "figures").exists()


def test_font_warning_is_a_user_warning():
    assert issubclass(FontWarning, UserWarning)
