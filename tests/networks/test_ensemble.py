"""An ensemble: the mean of its members, whose numbers it holds."""

import numpy as np
import pytest

from kobai.networks import (
    BatchNorm,
    Dense,
    Dropout,
    Ensemble,
    Identity,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
)

LABELS = np.array([0, 1, 1, 0, 1])
CASES = {
    "classes": ([Dense(2), Softmax()], LABELS),
    "yes or no": ([Dense(1), Sigmoid()], LABELS),
    "numbers": ([Dense(2), Identity()], np.linspace(-1, 1, 10).reshape(5, 2)),
}


def rows(n=5):
    return np.random.default_rng(0).normal(size=(n, 3))


def ensemble(*end, members=3, dtype=np.float64):
    layers = [Dense(6), ReLU(), *(end or (Dense(2), Softmax()))]
    return Ensemble(3, layers, members=members, dtype=dtype)


def test_it_says_what_its_members_say_on_average():
    made, x = ensemble(), rows()
    each = [np.log(member.predict(x)) for member in made.networks]
    mean = np.exp(np.mean(each, axis=0))
    # Logarithms of probabilities are logits, but for what is the same for all classes.
    np.testing.assert_allclose(made.predict(x), mean / mean.sum(axis=1, keepdims=True))
    assert np.ptp([member.predict(x) for member in made.networks], axis=0).min() > 0


@pytest.mark.parametrize("case", CASES)
def test_its_loss_is_no_more_than_the_mean_of_its_members_losses(case):
    end, t = CASES[case]
    made, x = ensemble(*end), rows()
    assert made.loss(x, t) < np.mean([each.loss(x, t) for each in made.networks])


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_the_objective_is_of_the_mean_and_while_training_of_each(case, training):
    end, t = CASES[case]
    made = ensemble(*end)
    x, t = made.prepare(rows(), t)
    loss, _ = made.objective(made.params, x, t, training=training)
    each = [float(member.loss(x, t)) for member in made.networks]
    expected = np.mean(each) if training else made.loss(x, t)
    np.testing.assert_allclose(float(loss), float(expected))


def test_its_gradient_is_that_of_the_definition():
    made, x = ensemble(members=2), rows()
    by_definition = made.numerical_gradient(x, LABELS)
    for name, grad in made.gradient(x, LABELS).items():
        assert grad.shape == made.params[name].shape
        # Central differences in float64 are good for some nine digits.
        np.testing.assert_allclose(grad, by_definition[name], rtol=1e-6, atol=1e-9)


def test_its_members_differ_and_the_first_is_a_network_of_that_seed():
    made = Ensemble(3, [Dense(2)], members=2, seed=5)
    alone = Network(3, [Dense(2)], seed=5)
    np.testing.assert_array_equal(made.networks[0].params["W1"], alone.params["W1"])
    assert not np.array_equal(*made.params["W1"])


def test_members_see_what_becomes_of_its_numbers():
    made = ensemble()
    made.params["W1"][1] = 7
    assert (made.networks[1].params["W1"] == 7).all()
    assert not (made.networks[0].params["W1"] == 7).any()


def test_statistics_and_noise_are_those_of_each_member():
    made = Ensemble(3, [BatchNorm(), Dropout(0.5), Dense(2)], members=4)
    assert made.statistics["mean1"].shape == (4, 3)
    noise = made.noise(9, np.random.default_rng(0))
    assert noise["mask1"].shape == (4, 9, 3)
    x = rows().astype(np.float32)
    _, moved = made.forward(
        made.params, x, made.statistics, made.noise(5, np.random.default_rng(0)), True
    )
    # The batch is the same for all.
    np.testing.assert_allclose(moved["mean1"][3], 0.1 * x.mean(axis=0), rtol=1e-5)


def test_its_table_counts_its_members():
    text = str(Ensemble(3, [Dense(2)], members=4))
    assert "× 4 members" in text
    assert "8 each" in text
    assert text.splitlines()[-1].split() == ["total", "32"]


@pytest.mark.parametrize("members", [0, -1])
def test_there_is_a_member_at_least(members):
    with pytest.raises(ValueError, match=f"members must be 1 or more, got {members}"):
        Ensemble(3, [Dense(2)], members=members)


@pytest.mark.parametrize("members", [0, "3", 2.5, True])
def test_a_description_with_other_members_is_damaged(members):
    described = ensemble().architecture() | {"members": members}
    with pytest.raises(ValueError, match="architecture: members must be"):
        Network.from_architecture(described)
