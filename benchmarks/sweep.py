"""How long searches take: per trial, with two workers, and beside Optuna.

    python benchmarks/sweep.py overhead
    python benchmarks/sweep.py workers
    python benchmarks/sweep.py optuna --seeds 20

`overhead` is what a trial takes beyond its training: 1,000 trials of 2-16-2 on 500 rows
against the same trainings by `kobai.train` alone. `workers` is 60 trials on a table of
100,000 rows with one worker and with two. `optuna` is `kobai.sweep` against Optuna over
scikit-learn's MLPClassifier, with no more epochs in all, on three data sets. The
seconds are those of a clock, so the machine must do nothing else.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

import kobai
from kobai.data import Dataset
from kobai.networks import Dense, Network, ReLU, Softmax
from kobai.optimizers import SGD

EPOCHS, TRIALS = 30, 30
# More beginnings would still be within the budget, and of no use.
MOST_TRIALS = 60


def two_classes(rows):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 2)).astype(np.float32)
    return x, (x[:, 0] * x[:, 1] > 0).astype(int)


def tiny():
    return Network(2, [Dense(16), ReLU(), Dense(2), Softmax()])


def overhead(trials=1000):
    """Compare trials of the command with trainings alone."""
    from kobai.cli.asked import begun
    from kobai.cli.sweep_watch import Lines
    from kobai.sweeps import Search, SweepFolder
    from kobai.sweeps.workers.processes import Here

    folder = Path(tempfile.mkdtemp(prefix="kobai-overhead-"))
    x, t = two_classes(625)
    np.savez(folder / "data.npz", x=x, t=t)
    fixed = {"hidden": ["16"], "epochs": ["10"], "batch_size": ["50"]}
    own = {"trials": trials, "halving": False, "seeds": 1}
    asked = begun({"data": str(folder / "data.npz"), "lr": ["1e-3..1"], **fixed, **own})
    place = SweepFolder(folder / "sweep")
    place.path.mkdir()
    search = Search(asked.plan, place)
    began = time.perf_counter()
    search.go(Here(asked.trials, place), Lines(search, "accuracy", "epochs", True))
    swept = time.perf_counter() - began
    began = time.perf_counter()
    for trial in search.trials.values():
        options = {"epochs": 10, "batch_size": 50, "validation": 0.2, "patience": 10}
        optimizer = SGD(trial.config["lr"])
        rows = x[:500], t[:500]
        kobai.train(tiny(), rows, optimizer=optimizer, progress=False, **options)
    alone = time.perf_counter() - began
    shutil.rmtree(folder)
    each = (swept - alone) / trials * 1000
    print(f"{trials} trials {swept:.1f} s, trainings alone {alone:.1f} s: ", end="")
    print(f"{each:.1f} ms more for each")


def workers(trials=60, rows=100_000):
    """Compare one worker with two."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, 20)).astype(np.float32)
    t = (np.sin(x[:, 0]) + x[:, 1] * x[:, 2] + rng.normal(size=rows) > 0).astype(int)
    space = {"hidden": [32, 64, 128], "learning_rate": "1e-4..1e-2"}

    def network(hidden):
        return Network(20, [Dense(hidden), ReLU(), Dense(2), Softmax()])

    fixed = {"optimizer": "adam", "batch_size": 256, "epochs": 9}
    seconds = {}
    for jobs in (1, 2):
        began = time.perf_counter()
        kobai.sweep(
            network, space, data=(x, t), settings=fixed, trials=trials, jobs=jobs
        )
        seconds[jobs] = time.perf_counter() - began
    print(f"one worker {seconds[1]:.1f} s, two {seconds[2]:.1f} s: ", end="")
    print(f"{seconds[1] / seconds[2]:.2f} times as fast")


def split(name, seed):
    """Return standardised training and test rows of one of scikit-learn's sets."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split

    x, t = getattr(datasets, f"load_{name}")(return_X_y=True)
    x, x_test, t, t_test = train_test_split(x, t, random_state=seed, stratify=t)
    mean, scale = x.mean(axis=0), x.std(axis=0) + 1e-9
    parts = ((each - mean) / scale for each in (x, x_test))
    x, x_test = (each.astype(np.float32) for each in parts)
    return Dataset(name, x, t, x_test, t_test, classes=tuple(map(str, np.unique(t))))


def ours(data, seed, budget):
    """Search with Kobai; as many epochs in all as `budget`."""
    inputs, classes = data.x_train.shape[1], len(data.classes)

    def network(hidden):
        layers = [Dense(hidden), ReLU(), Dense(classes), Softmax()]
        return Network(inputs, layers, seed=seed)

    space = {"hidden": [16, 32, 64], "learning_rate": "1e-4..1e-1"}
    fixed = {"optimizer": "adam", "batch_size": 32, "epochs": EPOCHS, "seed": seed}
    trials = min(MOST_TRIALS, trials_within(budget))
    found = kobai.sweep(
        network, space, data=data, settings=fixed, trials=trials, seed=seed
    )
    return found.network().accuracy(data.x_test, data.t_test)


def trials_within(budget):
    """Return how many trials halving trains within so many epochs."""
    from kobai.sweeps import rungs

    def epochs(trials):
        steps, before, total = rungs(trials, EPOCHS), 0, 0
        for rung in steps:
            total += rung.trials * (rung.length - before)
            before = rung.length
        return total

    return max(n for n in range(1, budget) if epochs(n) <= budget)


def theirs(data, seed, trials):
    """Search with Optuna over scikit-learn's network."""
    import optuna
    from sklearn.model_selection import train_test_split
    from sklearn.neural_network import MLPClassifier

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    parts = train_test_split(
        data.x_train, data.t_train, test_size=0.2, random_state=seed
    )
    x, x_held, t, t_held = parts
    models = {}

    def objective(trial):
        hidden = trial.suggest_categorical("hidden", [16, 32, 64])
        rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
        model = MLPClassifier(
            (hidden,),
            learning_rate_init=rate,
            batch_size=32,
            max_iter=EPOCHS,
            random_state=seed,
        )
        models[trial.number] = model.fit(x, t)
        return model.score(x_held, t_held)

    study = optuna.create_study(
        direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed)
    )
    study.optimize(objective, n_trials=trials)
    return models[study.best_trial.number].score(data.x_test, data.t_test)


def beside_optuna(seeds):
    """Compare seconds and test accuracies, seed by seed."""
    import warnings

    warnings.simplefilter("ignore")
    for name in ("breast_cancer", "wine", "digits"):
        seconds, scores = np.zeros((2, seeds)), np.zeros((2, seeds))
        for seed in range(seeds):
            data = split(name, seed)
            for index, search in enumerate((ours, theirs)):
                began = time.perf_counter()
                amount = TRIALS * EPOCHS if search is ours else TRIALS
                scores[index, seed] = search(data, seed, amount)
                seconds[index, seed] = time.perf_counter() - began
        ratio = np.median(seconds[0] / seconds[1])
        means = scores.mean(axis=1)
        error = np.std(scores[0] - scores[1]) / np.sqrt(seeds)
        print(f"{name:14} time {ratio:.2f} of Optuna's with scikit-learn; ", end="")
        print(f"accuracy {means[0]:.4f} and {means[1]:.4f}, ± {error:.4f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("overhead", "workers", "optuna"))
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--trials", type=int)
    chosen = parser.parse_args()
    some = {} if chosen.trials is None else {"trials": chosen.trials}
    if chosen.what == "optuna":
        beside_optuna(chosen.seeds)
    elif chosen.what == "overhead":
        overhead(**some)
    else:
        workers(**some)


if __name__ == "__main__":
    main()
