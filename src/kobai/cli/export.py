"""`kobai export`: a trained network as a file for use without Kobai."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kobai.cli import options
from kobai.cli.folder import check_place
from kobai.cli.models import find_model
from kobai.cli.screen import facts, plain, say, short, show
from kobai.run_folder import MODEL, RunError

if TYPE_CHECKING:
    from kobai.formats import Model

MOST_NAMES = 12

# How to use what was written, by the format, with the places {path}, {file}, {stem}.
USES = {
    "onnx": 'onnxruntime.InferenceSession("{path}").run(None, {{"x": rows}})',
    "numpy": 'importlib.import_module("{stem}").predict(rows)',
    "javascript": 'import {{ predict }} from "./{file}"',
    "c": '#include "{stem}.h", then {identifier}_predict(x, y)',
    "json": 'kobai.formats.load_json("{path}").predict(rows)',
    "pytorch": 'model.load_state_dict(safetensors.torch.load_file("{path}"))',
}


def _formats(incomplete: str) -> list[str]:
    from kobai.formats import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def export(
    run: options.Run,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="What to write; its ending says how: .onnx, .py, .mjs, .c, .json, or "
            ".safetensors for PyTorch.",
        ),
    ] = None,
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="NAME",
            autocompletion=_formats,
            help="onnx, numpy, javascript, c, json or pytorch. Without FILE it is "
            "named after the run.",
        ),
    ] = None,
) -> None:
    """Write a trained network as a file that works without Kobai.

    \b
    kobai export runs/iris-1 iris.onnx       for ONNX Runtime
    kobai export runs/iris-1 --format c      iris-1.c, for a microcontroller

    The file holds the whole prediction, from the raw numbers to the probabilities,
    preprocessing included; for PyTorch it holds the weights alone. An older file of
    that name is replaced.
    """
    from kobai.formats import FORMATS
    from kobai.formats import export as write
    from kobai.formats.exporting import format_of

    model = find_model(run)
    if file is None:
        if format is None:
            raise RunError("export: name a file, such as model.onnx, or a --format")
        ending = FORMATS[format_of(Path(), format)].endings[0]
        file = Path(f"{_name(run, format)}{ending}")
    chosen = format_of(file, format)
    _check(file, run)
    write(model, file, chosen)
    _print(file, chosen, model)


def _name(run: str, format: str) -> str:
    """Return the run's name; Python can only import a file with a name of its own."""
    from kobai.formats.exporting.as_c import identifier

    path = Path(run).expanduser().resolve()
    name = path.name if path.is_dir() else path.stem
    return identifier(name) if format == "numpy" else name


def _check(file: Path, run: str) -> None:
    """Refuse a place that cannot be written, and the run's own model."""
    check_place(file)
    own = Path(run).expanduser()
    own = own / MODEL if own.is_dir() else own
    if file.exists() and file.samefile(own):
        raise RunError(f"{file}: is the model itself; choose another name")
    file.parent.mkdir(parents=True, exist_ok=True)


def _print(file: Path, format: str, model: "Model") -> None:
    from kobai.formats.exporting.as_c import identifier

    size = file.stat().st_size
    say(f"[bold green]{plain(short(file))}[/bold green]  {format}, {size:,} bytes")
    use = USES[format].format(
        path=short(file),
        file=file.name,
        stem=file.stem,
        identifier=identifier(file.stem),
    )
    given, returned = _ends(model, format)
    show(facts(Input=given, Output=returned, Use=use))


def _ends(model: "Model", format: str) -> tuple[str, str]:
    """Return in words what goes in and what comes out."""
    columns = model.columns
    outputs = f"(n, {', '.join(map(str, model.network.outputs))})"
    if columns is None or format == "pytorch":
        inputs = f"(n, {', '.join(map(str, model.network.inputs))})"
        inputs += _unit(model) if format != "pytorch" else ""
    else:
        inputs = f"(n, {len(columns.names)}): {_names(columns.names)}"
    if model.classes and model.network.outputs[-1] == 1:
        outputs += f": probability of {model.classes[1]}"
    elif model.classes:
        outputs += f": {_names(model.classes)}"
    elif columns is not None:
        outputs += f": {_names(columns.target.outputs)}"
    return inputs, outputs


def _unit(model: "Model") -> str:
    known = model.known_range
    is_either = known is not None and known.is_full
    return f": from 0 to {known.high:g}, or from 0 to 1" if known and is_either else ""


def _names(names: tuple[str, ...]) -> str:
    more = ", …" if len(names) > MOST_NAMES else ""
    return f"{', '.join(names[:MOST_NAMES])}{more}"
