"""`train`: the loop that every run goes through."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kobai.errors import ModelFileError
from kobai.files import remove_leftovers
from kobai.keywords import checked_with
from kobai.optimizers import OPTIMIZERS, SGD, Optimizer
from kobai.training.callbacks import Callbacks, EarlyStopping
from kobai.training.checkpoint import (
    check_form,
    check_records,
    choices_of,
    held_alone,
    load_checkpoint,
)
from kobai.training.data import prepare
from kobai.training.display.choice import choose_display
from kobai.training.history import History
from kobai.training.run import Run
from kobai.training.settings import make_settings, refuse_differences

if TYPE_CHECKING:
    from kobai.networks import Network


@checked_with(optimizer=OPTIMIZERS.values(), callbacks=[EarlyStopping])
def train(
    network: "Network",
    data: Any,
    *,
    sample_weight: ArrayLike | None = None,
    validation: float = 0.0,
    patience: int | None = None,
    optimizer: Optimizer = SGD(0.1),  # noqa: B008 (frozen)
    batch_size: int | None = None,
    epochs: int | None = None,
    steps: int | None = None,
    batches: str = "shuffle",
    seed: int = 0,
    engine: str = "auto",
    gradient: str = "backprop",
    callbacks: Sequence[Any] = (),
    progress: bool | str = "auto",
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int | None = None,
    resume: bool = False,
) -> History:
    """Train a network by mini-batch gradient descent, and return what happened.

        params ← optimizer(params, ∂ loss(params; batch) / ∂ params)

    `data` is a `Dataset`, `(x, t)` or `((x, t), (x_test, t_test))`; x has shape
    `(n, *inputs)`, t is labels `(n,)` or outputs `(n, *outputs)`. The run lasts for
    `epochs` (10 if nothing is said) or `steps`; a batch has 100 rows, or all there are,
    unless `batch_size` says otherwise; an epoch is ⌈n / batch_size⌉ steps,
    after which training and test data are evaluated. `batches` is "shuffle",
    "random", "online" (one sample at a time) or "full", the last two of which set
    their own batch size. `gradient="numerical"` uses the definition instead of
    back-propagation, which is slow. See `kobai.training.callbacks` for callbacks.

    With `validation`, a fraction, so many of the training rows (of each class its
    share, drawn by `seed`) are held out: no step sees them, and they are evaluated
    after every epoch in place of the test data, which stay for the end. With
    `patience` the run stops once their loss has not improved for so many epochs, and
    the network keeps the parameters of its best epoch, as with the callback
    `EarlyStopping("validation_loss", patience)`.

    `sample_weight`, shape `(n,)`, says how much each training sample counts: the loss
    of a batch is (1/n) Σ wᵢ Eᵢ over its n samples, so that weights with mean 1 leave
    the learning rate its meaning; see `balanced_weights`. Training and validation loss
    and accuracy are recorded as weighted means, those of the test data as plain ones.

    The run is written to the file `checkpoint` every `checkpoint_every` steps (else
    every epoch) and at its end. With `resume` it goes on from there, bit for bit as
    if never stopped, even if it was killed; if the file is not there, it begins.
    Until then the file belongs to this run: another one is refused it.

    Ctrl-C ends the run after the step it is in: network and history are kept, and
    `history.stopped` is "interrupted". A second Ctrl-C ends it at once.

    Raises `ValueError` or `TypeError` for settings and data that make no sense,
    `DivergenceError` where the loss stops being finite (the network then has its last
    good parameters, the error the `history`), and `ModelFileError` for a checkpoint
    that is damaged, cannot be written, or is another run's.

    >>> from kobai.networks import Dense, Network, Sigmoid, Softmax
    >>> network = Network(2, [Dense(8), Sigmoid(), Dense(2), Softmax()])
    >>> x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32)
    >>> t = np.array([0, 1, 1, 0])
    >>> history = train(network, (x, t), optimizer=SGD(2.0), batches="full",
    ...                 epochs=500, progress=False)
    >>> float(history["train_accuracy"][-1])
    1.0

    Robbins & Monro (1951), "A Stochastic Approximation Method".
    """
    if resume and checkpoint is None:
        raise ValueError("train: resume needs the file to go on from: checkpoint=PATH")
    prepared = prepare(network, data, sample_weight, validation, seed)
    settings = make_settings(
        prepared.rows,
        optimizer=optimizer,
        engine=engine,
        gradient=gradient,
        batches=batches,
        batch_size=batch_size,
        epochs=epochs,
        steps=steps,
        seed=seed,
        checkpoint=checkpoint,
        checkpoint_every=checkpoint_every,
    )
    if patience is not None:
        callbacks = [*callbacks, EarlyStopping("validation_loss", patience)]
    display = choose_display(progress)
    run = Run(network, prepared, settings, Callbacks(callbacks), display)
    with held_alone(checkpoint):
        if resume:
            _resume(run)
        # A run that diverges overflows; it says so itself, not by NumPy's warnings.
        with run.interrupt, np.errstate(all="ignore"):
            _go(run)
    run.history.stopped = run.stopped
    return run.history


def _go(run: Run) -> None:
    """Take the steps, and leave network, screen and disk in order whatever happens."""
    try:
        run.display.begin(run.model.step, run.settings.total, run.settings.per_epoch)
        _begin(run)
        while not run.over:
            if run.advance():
                run.settle()
        _end(run)
    except BaseException:
        run.publish()
        raise
    finally:
        run.display.close()


def _begin(run: Run) -> None:
    """Record the untrained network; find out now if the disk can be written."""
    fresh = not run.history.records
    if fresh:
        run.record()
    run.call("on_train_begin")
    if run.settings.checkpoint is not None:
        remove_leftovers(run.settings.checkpoint)
        if not run.over:
            run.prepare()
    # A run that is over before it would be written again is written at its end alone.
    if fresh and run.settings.checkpoint_every <= run.settings.total:
        run.save()


def _end(run: Run) -> None:
    """Record where the run ended, write it down, and let the callbacks finish."""
    run.history.stopped = run.stopped
    if run.history.records[-1]["step"] != run.model.step:
        run.record()
    run.save()
    run.call("on_train_end")
    run.display.end(run.history)


def _resume(run: Run) -> None:
    path = run.settings.checkpoint
    if path is None or not Path(path).exists():
        return
    content = load_checkpoint(path)
    try:
        if run.settings.engine == "auto":
            # Engines round differently: the run goes on with the one it began with.
            run.use_engine(content["settings"]["engine"])
        refuse_differences(path, content["settings"], run.identity)
        run.bursts.stepper.choices |= choices_of(content)
        check_form(content["model"], vars(run.model))
        check_records(content["records"], content["step_losses"])
        step = content["model"]["step"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(f"{path}: a damaged checkpoint ({error!r})") from None
    if step > run.settings.total:
        raise ValueError(
            f"train: cannot resume from {path}: it is at step {step:,}, beyond the "
            f"{run.settings.total:,} steps asked for; ask for more"
        )
    run.restore(content)
