"""Public functions and classes answer a keyword that they do not know."""

import inspect
import pickle

import numpy as np
import pytest

import kobai
from kobai import book, data, networks, optimizers, training
from kobai.errors import meant
from kobai.networks import Dense, Network, Softmax
from kobai.optimizers import OPTIMIZERS, SGD

HOMES = {each.__name__: each for each in (kobai, book, data, networks, training)}
HOMES |= {"kobai.optimizers": optimizers}
# What takes arrays alone, what functions return, and what others are derived from.
WITHOUT = {
    *("gradient", "value_and_gradient", "one_hot", "read_idx"),
    *("epoch_batches", "make_step", "steps_per_epoch"),
    # A number with a name of its own.
    "Last",
    *("Columns", "InputRange", "Descent", "History", "TrainingState"),
    *("Activation", "Layer", "Loss", "Optimizer", "identity_function"),
    *("relu", "relu_grad", "sigmoid", "sigmoid_grad", "softmax", "softmax_loss"),
    *("step_function", "mean_squared_error", "d_mean_squared_error"),
    *("sum_squared_error", "cross_entropy_error", "gradient_check"),
}
PUBLIC = [
    f"{home}.{name}"
    for home, module in HOMES.items()
    for name in module.__all__
    if name not in WITHOUT and callable(getattr(module, name))
]


def named(path):
    home, _, name = path.rpartition(".")
    return getattr(HOMES[home], name)


@pytest.mark.parametrize("path", PUBLIC)
def test_an_unknown_keyword_is_answered(path):
    with pytest.raises(
        TypeError, match='got an unknown keyword "no_such_word"'
    ) as told:
        named(path)(no_such_word=1)
    for each in inspect.signature(named(path)).parameters:
        assert each in str(told.value)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_keyword_in_capitals_or_without_its_hyphens_is_known_again(path):
    for word in inspect.signature(named(path)).parameters:
        wrong = word.upper().replace("_", "")
        if wrong != word:
            with pytest.raises(TypeError, match=f'Did you mean "{word}"'):
                named(path)(**{wrong: 1})


@pytest.fixture
def network():
    return Network(2, [Dense(3), Softmax()])


DATA = np.zeros((4, 2)), np.arange(4) % 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"learning_rate": 1}, "optimizer=kobai.optimizers.SGD(1)"),
        ({"lr": 0.5}, "optimizer=kobai.optimizers.SGD(0.5)"),
        ({"rate": 0.5}, "optimizer=kobai.optimizers.SGD(0.5)"),
        ({"eta": 2}, "optimizer=kobai.optimizers.SGD(2)"),
        ({"momentum": 0.9}, "optimizer=kobai.optimizers.Momentum(momentum=0.9)"),
        (
            {"lr": 0.1, "momentum": 0.9},
            "optimizer=kobai.optimizers.Momentum(0.1, momentum=0.9)",
        ),
        ({"weight_decay": 0.1}, "optimizer=kobai.optimizers.SGD(weight_decay=0.1)"),
        ({"beta1": 0.8}, "optimizer=kobai.optimizers.Adam(beta1=0.8)"),
    ],
)
def test_what_others_take_is_answered_with_the_whole_argument(network, words, expected):
    with pytest.raises(TypeError) as told:
        training.train(network, DATA, **words)
    word = next(iter(words))
    assert str(told.value) == (
        f'train() got an unknown keyword "{word}". Write {expected}.'
    )
    name, _, code = expected.partition("=")
    # The advice works when it is followed.
    argument = eval(code, {"kobai": kobai})
    options = {"epochs": 1, "progress": False, name: argument}
    assert training.train(network, (DATA, DATA), **options).records


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *[("epoch", "epochs"), ("n_epochs", "epochs"), ("batchsize", "batch_size")],
        *[("bs", "batch_size"), ("random_state", "seed"), ("verbose", "progress")],
        *[("callback", "callbacks"), ("optimiser", "optimizer"), ("step", "steps")],
        *[("iters_num", "steps"), ("weights", "sample_weight"), ("device", "engine")],
    ],
)
def test_what_train_itself_takes_is_found_by_other_names(network, word, expected):
    with pytest.raises(TypeError, match=f'Did you mean "{expected}"'):
        training.train(network, DATA, **{word: 1})


def test_an_error_within_a_function_stays_as_it_is(network):
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        training.train(network)
    with pytest.raises(TypeError) as told:
        training.train(network, DATA, callbacks=[object()], epochs="many")
    assert "keyword" not in str(told.value)


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_a_class_stays_what_it_was(kind):
    made = kind(learning_rate=0.5)
    assert pickle.loads(pickle.dumps(made)) == made
    assert next(iter(inspect.signature(kind).parameters)) == "learning_rate"
    assert SGD(0.1) == SGD(learning_rate=0.1)


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("ReLU", ["relu", "leaky_relu"], "relu"),
        ("SGD", ["adam", "sgd"], "sgd"),
        ("mse", ["huber", "mean_squared_error"], "mean_squared_error"),
        ("Batch-Size", ["batches", "batch_size"], "batch_size"),
        ("adm", ["sgd", "adam"], "adam"),
        ("MNIST", ["digits", "mnist", "fashion-mnist"], "mnist"),
        ("lr", ["loss", "learning_rate"], "learning_rate"),
        ("learning-rate", ["loss", "lr"], "lr"),
        ("zebra", ["loss", "lr"], ""),
        ("", ["loss"], ""),
    ],
)
def test_the_word_that_is_meant(word, known, expected):
    assert meant(word, known) == expected


def test_more_arguments_than_places_are_answered():
    network = Network(2, [Dense(2), Softmax()])
    x, t = np.zeros((3, 2)), np.zeros(3, int)
    with pytest.raises(TypeError, match=r"takes network, data by place; got 3.*as one"):
        kobai.train(network, x, t)
    with pytest.raises(TypeError) as caught:
        kobai.train(network, (x, t), 0.1)
    assert "as one" not in str(caught.value)
    assert "optimizer" in str(caught.value)
    with pytest.raises(TypeError, match=r"SGD\(\) takes learning_rate by place; got 2"):
        SGD(0.1, 0.9)
    # What a function raises by itself stays its own.
    with pytest.raises(TypeError, match="data must be a Dataset"):
        kobai.train(network, x)
