"""A movie shows the network of each epoch, and can be shown by every program."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from kobai import plots
from kobai.gallery import save_figures

SAMPLES, LABELS = [[0.0, 0.0], [1.0, 1.0]], [0, 1]


def split_at(border):
    """Return a model that takes what lies left of a border for class 0."""

    def predict(points):
        left = 1 / (1 + np.exp(10 * (points[:, 0] - border)))
        return np.stack([left, 1 - left], axis=1)

    return predict


def movie(**options):
    models = {0: split_at(0.1), 1: split_at(0.4), 3: split_at(0.5)}
    return plots.learning_movie(
        models, SAMPLES, LABELS, [0.7, 0.6, 0.4, 0.2], **options
    )


def opened(content):
    image = Image.open(BytesIO(content))
    for number in range(image.n_frames):
        image.seek(number)
        image.load()
        yield image.convert("RGB"), image.info["duration"]


@pytest.mark.parametrize("format", ["gif", "webp"])
def test_the_file_has_every_frame_and_pauses_at_both_ends(format):
    made = movie()
    (_, first), (_, middle), (_, last) = opened(made.as_bytes(format))
    assert first >= 5 * middle
    assert last >= 5 * middle


def test_a_webp_is_what_was_drawn():
    made = movie()
    for drawn, (read, _) in zip(
        made.frames, opened(made.as_bytes("webp")), strict=True
    ):
        np.testing.assert_array_equal(drawn, read)


def test_a_gif_is_nearly_what_was_drawn():
    made = movie()
    for drawn, (read, _) in zip(made.frames, opened(made.as_bytes()), strict=True):
        off = np.abs(np.asarray(drawn, int) - np.asarray(read, int))
        # All flat colours are in the palette; the shades of a line's edge are shared.
        assert np.mean(off > 8) < 0.01


def test_the_border_moves_from_frame_to_frame():
    def share(frame):
        # The blue of class 0, as it lies on white.
        colours = np.asarray(frame, int)[:, :480]
        return np.mean(colours[..., 2] - colours[..., 0] > 30)

    shares = [share(frame) for frame in movie().frames]
    assert shares == sorted(shares)
    # From 0.22 of the width, 1.24, to 0.62 of it.
    assert shares[-1] > 2 * shares[0]


def test_the_panels_stand_still():
    # All that differs lies inside the panels and in the line of their titles.
    first, *_, last = (np.asarray(frame, int) for frame in movie().frames)
    changed = np.argwhere((first != last).any(axis=2))
    below = changed[:, 0].max()
    assert below < 0.87 * first.shape[0]


def test_the_same_models_make_the_same_movie():
    assert movie().as_bytes() == movie().as_bytes()


def test_a_movie_of_one_frame_rests_on_it():
    made = plots.learning_movie({0: split_at(0.5)}, SAMPLES, LABELS, [0.7])
    assert len(made.frames) == len(made.durations) == 1


@pytest.mark.parametrize(
    ("models", "losses"), [({}, [0.5]), ({2: split_at(0.5)}, [0.5, 0.4])]
)
def test_a_model_without_a_loss_is_refused(models, losses):
    with pytest.raises(ValueError, match=f"epochs .* and {len(losses)} losses"):
        plots.learning_movie(models, SAMPLES, LABELS, losses)


@pytest.mark.parametrize("name", ["a.mp4", "a", "a.png"])
def test_an_unknown_ending_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match=r"need a path that ends in \.gif"):
        movie().save(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_notebook_shows_it():
    assert movie()._repr_html_().startswith('<img src="data:image/gif;base64,R0lGOD')


def test_words_are_in_the_language(monkeypatch):
    if plots.fonts.choose("ja")[0] != "ja":
        pytest.skip("no Japanese font on this machine")
    assert movie(language="ja").as_bytes() != movie().as_bytes()


def test_the_gallery_moves(tmp_path):
    (path,) = save_figures(["learning"], tmp_path)
    assert path == tmp_path / "learning.gif"
    content = path.read_bytes()
    assert len(content) < 1_000_000
    frames = list(opened(content))
    assert len(frames) > 30
