"""The lab's engine against Kobai: the same data, weights, batches and steps."""

import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kobai import data as kobai_data
from kobai import train
from kobai.autodiff import value_and_gradient
from kobai.engines.compile import compile
from kobai.formats import load_model
from kobai.networks import Dense, Dropout, Network
from kobai.networks.activations import ACTIVATIONS, hidden_activations
from kobai.networks.losses import LOSSES
from kobai.optimizers import OPTIMIZERS
from kobai.page.formulas import SCHEDULES
from kobai.page.generated import written
from kobai.training.batches import epoch_batches
from tests.lab.node import WEB, run_node_test

STEPS = 20
INITIALIZERS = {"auto": None, "he": "he", "xavier": "xavier", "normal": 0.3}
STD = 0.3
# One or two outputs that go with each loss; Poisson's and Huber's targets are one-hot.
OUTPUTS = {
    "cross_entropy": ["softmax"],
    "cross_entropy_error": ["softmax"],
    "binary_cross_entropy": ["sigmoid"],
    "squared_error": ["identity", "softmax"],
    "mean_squared_error": ["identity", "tanh"],
    "huber": ["identity"],
    "poisson": ["exponential"],
}
# What a network of straight lines learns with, without leaving the finite numbers.
RATES = {"sgd": 0.05, "momentum": 0.01, "nesterov": 0.01, "adagrad": 0.05}
RATES |= {"rmsprop": 0.005, "adam": 0.01, "adamw": 0.01}


def test_the_formulas_are_those_of_the_package() -> None:
    for name, text in written().items():
        assert (WEB / "src" / name).read_text("utf-8") == text, (
            "stale: run python -m kobai.page.generated web/src"
        )


def test_random_numbers_are_those_of_numpy(tmp_path: Path) -> None:
    run_node_test("random.test.mjs", [*random_cases()], tmp_path)


def random_cases() -> Iterator[dict[str, Any]]:
    seeds = [*range(20), 123456789, 2**32 + 5, 2**45 + 7]
    for seed, key in product(seeds, [[], [0, 0], [1, 5], [2, 2**33]]):

        def fresh(seed: int = seed, key: list[int] = key) -> np.random.Generator:
            entropy = np.random.SeedSequence(seed, spawn_key=tuple(key))
            return np.random.default_rng(entropy if key else seed)

        limit = [1, 2, 3, 240, 1797, 10_000, 60_000][seed % 7]
        yield {
            "seed": seed,
            "streams": key,
            "uniform": fresh().random(20).tolist(),
            "uniform32": fresh().random(21, dtype=np.float32).tolist(),
            "limit": limit,
            "integers": fresh().integers(limit, size=50).tolist(),
            "permutation": fresh().permutation(100 + seed % 50).tolist(),
            "normal": fresh().standard_normal(1000).tolist(),
        }


def test_every_formula_gives_the_same_steps(tmp_path: Path) -> None:
    run_node_test("engine.test.mjs", [*formula_cases()], tmp_path)


def formula_cases() -> Iterator[dict[str, Any]]:
    """Yield 20 steps of every activation, loss, optimizer and initializer."""
    assert set(OUTPUTS) == set(LOSSES)
    pairs = [(loss, output) for loss, outputs in OUTPUTS.items() for output in outputs]
    for activation, (loss, output) in product(hidden_activations(), pairs):
        settings = base_settings(
            data=toy("moons" if output == "sigmoid" else "gaussians", 40, 0.3),
            hidden=[layer(4, activation), layer(3, activation)],
            output=output,
            loss=loss,
        )
        dataset = dataset_of(settings)
        run = None
        for optimizer, initializer in product(OPTIMIZERS, INITIALIZERS):
            chosen = settings | {
                "optimizer": optimizer,
                # Of an exponential less is much.
                "learningRate": RATES[optimizer] / (20 if loss == "poisson" else 1),
                "initializer": initializer,
                "std": STD,
            }
            network = network_of(chosen, dataset)
            run = run or compile(derived(network))
            yield {
                "settings": chosen,
                "params": steps_of(network, chosen, dataset, run),
            }


def derived(network: Network) -> Any:
    """Return the function of the loss and its gradient: alike for all initializers."""

    def loss_and_gradient(params: Any, x: Any, t: Any) -> Any:
        def loss(params: Any) -> Any:
            return network.objective(params, x, t)[0]

        return value_and_gradient(loss, params)

    return loss_and_gradient


def steps_of(
    network: Network, settings: dict[str, Any], dataset: Any, run: Any
) -> dict[str, list[float]]:
    """Return the parameters after 20 steps, of plain Kobai."""
    optimizer = optimizer_of(settings)
    params = dict(network.params)
    state = optimizer.init(params)
    x = dataset.x_train.astype(np.float64)
    size = settings["batchSize"]
    per_epoch = -(-len(x) // size)
    for step in range(STEPS):
        rows = epoch_batches(
            "shuffle", len(x), size, settings["seed"], step // per_epoch
        )
        batch = rows[step % per_epoch]
        _, grads = run(params, x[batch], dataset.t_train[batch])
        params, state = optimizer.update(params, grads, state)
    return {name: array.ravel().tolist() for name, array in params.items()}


def test_random_networks_give_the_same_steps(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    cases = [random_case(rng) for _ in range(300)]
    run_node_test("engine.test.mjs", cases, tmp_path)


def random_case(rng: np.random.Generator) -> dict[str, Any]:
    settings = random_settings(rng)
    dataset = dataset_of(settings)
    network = network_of(settings, dataset)
    train(
        network,
        dataset,
        optimizer=optimizer_of(settings),
        batches=settings["batches"],
        batch_size=settings["batchSize"],
        steps=STEPS,
        seed=settings["seed"],
        engine="eager",
        progress=False,
    )
    params = {name: array.ravel().tolist() for name, array in network.params.items()}
    judged = network.evaluate(dataset.x_train, dataset.t_train)
    return {"settings": settings, "params": params} | judged


def random_settings(rng: np.random.Generator) -> dict[str, Any]:
    """Return settings with everything drawn: depth, dropout, batches, schedules."""

    def one(choices: Any) -> Any:
        return list(choices)[int(rng.integers(len(list(choices))))]

    name = one(["spiral", "circles", "gaussians", "moons", "xor", "sine"])
    is_binary = name in ("circles", "moons", "xor")
    outputs = ["identity", "tanh"] if name == "sine" else ["softmax", "identity"]
    output = one([*outputs, "sigmoid"] if is_binary else outputs)
    fitting = [n for n, each in LOSSES.items() if each.fits_with(ACTIVATIONS[output]())]
    optimizer = one(OPTIMIZERS)
    hidden = [
        layer(int(rng.integers(1, 7)), one(hidden_activations()), one([0, 0, 0.3]))
        for _ in range(int(rng.integers(0, 4)))
    ]
    schedule = one(["constant", *SCHEDULES])
    numbers = {"every": 5, "factor": 0.5, "steps": 15, "floor": 0.001}
    return base_settings(
        data=toy(name, int(rng.integers(20, 60)), float(rng.uniform(0, 0.4))),
        seed=int(rng.integers(1000)),
        hidden=hidden,
        output=output,
        loss=one(fitting),
        optimizer=optimizer,
        learningRate=RATES[optimizer] * float(rng.uniform(0.2, 1)),
        schedule=schedule,
        scheduleOptions=numbers,
        weightDecay=one([0, 0.01]),
        initializer=one(INITIALIZERS),
        std=STD,
        batches=one(["shuffle", "random", "online", "full"]),
        batchSize=int(rng.integers(1, 13)),
    )


def layer(units: int, activation: str, dropout: float = 0) -> dict[str, Any]:
    return {"units": units, "activation": activation, "dropout": dropout}


def toy(name: str, rows: int, noise: float) -> dict[str, Any]:
    return {"kind": "toy", "name": name, "rows": rows, "noise": noise}


def base_settings(**others: Any) -> dict[str, Any]:
    first = {
        "testSize": 0.25,
        "seed": 3,
        "initializer": "auto",
        "std": STD,
        "optimizer": "sgd",
        "learningRate": 0.1,
        "options": {},
        "schedule": "constant",
        "weightDecay": 0,
        "l1": 0,
        "batches": "shuffle",
        "batchSize": 8,
        "precision": "float64",
    }
    return first | others


def dataset_of(settings: dict[str, Any]) -> Any:
    chosen = settings["data"]
    make = getattr(kobai_data, chosen["name"])
    given = {"n": chosen["rows"], "noise": chosen["noise"], "seed": settings["seed"]}
    if chosen["name"] != "sine":
        given["test_size"] = settings["testSize"]
    return make(**given)


def network_of(settings: dict[str, Any], dataset: Any) -> Network:
    init = INITIALIZERS[settings["initializer"]]
    layers: list[Any] = []
    for each in settings["hidden"]:
        layers += [Dense(each["units"], init=init), ACTIVATIONS[each["activation"]]()]
        layers += [Dropout(each["dropout"])] if each["dropout"] else []
    classes = len(dataset.classes)
    outputs = 1 if classes == 2 and settings["output"] == "sigmoid" else classes or 1
    layers += [Dense(outputs, init=init), ACTIVATIONS[settings["output"]]()]
    inputs = dataset.x_train.shape[1]
    seed = settings["seed"]
    return Network(inputs, layers, settings["loss"], seed=seed, dtype=np.float64)


def optimizer_of(settings: dict[str, Any]) -> Any:
    rate: Any = settings["learningRate"]
    if settings["schedule"] != "constant":
        numbers = settings["scheduleOptions"]
        kind = SCHEDULES[settings["schedule"]]
        given = {n: numbers[n] for n in kind.__dataclass_fields__ if n in numbers}
        rate = kind(rate, **given)
    kind = OPTIMIZERS[settings["optimizer"]]
    return kind(rate, weight_decay=settings["weightDecay"])


def test_a_model_file_of_the_lab_is_one_of_kobai(
    kobai: Callable[..., Any], tmp_path: Path
) -> None:
    settings = base_settings(
        data={"kind": "digits"},
        hidden=[layer(12, "leaky_relu", 0.2), layer(5, "gelu")],
        output="softmax",
        loss="cross_entropy",
        precision="float32",
    )
    path = tmp_path / "model.safetensors"
    digits = kobai_data.load_digits(test_size=0.25, seed=settings["seed"])
    x = digits.x_test[:10]
    fixtures = {"settings": settings, "x": x.ravel().tolist(), "to": str(path)}
    run_node_test("exported.test.mjs", fixtures, tmp_path)
    model = load_model(path)
    assert model.classes == digits.classes
    outputs = json.loads((tmp_path / "outputs.json").read_text("utf-8"))
    # The file has the numbers of float32 that the page computes with.
    np.testing.assert_allclose(model.predict(x).ravel(), outputs, atol=2e-6)
    raw = np.rint(16 * x).astype(np.uint8)
    np.testing.assert_allclose(model.predict(raw), model.predict(x), atol=1e-6)
    # The command holds out a fifth by seed 0, as the function does.
    held_out = kobai_data.load_digits()
    guesses = model.predict(held_out.x_test).argmax(axis=1)
    done = kobai("evaluate", path, "digits", "--json", where=tmp_path)
    measured = json.loads(done.out)["measures"]["accuracy"]
    assert measured == pytest.approx(np.mean(guesses == held_out.t_test))


def test_a_model_of_the_users_own_table_takes_the_table_itself(
    kobai: Callable[..., Any], tmp_path: Path
) -> None:
    rng = np.random.default_rng(5)
    rows = [
        f'{day:02}.0{month}.2023;"{price:.2f}";{colour};{goal}'
        for day, month, price, colour, goal in zip(
            rng.integers(1, 28, 80),
            rng.integers(1, 9, 80),
            rng.uniform(1, 2000, 80),
            rng.choice(["red", "blue", ""], 80),
            rng.normal(5, 2, 80).round(2),
            strict=True,
        )
    ]
    text = "\n".join(["day;price;colour;goal", *rows]) + "\n"
    csv, path = tmp_path / "table.csv", tmp_path / "model.safetensors"
    csv.write_text(text, "utf-8")
    settings = base_settings(
        data={"kind": "table", "name": "table.csv", "target": "goal", "omit": []},
        hidden=[layer(6, "relu")],
        output="identity",
        loss="mean_squared_error",
        precision="float32",
    )
    data = kobai_data.load_table(csv, "goal", test_size=0.25, seed=settings["seed"])
    x = data.x_test.ravel().tolist()
    fixtures = {"settings": settings, "csv": text, "x": x, "to": str(path)}
    run_node_test("exported.test.mjs", fixtures, tmp_path)
    model = load_model(path)
    outputs = json.loads((tmp_path / "outputs.json").read_text("utf-8"))
    np.testing.assert_allclose(
        model.network.predict(data.x_test).ravel(), outputs, atol=1e-4
    )
    predicted = model.predict_table(csv)
    assert predicted.columns[0] == "goal"
    assert len(predicted) == 80
    goals = [float(row.rpartition(";")[2]) for row in rows]
    errors = predicted["goal"].to_numpy() - goals
    done = kobai("evaluate", path, csv, "--json", where=tmp_path)
    (measured,) = json.loads(done.out)["targets"]
    # Single precision.
    assert measured["rmse"] == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)
    assert model.columns is not None
    assert data.columns is not None
    assert model.columns.input_names == data.columns.input_names
