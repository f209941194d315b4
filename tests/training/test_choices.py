"""What a run has measured goes with it: the ways in which products are computed."""

import json

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

pytest.importorskip("numba")
pytest.importorskip("scipy")

from kobai.engines.numba_engine import blas_or_tiles, cache
from kobai.errors import ModelFileError
from kobai.networks import Dense, Network, Sigmoid, Softmax
from kobai.training import train
from kobai.training.checkpoint import load_checkpoint, save_checkpoint

# Three batches of 25 rows in an epoch, and one of 15.
ROWS, STEPS = 90, 15


@pytest.fixture(scope="module", autouse=True)
def compiled(request):
    """Keep compiled code between test runs, and out of the user's own cache."""
    folder = request.config.cache.mkdir("kobai-compiled")
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "cache_folder", lambda: folder)
        yield


# Seconds by BLAS, and by tiles.
def only_blas(*key):
    return 1.0, 2.0


def only_tiles(*key):
    return 2.0, 1.0


def only_short_batches_by_tiles(*key):
    return only_tiles(*key) if 15 in key else only_blas(*key)


MACHINES = [only_blas, only_tiles, only_short_batches_by_tiles]


@pytest.fixture
def move(tmp_path, monkeypatch):
    """Return a function that moves to a machine that has measured nothing."""

    def move(measure):
        path = tmp_path / f"{measure.__name__}.jsonl"
        path.unlink(missing_ok=True)
        monkeypatch.setattr(blas_or_tiles, "choices_path", lambda: path)
        monkeypatch.setattr(blas_or_tiles, "_KNOWN", {})
        monkeypatch.setattr(blas_or_tiles, "_measure", measure)

    return move


@pytest.fixture
def go(tmp_path):
    """Return a function that trains a network for some steps."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(ROWS, 40)).astype(np.float32), rng.integers(7, size=ROWS)

    def go(steps, name=None):
        network = Network(40, [Dense(33), Sigmoid(), Dense(7), Softmax()], seed=1)
        file = {"checkpoint": tmp_path / name, "resume": True} if name else {}
        options = {"batch_size": 25, "engine": "numba", "progress": False} | file
        history = train(network, data, steps=steps, **options)
        return [*network.params.values(), np.array(history.step_losses)]

    return go


def same(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


def rewritten(path, version, change=lambda tree: None):
    """Write a checkpoint as another version of Kobai did."""
    tree = load_checkpoint(path)
    change(tree)
    save_checkpoint(path, tree)
    with safe_open(path, framework="numpy") as file:
        head = file.metadata() | {"kobai-checkpoint": version}
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    save_file(arrays, path, metadata=head)


def without_choices(tree):
    del tree["choices"]


@pytest.mark.parametrize("there", MACHINES)
@pytest.mark.parametrize("here", MACHINES)
# In the first epoch, before its short batch; at its end; in the second.
@pytest.mark.parametrize("steps", [2, 4, 6])
def test_a_run_goes_on_elsewhere_as_it_began(go, move, here, there, steps):
    move(here)
    whole = go(STEPS)
    go(steps, "c")
    move(there)
    assert same(go(STEPS, "c"), whole)
    if here is not there:
        # Else there would be nothing to keep.
        assert not same(go(STEPS), whole)


@pytest.mark.parametrize("there", [only_tiles, only_short_batches_by_tiles])
def test_a_run_that_was_killed_before_its_first_step(go, move, there, monkeypatch):
    move(only_blas)
    whole = go(STEPS)

    def killed(run):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("kobai.training.run.Run.advance", killed)
        with pytest.raises(KeyboardInterrupt):
            go(STEPS, "c")
    move(there)
    assert same(go(STEPS, "c"), whole)


def test_a_cache_that_was_turned_round_changes_no_run(go, move):
    move(only_blas)
    whole = go(STEPS)
    go(6, "c")
    path = blas_or_tiles.choices_path()
    noted = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]
    assert noted
    move(only_blas)
    turned = [[name, only_tiles()] for name, seconds in noted]
    assert [seconds for name, seconds in noted] == [list(only_blas())] * len(noted)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in turned), "utf-8")
    assert same(go(STEPS, "c"), whole)
    assert not same(go(STEPS), whole)


def test_checkpoints_of_version_1_go_on_as_the_machine_prefers(go, move, tmp_path):
    move(only_blas)
    whole = go(STEPS)
    go(6, "c")
    rewritten(tmp_path / "c", "1", without_choices)
    assert same(go(10, "c"), go(10))
    # From then on the choices are written down.
    move(only_tiles)
    assert same(go(STEPS, "c"), whole)


@pytest.mark.parametrize("engine", ["eager", "numpy"])
def test_engines_that_choose_nothing_read_both_versions(
    make_network, data, tmp_path, engine
):
    def go(steps, **file):
        network = make_network()
        train(network, data, steps=steps, engine=engine, progress=False, **file)
        return [*network.params.values()]

    file = {"checkpoint": tmp_path / "c", "resume": True}
    go(4, **file)
    assert load_checkpoint(tmp_path / "c")["choices"] == {}
    rewritten(tmp_path / "c", "1", without_choices)
    assert same(go(8, **file), go(8))


@pytest.mark.parametrize(
    "choices", [None, 7, "fast", [["a", 1]], {"a": "tiles"}, {"a": np.ones(2)}]
)
def test_choices_that_are_none_are_refused(go, move, tmp_path, choices):
    move(only_blas)
    go(2, "c")
    rewritten(tmp_path / "c", "2", lambda tree: tree.update(choices=choices))
    with pytest.raises(ModelFileError, match="damaged checkpoint"):
        go(4, "c")
    rewritten(tmp_path / "c", "2", without_choices)
    with pytest.raises(ModelFileError, match="damaged checkpoint"):
        go(4, "c")


def test_choices_of_other_products_and_ways_that_are_none_are_passed_over(
    go, move, tmp_path
):
    def change(tree):
        tree["choices"] |= {"(1, 2, 3)": 1, "": 77}
        tree["choices"] |= dict.fromkeys([*tree["choices"]][::2], 9)

    move(only_tiles)
    whole = go(STEPS)
    go(6, "c")
    rewritten(tmp_path / "c", "2", change)
    assert same(go(STEPS, "c"), whole)
