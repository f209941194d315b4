"""What a network makes of a table's columns is drawn as it is."""

import numpy as np
import pytest

from kobai import plots
from kobai.gallery import FIGURES
from kobai.plots import DependencePanel


def test_bars_have_the_length_of_the_means():
    figure = plots.column_importance(["a", "b"], [3.0, -1.0], [0.5, 0.25], "RMSE")
    (ax,) = figure.axes
    assert [bar.get_width() for bar in ax.patches] == [3, -1]
    (whiskers,) = [c for c in ax.collections if len(c.get_segments()) == 2]
    ends = [sorted(segment[:, 0]) for segment in whiskers.get_segments()]
    assert ends == [[2.5, 3.5], [-1.25, -0.75]]
    # The first stands at the top.
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert "RMSE" in ax.get_xlabel()


def test_twenty_of_many_columns_are_drawn():
    names = [f"c{i}" for i in range(50)]
    figure = plots.column_importance(names, np.arange(50.0)[::-1], np.zeros(50))
    assert len(figure.axes[0].patches) == 20


@pytest.mark.parametrize(("names", "means"), [(["a"], [1.0, 2.0]), ([], [])])
def test_bars_need_a_mean_for_each_column(names, means):
    with pytest.raises(ValueError, match="column_importance: got"):
        plots.column_importance(names, means, means)


def panel(values, k=1, c=3, spread=None):
    g = len(values)
    means = np.arange(g * k, dtype=float).reshape(g, k) ** 2
    curves = means + np.arange(c)[:, None, None]
    found = np.asarray(values if spread is None else spread, float)
    return DependencePanel("size", values, means, curves, found)


def test_a_number_is_a_line_and_single_rows_are_thin_ones():
    given = panel(np.array([1.0, 2, 4]))
    top, below = plots.partial_dependence([given], quantity="price").axes
    *thin, line = top.lines
    np.testing.assert_array_equal(line.get_ydata(), given.means[:, 0])
    for curve, wanted in zip(thin, given.curves[..., 0], strict=True):
        np.testing.assert_array_equal(curve.get_ydata(), wanted)
        assert curve.get_linewidth() < line.get_linewidth()
    assert sum(bar.get_height() for bar in below.patches) == 3
    assert "price" in top.get_ylabel()


def test_a_word_is_a_bar_from_the_mean_of_all():
    given = panel(("a", "b"), spread=[0.75, 0.25])
    top, below = plots.partial_dependence([given]).axes
    ends = [bar.get_y() + bar.get_height() for bar in top.patches]
    assert ends == pytest.approx(given.means[:, 0].tolist())
    assert [bar.get_y() for bar in top.patches] == [0.25, 0.25]
    assert [bar.get_height() for bar in below.patches] == [0.75, 0.25]


def test_words_that_no_row_has_are_drawn():
    plots.partial_dependence([panel(("a", "b"), spread=[0.0, 0.0])])


def test_several_outputs_are_lines_and_dots_of_their_own():
    panels = [panel(np.array([1.0, 2]), k=3), panel(("a", "b"), k=3, spread=[0.5, 0.5])]
    figure = plots.partial_dependence(panels, ["x", "y", "z"], is_probability=True)
    lines, dots = figure.axes[0].lines, figure.axes[2].lines
    assert len(lines) == len(dots) == 3
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["x", "y", "z"]
    assert figure.axes[0].get_ylabel() == "probability"


@pytest.mark.parametrize("first", ["words", "numbers"])
def test_the_legend_names_what_any_panel_has(first):
    panels = [panel(("a", "b"), spread=[0.5, 0.5]), panel(np.array([1.0, 2]))]
    figure = plots.partial_dependence(panels if first == "words" else panels[::-1])
    (legend,) = figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert names == ["single rows", "mean of the rows"]


def test_where_nothing_has_a_name_there_is_no_legend():
    words = panel(("a", "b"), spread=[0.5, 0.5])
    assert plots.partial_dependence([words]).legends == []


def test_few_whole_numbers_have_a_bar_each_above_their_tick():
    given = panel(np.array([1.0, 2, 3]), spread=[1, 1, 2, 3, 3, 3, 9])
    below = plots.partial_dependence([given]).axes[1]
    middles = [bar.get_x() + bar.get_width() / 2 for bar in below.patches]
    assert middles == pytest.approx([1, 2, 3])
    assert [bar.get_height() for bar in below.patches] == [2, 1, 3]
    assert all(tick == round(tick) for tick in below.get_xticks())


def test_six_columns_are_drawn_on_one_scale():
    figure = plots.partial_dependence([panel(np.array([1.0, 2]))] * 9)
    assert len(figure.axes) == 12
    assert len({ax.get_ylim() for ax in figure.axes[::2]}) == 1


def test_a_mean_is_needed_for_each_value():
    wrong = panel(np.array([1.0, 2]))._replace(values=np.array([1.0]))
    with pytest.raises(ValueError, match="a mean for each value of size"):
        plots.partial_dependence([wrong])
    with pytest.raises(ValueError, match="got 0 columns"):
        plots.partial_dependence([])


def test_the_gallerys_network_finds_the_law_of_the_rents():
    (ax,) = FIGURES["column-importance"]().axes
    floor = [label.get_text() for label in ax.get_yticklabels()].index("floor")
    widths = [bar.get_width() for bar in ax.patches]
    # The floor says nothing; all others do.
    assert floor == 3
    assert abs(widths[3]) < 0.1 * widths[2]
    age = FIGURES["partial-dependence"]().axes[2].lines[-1]
    years, rents = age.get_data()
    # Rents fall until a flat is 30 years old.
    assert 20 < years[np.argmin(rents)] < 40
