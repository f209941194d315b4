"""`train`: the loop that every run goes through."""

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from kobai.engines import ENGINES, Engine
from kobai.errors import ModelFileError
from kobai.keywords import checked_with
from kobai.optimizers import OPTIMIZERS, SGD, Optimizer
from kobai.training.callbacks import Callbacks, EarlyStopping
from kobai.training.checkpoint import (
    InMemory,
    Kept,
    check_form,
    check_records,
    choices_of,
    held_alone,
    load_checkpoint,
)
from kobai.training.data import prepare
from kobai.training.display.choice import choose_display
from kobai.training.display.lines import Display
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
    engine: Engine = "auto",
    gradient: str = "backprop",
    callbacks: Sequence[Any] = (),
    progress: bool | str | Display = "auto",
    checkpoint: Kept | None = None,
    checkpoint_every: int | None = None,
    evaluate_every: int = 1,
    resume: bool = False,
) -> History:
    """Train a network by mini-batch gradient descent, and return what happened.

        params ← optimizer(params, ∂ loss(params; batch) / ∂ params)

    `data` is a `Dataset`, `(x, t)` or `((x, t), (x_test, t_test))`; x has shape
    `(n, *inputs)`, t is labels `(n,)` or outputs `(n, *outputs)`. The run lasts for
    `epochs` (10 if nothing is said) or `steps`; a batch has 100 rows, or all there are,
    unless `batch_size` says otherwise; an epoch is ⌈n / batch_size⌉ steps. Training
    and test data are evaluated before the first step, after every `evaluate_every`
    epochs (0: not before the end), and at the end. `batches` is "shuffle",
    "random", "online" (one sample at a time) or "full", the last two of which set
    their own batch size. `gradient="numerical"` uses the definition instead of
    back-propagation, which is slow. See `kobai.training.callbacks` for callbacks.

    `engine` is what computes the steps: "eager" as they are written, "numpy", "numba"
    (the extra `fast`), "jax" (the extra `jax`: on a GPU, where JAX finds one), or
    `kobai.engines.Jax(device="gpu", precision="fast")`; "auto" is "numpy", and "numba"
    for runs that win back its compiling. All take the same steps but for the rounding.

    With `validation`, a fraction, so many of the training rows (of each class its
    share, drawn by `seed`) are held out: no step sees them, and they are evaluated
    in place of the test data, which stay for the end. With
    `patience` the run stops once their loss has not improved for so many epochs, and
    the network keeps the parameters of its best epoch, as with the callback
    `EarlyStopping("validation_loss", patience)`.

    `sample_weight`, shape `(n,)`, says how much each training sample counts: the loss
    of a batch is (1/n) Σ wᵢ Eᵢ over its n samples, so that weights with mean 1 leave
    the learning rate its meaning; see `balanced_weights`. Training and validation loss
    and accuracy are recorded as weighted means, those of the test data as plain ones.

    The run is written to the file `checkpoint` before the first step, every
    `checkpoint_every` steps (else about every second, and at most a twentieth of the
    time goes into that) and at its end. With `resume` it goes on from there, bit for
    bit as if never stopped, even if it was killed: what is lost then are the steps
    since the file was written. If it is not there, the run begins. Until the end the
    file belongs to this run: another one is refused it.

    Ctrl-C ends the run after the step it is in: network and history are kept, and
    `history.stopped` is "interrupted". A second Ctrl-C ends it at once.

    Processes that have joined by `jax.distributed.initialize` train one network if all
    call this alike with the engine "jax": each takes its share of every batch, and the
    first shows the run and writes it. A run is resumed by as many.

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
        evaluate_every=evaluate_every,
    )
    if patience is not None:
        if evaluate_every == 0:
            raise ValueError(
                f"train: got patience={patience} and evaluate_every=0; patience "
                "goes by the evaluations between: evaluate_every=1"
            )
        callbacks = [*callbacks, EarlyStopping("validation_loss", patience)]
    run = Run(network, prepared, settings, Callbacks(callbacks), Display())
    if run.is_first or isinstance(progress, Display):
        run.display = choose_display(progress)
    run.refuse_strangers()
    with held_alone(checkpoint if run.is_first else None):
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
    if run.settings.checkpoint is not None and not run.over:
        run.prepare()
    # A run that is over before it would be written again is written at its end alone.
    every = run.settings.checkpoint_every
    if fresh and (every is None or every <= run.settings.total):
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
    content = _kept(run)
    if content is None:
        return
    try:
        before = content["settings"]["engine"]
        if run.settings.engine == "auto" and before in ENGINES:
            # Engines round differently: the run goes on with the one it began with.
            run.use_engine(before)
        refuse_differences(path, content["settings"], run.identity)
        run.bursts.stepper.choices |= choices_of(content)
        check_form(content["model"], vars(run.model))
        check_records(content["records"], content["step_losses"])
        step = content["model"]["step"]
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(
            f"{path}: a damaged checkpoint ({error!r}); train anew"
        ) from None
    if step > run.settings.total:
        raise ValueError(
            f"train: cannot resume from {path}: it is at step {step:,}, beyond the "
            f"{run.settings.total:,} steps asked for; ask for more"
        )
    run.restore(content)


def _kept(run: Run) -> dict[str, Any] | None:
    """Return what the checkpoint holds, if there is one: that of the first process."""
    kept = run.settings.checkpoint
    if isinstance(kept, InMemory):
        data = run.group.of_first(kept.data)
        return pickle.loads(data) if data else None
    file = Path(kept or "")
    is_there = run.is_first and file.is_file()
    # The first one says what is wrong with a file, if something is.
    own = load_checkpoint(file) if is_there else None
    if run.group.size == 1:
        return own
    data = run.group.of_first(file.read_bytes() if is_there else b"")
    return load_checkpoint(file, data) if data else None
