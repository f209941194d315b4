"""A figure as a file."""

import pytest
from matplotlib.backends.backend_svg import FigureCanvasSVG

from kobai.plots import training_curves
from kobai.plots.picture import encoded
from kobai.training import History

RECORDS = History([{"epoch": 0, "train_loss": 1.0}, {"epoch": 1, "train_loss": 0.5}])


@pytest.mark.parametrize("name", ["curves.png", "curves.svg"])
@pytest.mark.parametrize("fails", [False, True])
def test_a_figure_keeps_its_canvas(monkeypatch, name, fails):
    figure = training_curves(RECORDS)
    canvas = FigureCanvasSVG(figure)
    if fails:
        monkeypatch.setattr(figure.axes[0], "draw", lambda renderer: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            encoded(figure, name)
    else:
        assert encoded(figure, name)
    assert figure.canvas is canvas
