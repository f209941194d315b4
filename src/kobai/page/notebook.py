"""The lab in a notebook, or as a page of its own, from Python."""

import os
import webbrowser
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kobai.data import Dataset, load_dataset
from kobai.files import write_atomically
from kobai.keywords import checked_keywords
from kobai.networks import Network
from kobai.optimizers import Optimizer
from kobai.page.built import page_with
from kobai.page.opening import OWN, opening, opening_of_run
from kobai.page.packed import as_script
from kobai.page.settings import training_settings
from kobai.training import History

if TYPE_CHECKING:
    from kobai.page.widget import LabWidget

HEIGHT = 860
LANGUAGES = ("en", "ja", "zh")
# What is in the frame can reach nothing: not the notebook, and no network.
SANDBOX = "allow-scripts allow-downloads allow-modals"


@checked_keywords
def lab(
    data: str | os.PathLike[str] | Dataset | None = None,
    network: Network | None = None,
    history: History | None = None,
    *,
    optimizer: Optimizer | None = None,
    batch_size: int | None = None,
    language: str | None = None,
    height: int = HEIGHT,
) -> "Lab":
    """Return the lab: a page in which a network learns, to watch and to change.

    `data` is "spiral", "circles", "gaussians", "moons", "xor", "sine" or "digits", any
    other name or path that `load_dataset` takes, or a data set. With `network` the lab
    begins with that network as it is, and with `history`, what `train` returned, it
    shows how it came there; `optimizer` and `batch_size` are what it goes on with.
    `language` is "en", "ja" or "zh", None that of the browser. In a notebook the lab
    shows itself, `height` pixels high; it is complete and sends nothing anywhere. Of
    data with more than 20,000 rows, or 10,000 pictures, it holds that many.

    Raises `LabError` for networks and optimizers that the page does not have, and, once
    it is to be shown, where Kobai was installed without the page.

    >>> import kobai
    >>> kobai.lab("moons", language="ja").given["settings"]["data"]
    {'kind': 'toy', 'name': 'moons', 'rows': 300, 'noise': 0.1}
    """
    if language is not None and language not in LANGUAGES:
        raise ValueError(
            f'lab: got language="{language}"; need one of {", ".join(LANGUAGES)}'
        )
    if network is None and (history is not None or optimizer is not None):
        raise ValueError("lab: got a history or an optimizer, and no network")
    found: str | Dataset | None = None
    if isinstance(data, Dataset) or (isinstance(data, str) and data in OWN):
        found = data
    elif data is not None:
        found = load_dataset(data)
    if network is None:
        given = opening(found)
    else:
        given = _learned(_needed(found), network, history, optimizer, batch_size)
    return Lab({**given, **({"language": language} if language else {})}, height)


def _needed(data: str | Dataset | None) -> Dataset:
    """Return the data that a network has learned from."""
    if isinstance(data, Dataset):
        return data
    if data is None:
        raise ValueError("lab: got a network without data; need what it learns from")
    if data == "digits":
        return load_dataset(data)
    from kobai.data import toys

    made: Dataset = getattr(toys, data)()
    return made


def _learned(
    data: Dataset,
    network: Network,
    history: History | None,
    optimizer: Optimizer | None,
    batch_size: int | None,
) -> dict[str, Any]:
    records = [] if history is None else history.records
    step = int(records[-1]["step"]) if records else 0
    training = training_settings(optimizer) if optimizer else {}
    if batch_size:
        training["batchSize"] = batch_size
    keyframes = [(step, network.params)]
    return opening_of_run(data.name, data, network, training, keyframes, records)


class Lab:
    """The lab with what it was given: it shows itself in a notebook."""

    def __init__(self, given: Mapping[str, Any], height: int = HEIGHT) -> None:
        self.given = dict(given)
        self.height = height

    @property
    def html(self) -> str:
        """The whole page; raises `LabError` where Kobai was installed without it."""
        return page_with(as_script(self.given))

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the lab as one page that needs nothing else; return its path.

        Raises `OSError` where it cannot be written.
        """
        write_atomically(path, self.html.encode())
        return Path(path)

    def open(self, path: str | os.PathLike[str] = "lab.html") -> Path:
        """Write the page, and open it in the browser."""
        written = self.save(path)
        webbrowser.open(written.resolve().as_uri())
        return written

    def widget(self) -> "LabWidget":
        """Return the lab as a widget whose network and history are Python's.

        Raises `MissingExtraError` without the package anywidget.
        """
        try:
            from kobai.page.widget import LabWidget
        except ImportError as error:
            from kobai.errors import missing_extra

            raise missing_extra("lab", error, "notebook") from error
        return LabWidget(self.given)

    def __repr__(self) -> str:
        return "<Lab: a notebook shows it; elsewhere: lab.open()>"

    def _repr_html_(self) -> str:
        """Return the page in a frame of its own, as a notebook shows it."""
        style = f"width:100%;height:{self.height}px;border:0"
        return (
            f'<iframe title="Kobai lab" sandbox="{SANDBOX}" style="{style}" '
            f'srcdoc="{escape(self.html)}"></iframe>'
        )
