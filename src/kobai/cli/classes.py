"""What a classifier says of one sample: its classes and their probabilities."""

from typing import TYPE_CHECKING, Any

from kobai.cli.screen import Bar, columns, plain

if TYPE_CHECKING:
    import numpy as np

    from kobai.cli.sheet import Sheet
    from kobai.formats import Model

BAR_WIDTH = 24
MOST_CLASSES = 12


def classifies(model: "Model") -> bool:
    """Return whether the outputs are probabilities of classes."""
    return bool(model.classes) or model.network.loss_name.endswith("entropy")


def names_of(model: "Model", outputs: "np.ndarray") -> tuple[str, ...]:
    """Return the names of the classes, or their numbers where they have none."""
    return model.classes or tuple(map(str, range(max(2, outputs.shape[-1]))))


def probabilities(model: "Model", outputs: "np.ndarray") -> "np.ndarray":
    """Return one number per class; a single sigmoid gives those of no and of yes."""
    import numpy as np

    if outputs.shape[-1] == 1 and model.network.loss_name == "binary_cross_entropy":
        return np.concatenate([1 - outputs, outputs], axis=-1)
    return outputs


def best_of(model: "Model", outputs: "np.ndarray") -> tuple[str, float]:
    """Return the most probable class, and its probability."""
    values = probabilities(model, outputs)
    best = int(values.argmax())
    return names_of(model, outputs)[best], float(values[best])


def record(model: "Model", outputs: "np.ndarray") -> dict[str, Any]:
    """Return the best class, its probability and those of all, or plain outputs."""
    if not classifies(model):
        values = map(float, outputs.ravel())
        return {f"output {i}": value for i, value in enumerate(values)}
    name, share = best_of(model, outputs)
    values = map(float, probabilities(model, outputs))
    each = dict(zip(names_of(model, outputs), values, strict=True))
    # A class of that name would take the place of what it is called.
    return {"class": name, "probability": share} | {
        f"p({n})" if n in ("class", "probability", "file", "row") else n: value
        for n, value in each.items()
    }


def line(model: "Model", outputs: "np.ndarray") -> list[Any]:
    """Return the cells of one line: the class, a bar, the probability."""
    name, share = best_of(model, outputs)
    return [plain(name), Bar(share, BAR_WIDTH), f"{share:.1%}"]


def bars(model: "Model", outputs: "np.ndarray") -> "Sheet":
    """Return a table of the classes, of very many the most probable."""
    values = probabilities(model, outputs)
    names = names_of(model, outputs)
    best = int(values.argmax())
    order = list(range(len(names)))
    if len(names) > MOST_CLASSES:
        order = sorted(order, key=lambda i: -values[i])[:MOST_CLASSES]
    table = columns("class", "", "probability", left=(0, 1))
    for i in order:
        style = "bold green" if i == best else ""
        share = float(values[i])
        table.add_row(
            plain(names[i]), Bar(share, BAR_WIDTH), f"{share:.1%}", style=style
        )
    return table
