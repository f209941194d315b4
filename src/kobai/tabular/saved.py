"""A model of a table in a folder, as `kobai train` leaves one, and back."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kobai.data.more_rows import as_test_data
from kobai.data.splits import Fold, Last
from kobai.data.tables.told import ColumnNote
from kobai.formats import load_model, save_model
from kobai.optimizers import OPTIMIZERS, Optimizer
from kobai.run_folder import HISTORY, LINEAR, RunError, RunFolder
from kobai.tabular.fitted import Fitted
from kobai.tabular.kept import baselines_of, read_background, write_background
from kobai.training import History

RENAMED = {"learning_rate": "lr"}
NOT_KEPT = ("callbacks", "progress")
LISTS = ("drop", "keep", "category", "number", "text", "missing", "weight")


def write(path: Path, fitted: Fitted, params: Mapping[str, Any]) -> Path:
    """Write all files of a run folder; an older model in it is replaced."""
    folder = RunFolder(path.expanduser())
    if folder.path.exists() and (not folder.path.is_dir() or _is_other(folder)):
        raise RunError(f"{path}: holds something else; name a new folder")
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.check_files()
    write_files(folder, fitted, params)
    return path


def write_files(folder: RunFolder, fitted: Fitted, params: Mapping[str, Any]) -> None:
    """Write a model into a folder that is there for it."""
    found = fitted.model
    data = replace(fitted.data, name=found.name)
    save_model(folder.model, found.network, data=data, calibration=found.calibration)
    if fitted.baselines.linear:
        save_model(folder.path / LINEAR, fitted.baselines.linear, data=data)
    if fitted.background is not None:
        write_background(folder.path, fitted.background)
    fitted.history.write_csv(folder.path / HISTORY)
    last = fitted.history.records[-1] if fitted.history.records else {}
    results = {
        "epochs": last.get("epoch"),
        "steps": last.get("step"),
        "seconds": last.get("seconds"),
        "stopped": fitted.history.stopped,
        "class_values": [each.tolist() for each in fitted.values],
    }
    if not found.columns or not found.columns.parts:
        results["class_values"] = fitted.values[0].tolist()
    folder.write(_settings(params, fitted), results, fitted.identity)


def _is_other(folder: RunFolder) -> bool:
    return any(folder.path.iterdir()) and not folder.model.exists()


def _settings(params: Mapping[str, Any], fitted: Fitted) -> dict[str, Any]:
    """Return parameters as `run.json` has the options of the command."""
    found = {k: v for k, v in {**params, **fitted.settings}.items() if v is not None}
    optimizer = params["optimizer"]
    if isinstance(optimizer, Optimizer):
        kinds = {kind: name for name, kind in OPTIMIZERS.items()}
        found["optimizer"] = kinds.get(type(optimizer), "adam")
        rate = optimizer.learning_rate
        found["learning_rate"] = None if callable(rate) else float(rate)
    size = found.pop("test_size", None)
    if isinstance(size, Last):
        found["test_last"] = float(size)
    elif size and not isinstance(size, Fold) and 0 < size < 1:
        found["test_size"] = float(size)
    weights = found.get("class_weight")
    if isinstance(weights, Mapping):
        found["class_weight"] = ",".join(f"{k}={v}" for k, v in weights.items())
    found["hidden"] = ",".join(map(str, found["hidden"])) or "none"
    found["target"] = ",".join(fitted.data.columns.target.names)  # type: ignore[union-attr]
    for name in LISTS:
        value = found.pop(name, None)
        if value or (name == "missing" and value is not None):
            found[name] = value if isinstance(value, str) else ",".join(map(str, value))
    if "threshold" in found:
        found["threshold"] = str(found["threshold"])
    if not found.get("date_order"):
        found.pop("date_order", None)
    kept = {RENAMED.get(k, k): v for k, v in found.items() if k not in NOT_KEPT}
    return {"data": fitted.data.source or fitted.model.name, **kept}


def read(path: Path, names: Collection[str]) -> tuple[dict[str, Any], Fitted, bool]:
    """Return parameters and what was learned, and whether it was from an array."""
    folder = RunFolder(path.expanduser())
    content = folder.read()
    model = load_model(folder.model)
    if model.columns is None:
        raise RunError(f"{path}: was not trained on a table; kobai.load_model reads it")
    known = content.get("data", {})
    notes = tuple(ColumnNote(**each) for each in known.get("columns", ()))
    x = np.empty((0, model.columns.width), np.float32)
    t = np.empty(0, np.int64)
    if not model.classes:
        t = np.empty((0, len(model.columns.target.names)), np.float32)
    data = replace(as_test_data(model.columns, model.name, x, t), told=notes)
    data = replace(data, name=model.name, writing=model.writing)
    baselines = baselines_of(folder, model)
    assert baselines is not None
    known_values = content.get("results", {}).get("class_values")
    if model.columns.parts:
        values = known_values or model.columns.target.heads
    else:
        values = [known_values or model.classes]
    file = folder.path / HISTORY
    fitted = Fitted(
        model,
        History.read_csv(file) if file.exists() else History(),
        data,
        baselines,
        read_background(folder.path, model),
        known,
        tuple(map(np.array, values)),
        {},
    )
    sources = list(model.columns.sources)
    is_of_arrays = sources == [f"x{i}" for i in range(len(sources))]
    return _parameters(content["settings"], names), fitted, is_of_arrays


def _parameters(settings: Mapping[str, Any], known: Collection[str]) -> dict[str, Any]:
    """Return the parameters of a model that options of the command are."""
    back = {option: name for name, option in RENAMED.items()}
    named = {back.get(k, k): v for k, v in settings.items() if v is not None}
    found = {k: v for k, v in named.items() if k in known}
    if "hidden" in found:
        text = found["hidden"]
        found["hidden"] = () if text == "none" else tuple(map(int, text.split(",")))
    if settings.get("test_last"):
        found["test_size"] = Last(settings["test_last"])
    weights = found.get("class_weight")
    if weights and "=" in weights:
        pairs = (part.rpartition("=") for part in weights.split(","))
        found["class_weight"] = {name.strip(): float(w) for name, _, w in pairs}
    return found
