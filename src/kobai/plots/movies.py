"""Moving pictures: a network while it learns."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kobai.plots.regions import (
    Array,
    Plane,
    Predict,
    draw_regions,
    draw_samples,
    on_plane,
    plane_around,
    scores_on,
)
from kobai.plots.style import BLUE, VERMILION, Say, sheet, whole_numbers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL.Image import Image

ENDINGS = ("gif", "webp")
# In milliseconds: at the first frame, at the last one, and at each between them.
BEGIN, END, BETWEEN = 1000, 2500, 90
DPI, COLOURS = 120, 128


@dataclass(frozen=True)
class Movie:
    """Frames, and how long each is shown, in milliseconds; it runs over and over.

    A notebook shows it by itself; `save` writes it.
    """

    frames: tuple["Image", ...]
    durations: tuple[int, ...]

    def save(self, path: str | Path) -> None:
        """Write it in the format that the path's ending names: .gif or .webp.

        Raises:
            ValueError: the path ends in something else.

        >>> Movie((), ()).save("learning.mp4")
        Traceback (most recent call last):
        ValueError: Movie.save: got "learning.mp4"; need a path that ends in .gif, ...
        """
        ending = Path(path).suffix.lower().removeprefix(".")
        if ending not in ENDINGS:
            raise ValueError(
                f'Movie.save: got "{path}"; need a path that ends in .gif, which every '
                "program shows, or .webp"
            )
        Path(path).write_bytes(self.as_bytes(ending))

    def as_bytes(self, format: str = "gif") -> bytes:
        """Return the file's content, as "gif" or "webp"."""
        file = BytesIO()
        first, *rest = _of_few_colours(self.frames) if format == "gif" else self.frames
        options: dict[str, Any] = {"lossless": True} if format == "webp" else {}
        first.save(
            file,
            format,
            save_all=True,
            append_images=rest,
            duration=self.durations,
            loop=0,
            **options,
        )
        return file.getvalue()

    def _repr_html_(self) -> str:
        return (
            f'<img src="data:image/gif;base64,{b64encode(self.as_bytes()).decode()}">'
        )


def learning_movie(
    models: Mapping[int, Predict],
    x: ArrayLike,
    targets: ArrayLike,
    losses: ArrayLike,
    language: str = "en",
) -> Movie:
    """Draw a network while it learns: its decision regions, beside its falling loss.

    `models` maps an epoch to what the network was then, a function from points
    `(n, 2)` to probabilities `(n, k)`, and each is a frame; `x` is `(n, 2)` and
    `targets` `(n,)` labels; `losses` is `(epochs + 1,)`, the first one from before
    training. The movie pauses where it begins and where it ends.

    Raises:
        ValueError: there is no model, one is of an epoch that has no loss, or the
            samples do not lie on a plane.

    >>> predict = lambda points: np.stack([points[:, 0], points[:, 1]], axis=1)
    >>> samples = [[0.0, 1.0], [1.0, 0.0]]
    >>> movie = learning_movie({0: predict, 1: predict}, samples, [1, 0], [0.7, 0.5])
    >>> len(movie.frames), movie.frames[0].size
    (2, (960, 480))
    """
    points, labels = on_plane("learning_movie", x, targets)
    heights = np.asarray(losses, dtype=np.float64)
    if not models or not set(models) <= set(range(len(heights))):
        raise ValueError(
            f"learning_movie: got models of the epochs {sorted(models)} and "
            f"{len(heights)} losses; need one model or more, of epochs 0 to "
            f"{len(heights) - 1}"
        )
    plane = plane_around(points, 121)
    with sheet(language, 8.0, 4.0) as (figure, say, _):
        left, right = figure.subplots(1, 2)
        draw_samples(left, points, labels, say)
        _prepare(figure, left, right, plane, heights, say)
        frames = []
        for epoch in sorted(models):
            scores = scores_on(plane, models[epoch])
            _set_scene(left, right, plane, scores, heights[: epoch + 1], say)
            frames.append(_photograph(figure))
    between = [BETWEEN] * (len(frames) - 2)
    durations = [BEGIN, *between, END][-len(frames) :]
    return Movie(tuple(frames), tuple(durations))


def _prepare(
    figure: "Figure",
    left: "Axes",
    right: "Axes",
    plane: Plane,
    losses: Array,
    say: Say,
) -> None:
    """Draw what is the same in all frames, and fix where everything stands."""
    x, y = plane
    left.set(xlabel="$x_0$", ylabel="$x_1$", aspect="equal")
    left.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    left.set_title(say("epoch_number", n=len(losses) - 1))
    left.grid(False)
    right.plot([], [], color=BLUE)
    right.plot([], [], "o", color=VERMILION, ms=7)
    reach, top = len(losses) - 1, float(losses.max())
    right.set(xlim=(-0.02 * reach, 1.02 * reach or 1), ylim=(0, 1.08 * top))
    right.set(xlabel=say("epoch"), ylabel=say("loss"), title=say("loss_title"))
    whole_numbers(right)
    figure.set_dpi(DPI)
    figure.draw_without_rendering()
    # Else the panels would tremble as the numbers in the titles change.
    figure.set_layout_engine("none")


def _set_scene(
    left: "Axes", right: "Axes", plane: Plane, scores: Array, losses: Array, say: Say
) -> None:
    for old in list(left.collections):
        old.remove()
    draw_regions(left, plane, scores)
    left.set_title(say("epoch_number", n=len(losses) - 1))
    curve, dot = right.lines
    curve.set_data(np.arange(len(losses)), losses)
    dot.set_data([len(losses) - 1], losses[-1:])


def _photograph(figure: "Figure") -> "Image":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    return Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")


def _of_few_colours(frames: tuple["Image", ...]) -> list["Image"]:
    """Return frames of one palette, the last one's, in which all colours appear."""
    from PIL.Image import Dither, Quantize

    palette = frames[-1].quantize(COLOURS, Quantize.MEDIANCUT, dither=Dither.NONE)
    return [frame.quantize(palette=palette, dither=Dither.NONE) for frame in frames]
