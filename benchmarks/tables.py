"""How well tables are learned by default, beside other tools, on the same rows.

    python benchmarks/tables.py FOLDER            # writes results/tables.json
    python benchmarks/tables.py FOLDER --quick    # six tables, two seeds
    python benchmarks/tables.py FOLDER --parts PARTS --jobs 2

With `--parts` each table and seed leaves a file in that folder, and what a tool has
done there is not measured again: first all `--without Kobai`, then it alone.

FOLDER has CSV files and INDEX.tsv, a line for each: name, target, columns to drop
(with commas between), and task, "classification" or "regression". Every tool learns the
same training rows and is measured on the same test rows, once for each seed: log loss
for classes, root mean squared error for numbers, in units of gradient boosting's
(HistGradientBoosting, with its defaults). Trees get numbers with gaps and codes of
categories, as they are meant to; networks and linear models get what Kobai's own
networks get. LightGBM, CatBoost, and RealMLP and TabM (both of pytabkit) take part
where they are installed; TabM only on tables of up to 1,500 rows, since it takes
minutes for each thousand rows on a CPU. Seconds are processor time of the fit; trees
and BLAS have one thread each, which costs the least of it. The calibration error is
that of the probability of the likelier class: the mean distance, over ten parts with as
many rows in each, of how probable it was from how often it was right, over all seeds
together.
"""

import argparse
import csv
import json
import time
import warnings
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from machine import installed, processor
from peers import CORES
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPClassifier, MLPRegressor
from threadpoolctl import threadpool_limits

import kobai
from kobai.networks import suited

RESULTS = Path(__file__).parent / "results"
QUICK = ("titanic", "mpg", "german-credit", "concrete", "insurance", "white-wines")
# What a model is sure of costs no more than this when it is wrong.
LEAST = 1e-15
TENTHS = 10
# Of a tool that takes too long for more.
MOST_ROWS = {"TabM": 1500}

Data = Any
Part = tuple[dict[str, str], int]
Tool = Callable[[Data, int], Callable[[np.ndarray], np.ndarray]]


def tables(folder: Path) -> list[dict[str, str]]:
    """Return what INDEX.tsv says of each table."""
    with (folder / "INDEX.tsv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def load(folder: Path, about: dict[str, str], seed: int) -> Data:
    """Divide a table into training and test rows, by the seed."""
    dropped = tuple(filter(None, about["drop"].split(",")))
    return kobai.load_table(
        folder / f"{about['name']}.csv",
        about["target"],
        drop=dropped,
        task=about["task"],
        seed=seed,
    )


def for_trees(data: Data, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return numbers with gaps and codes of categories, and which columns are codes."""
    features = data.columns.features
    numbers = [f for f in features if f.kind == "number"]
    place = len(numbers)
    columns, is_code = list(x[:, :place].T.astype(float)), [False] * place
    for index, feature in enumerate(numbers):
        if feature.has_missing:
            columns[index] = np.where(x[:, place] > 0, np.nan, columns[index])
            place += 1
    for feature in features:
        if feature.kind == "category":
            width = len(feature.codes)
            words = x[:, place : place + width]
            codes = np.where(words.max(axis=1) > 0, words.argmax(axis=1), np.nan)
            columns.append(codes)
            # More codes than that are taken as numbers by some.
            is_code.append(width < 255)
            place += width
    return np.stack(columns, axis=1), np.array(is_code)


def with_kobai(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Train what `kobai train` does."""
    network, settings = suited(data, seed=seed)
    kobai.train(network, data, **settings, progress=False)
    return network.predict


def fitted(data: Data, classifier: Any, regressor: Any) -> Any:
    """Fit one of two scikit-learn models, and return what it predicts."""
    if data.classes:
        return classifier.fit(data.x_train, data.t_train).predict_proba
    return regressor.fit(data.x_train, data.t_train.ravel()).predict


def with_boosting(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit scikit-learn's gradient boosting."""
    x, is_code = for_trees(data, data.x_train)
    kind = (
        HistGradientBoostingClassifier
        if data.classes
        else HistGradientBoostingRegressor
    )
    model = kind(categorical_features=is_code, random_state=seed)
    model.fit(x, data.t_train.ravel())
    predict = model.predict_proba if data.classes else model.predict
    return lambda x: predict(for_trees(data, x)[0])


def with_mlp(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit scikit-learn's network, which stops early."""
    given = {"early_stopping": True, "random_state": seed}
    return fitted(data, MLPClassifier(**given), MLPRegressor(**given))


def with_lines(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit a linear model."""
    return fitted(data, LogisticRegression(max_iter=1000), Ridge())


def with_lightgbm(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit LightGBM with its defaults."""
    import lightgbm

    x, is_code = for_trees(data, data.x_train)
    kind = lightgbm.LGBMClassifier if data.classes else lightgbm.LGBMRegressor
    model = kind(random_state=seed, verbose=-1, n_jobs=1)
    codes = np.flatnonzero(is_code).tolist()
    model.fit(x, data.t_train.ravel(), categorical_feature=codes)
    predict = model.predict_proba if data.classes else model.predict
    return lambda x: predict(for_trees(data, x)[0])


def with_catboost(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit CatBoost with its defaults; its categories are words."""
    import catboost
    import pandas as pd

    def frame(x: np.ndarray) -> Any:
        values, is_code = for_trees(data, x)
        found = pd.DataFrame(values).astype(object)
        codes = np.flatnonzero(is_code).tolist()
        for code in codes:
            found[code] = [str(each) for each in values[:, code]]
        return found, codes

    kind = catboost.CatBoostClassifier if data.classes else catboost.CatBoostRegressor
    options = {"verbose": False, "allow_writing_files": False, "thread_count": 1}
    model = kind(random_seed=seed, **options)
    x, codes = frame(data.x_train)
    model.fit(x, data.t_train.ravel(), cat_features=codes)
    predict = model.predict_proba if data.classes else model.predict
    return lambda x: predict(frame(x)[0])


def of_pytabkit(data: Data, seed: int, name: str) -> Callable[..., np.ndarray]:
    """Fit a network of pytabkit with the defaults for its kind of task."""
    import pandas as pd
    import pytabkit

    def frame(x: np.ndarray) -> Any:
        values, is_code = for_trees(data, x)
        found = pd.DataFrame(values)
        # A network knows nothing of gaps: as usual, they are the mean.
        found = found.fillna(found.mean())
        codes = np.flatnonzero(is_code).tolist()
        return found.astype(dict.fromkeys(codes, int)), codes

    kind = getattr(pytabkit, f"{name}_{'Classifier' if data.classes else 'Regressor'}")
    model = kind(random_state=seed, device="cpu", n_threads=1)
    x, codes = frame(data.x_train)
    model.fit(x, data.t_train.ravel(), cat_col_names=codes)
    predict = model.predict_proba if data.classes else model.predict
    return lambda x: predict(frame(x)[0])


def with_realmlp(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit RealMLP with its tuned defaults."""
    return of_pytabkit(data, seed, "RealMLP_TD")


def with_tabm(data: Data, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """Fit TabM with its defaults."""
    return of_pytabkit(data, seed, "TabM_D")


def tools() -> dict[str, Tool]:
    """Return the tools that are here; the first is what the others are divided by."""
    known: dict[str, Tool] = {
        "gradient boosting": with_boosting,
        "Kobai": with_kobai,
        "MLP, early stopping": with_mlp,
        "linear": with_lines,
    }
    optional: dict[str, tuple[str, Tool]] = {
        "LightGBM": ("lightgbm", with_lightgbm),
        "CatBoost": ("catboost", with_catboost),
        "RealMLP": ("pytabkit", with_realmlp),
        "TabM": ("pytabkit", with_tabm),
    }
    there = {n: tool for n, (module, tool) in optional.items() if find_spec(module)}
    return known | there


def probabilities(outputs: np.ndarray) -> np.ndarray:
    """Return the probability of every class, of those of the second class, if alone."""
    if outputs.shape[1] == 1:
        return np.concatenate([1 - outputs, outputs], axis=1)
    return outputs


def error(data: Data, outputs: np.ndarray) -> float:
    """Return the log loss, or the root mean squared error of scaled targets."""
    t = data.t_test
    if not data.classes:
        return float(np.sqrt(np.mean((outputs.reshape(t.shape) - t) ** 2)))
    outputs = probabilities(outputs)
    found = outputs[np.arange(len(t)), t].astype(float)
    return float(-np.mean(np.log(np.clip(found, LEAST, 1))))


def sureness(data: Data, outputs: np.ndarray) -> np.ndarray:
    """Return for each row how probable its likelier class was, and if it was right."""
    outputs = probabilities(outputs)
    right = outputs.argmax(axis=1) == data.t_test
    return np.stack([outputs.max(axis=1), right.astype(float)])


def calibration_error(sure: np.ndarray) -> float:
    """Return how far probabilities are from shares, in rows sorted by probability."""
    parts = np.array_split(sure[:, np.argsort(sure[0])], TENTHS, axis=1)
    gaps = [abs(part[0].mean() - part[1].mean()) * part.shape[1] for part in parts]
    return float(sum(gaps) / sure.shape[1])


def measure(tool: Tool, data: Data, seed: int) -> dict[str, Any]:
    """Fit a tool; return its error on the test rows, and how long it took."""
    began = time.process_time()
    with warnings.catch_warnings():
        # A linear model may want more iterations than it gets.
        warnings.simplefilter("ignore")
        predict = tool(data, seed)
    seconds = time.process_time() - began
    outputs = np.asarray(predict(data.x_test))
    found: dict[str, Any] = {"error": error(data, outputs), "seconds": seconds}
    return found | ({"sure": sureness(data, outputs).tolist()} if data.classes else {})


def mean_ratio(errors: list[float], base: list[float]) -> float:
    """Return the geometric mean of ratios, seed by seed."""
    return float(np.exp(np.mean(np.log(np.divide(errors, base)))))


def of_part(
    folder: Path, kept: Path | None, wanted: Sequence[str], part: Part
) -> tuple[Part, Any]:
    """Return what every tool does on one table, divided by one seed."""
    about, seed = part
    file = kept and kept / f"{about['name']}-{seed}.json"
    if file and file.exists():
        found = json.loads(file.read_text(encoding="utf-8"))
    else:
        found = {"rows": 0, "tools": {}}
    missing = [name for name in wanted if name not in found["tools"]]
    if not missing:
        return part, found
    with threadpool_limits(1):
        data = load(folder, about, seed)
        found["rows"] = rows = len(data.x_train)
        for name in missing:
            if rows > MOST_ROWS.get(name, rows):
                continue
            found["tools"][name] = measure(tools()[name], data, seed)
            if file:
                half = file.with_suffix(".half")
                half.write_text(json.dumps(found), encoding="utf-8")
                half.replace(file)
    return part, found


def of_table(parts: list[Any]) -> dict[str, Any]:
    """Return the errors, ratios and seconds of every tool on one table."""
    names = [n for n in tools() if all(n in part["tools"] for part in parts)]
    found = {name: [part["tools"][name] for part in parts] for name in names}
    errors = {name: [one["error"] for one in each] for name, each in found.items()}
    base = errors["gradient boosting"]
    calibration = {}
    if "sure" in found["gradient boosting"][0]:
        sure = {n: np.hstack([o["sure"] for o in each]) for n, each in found.items()}
        calibration = {name: calibration_error(each) for name, each in sure.items()}
    return {
        "rows": parts[0]["rows"],
        "errors": errors,
        "ratios": {name: mean_ratio(each, base) for name, each in errors.items()},
        "calibration": calibration,
        "seconds": {n: median(o["seconds"] for o in each) for n, each in found.items()},
    }


def measured(chosen: argparse.Namespace, names: list[str], seeds: int) -> Any:
    """Measure the tables, the smallest first; yield each one's name and its parts."""
    known = [a for a in tables(chosen.folder) if not names or a["name"] in names]
    known.sort(key=lambda about: int(about["lines"]))
    todo = [(about, seed) for seed in range(seeds) for about in known]
    wanted = [name for name in tools() if name != chosen.without]
    of_one = partial(of_part, chosen.folder, chosen.parts, wanted)
    found: dict[str, list[Any]] = {}
    with get_context("spawn").Pool(chosen.jobs, maxtasksperchild=8) as pool:
        for (about, _), part in pool.imap_unordered(of_one, todo):
            name = about["name"]
            found.setdefault(name, []).append(part)
            if len(found[name]) == seeds and "gradient boosting" in part["tools"]:
                yield name, of_table(found[name])


def line(name: str, values: dict[str, float]) -> str:
    """Return a line of figures."""
    found = (values.get(each) for each in tools())
    return f"{name:20}" + "".join(f"{n:>21.3f}" if n else " " * 21 for n in found)


def over_best(ratios: dict[str, float], name: str) -> float:
    """Return a tool's error over the least of the others."""
    return ratios[name] / min(r for other, r in ratios.items() if other != name)


def summary(results: dict[str, Any]) -> dict[str, dict[str, float]]:
    """Return what all tables together say of every tool, each over its own tables."""
    errors = [each["calibration"] for each in results.values() if each["calibration"]]
    names = list(tools())

    def of_all(kind: str) -> dict[str, list[float]]:
        each = [one[kind] for one in results.values()]
        return {n: [one[n] for one in each if n in one] for n in names}

    ratios = [each["ratios"] for each in results.values()]
    best = {n: [over_best(r, n) for r in ratios if n in r] for n in names}
    return {
        "geometric mean": {
            n: mean_ratio(r, [1.0]) for n, r in of_all("ratios").items()
        },
        "over the best other": {n: mean_ratio(r, [1.0]) for n, r in best.items()},
        "calibration error": {
            n: float(np.mean([e[n] for e in errors if n in e])) if errors else 0.0
            for n in names
        },
        "seconds": {n: sum(each) for n, each in of_all("seconds").items()},
        "tables": {n: float(len(each)) for n, each in of_all("seconds").items()},
    }


def main() -> None:
    """Measure all tables, show the ratios, and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--only", help="names of tables, with commas between")
    parser.add_argument("--parts", type=Path, help="a folder for what is measured")
    parser.add_argument("--without", help="a tool that is left out")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    chosen = parser.parse_args()
    names = chosen.only.split(",") if chosen.only else QUICK if chosen.quick else ()
    seeds = chosen.seeds or (2 if chosen.quick else 5)
    if chosen.parts:
        chosen.parts.mkdir(parents=True, exist_ok=True)
    results: dict[str, Any] = {}
    print(f"{'':20}" + "".join(f"{name:>21}" for name in tools()))
    for name, found in measured(chosen, list(names), seeds):
        results[name] = found
        print(line(name, found["ratios"]), flush=True)
    overall = summary(results) if results else {}
    for name, values in overall.items():
        print(line(name, values))
    if not (chosen.quick or chosen.only or chosen.without):
        content = {
            "seeds": seeds,
            "machine": {"processor": processor(), "cores": CORES},
            "versions": installed(),
            "overall": overall,
            "tables": results,
        }
        path = RESULTS / "tables.json"
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
