"""One training run from the command line: announce, train, save, sum up."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from kobai.cli import report
from kobai.cli.calibrating import calibrated, hold_out
from kobai.cli.folder import RunFolder, write_picture
from kobai.cli.judged import described
from kobai.cli.leaving import CtrlCError, describe
from kobai.cli.loading import load
from kobai.cli.painter import Drawings, Painter
from kobai.cli.repeating import Repeats, arguments
from kobai.cli.screen import short, to_resume
from kobai.cli.settings import (
    Options,
    build_network,
    build_optimizer,
    check_batch,
    check_device,
    check_shares,
    check_stopping,
    completed,
    one_of,
)
from kobai.data.identity import identity_of
from kobai.engines import ENGINES
from kobai.errors import DivergenceError, KobaiError, ModelFileError
from kobai.explanations.shapley import background_rows
from kobai.judging.holding import Held, tested
from kobai.judging.pictures import predicted_drawing
from kobai.judging.wording import shown
from kobai.run_folder import CURVES, HISTORY, LINEAR, PREDICTED, RunError
from kobai.tabular.kept import write_background
from kobai.training import BATCHES, History, LossWatch, TrainingState
from kobai.training import train as run_training
from kobai.training.callbacks import STOPPED_EARLY
from kobai.training.step import GRADIENTS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from kobai.cli.member import Member
    from kobai.data import Dataset
    from kobai.formats import Model
    from kobai.judging import Judgement
    from kobai.networks import Network
    from kobai.optimizers import Optimizer


class DivergedError(KobaiError):
    """A run did not learn; what there is of it has been saved."""


class OutputError(KobaiError):
    """What a run had to say could not be written; the run itself is whole."""


@dataclass
class _Beginning:
    """Write the settings down once it is certain that the run begins."""

    folder: RunFolder
    settings: Options
    data: "Dataset"

    def on_train_begin(self, state: TrainingState) -> None:
        self.folder.write(self.settings.as_json(), {}, identity_of(self.data))


@dataclass
class Session:
    """A run under way: where it goes, and with what settings."""

    settings: Options
    place: AbstractContextManager[RunFolder]
    start: "Model | None" = None
    """The trained network that a warm start goes on from."""
    resume: bool = False
    language: str = "en"
    quiet: bool = False
    painter: Painter = field(default_factory=Painter)
    member: "Member | None" = None
    """This process, where several train together."""
    is_again: bool = False
    """Whether it has been announced before, and a fault came."""
    unheard: str = ""
    folder: RunFolder = field(init=False)
    held: Held = field(init=False)
    judgement: "Judgement | None" = field(init=False, default=None)

    def go(self) -> None:
        """Do it all; nothing is written before everything has been checked."""
        chosen = self.settings
        one_of("--batches", chosen.batches, BATCHES)
        one_of("--engine", chosen.engine, ["auto", *ENGINES])
        if self.member is None:
            # JAX must not look for devices before the processes have joined.
            check_device(chosen)
        one_of("--gradient", chosen.gradient, GRADIENTS)
        data = load(chosen, self.start)
        self.settings = completed(chosen, data)
        check_stopping(self.settings)
        self.held = hold_out(self.settings, data)
        check_batch(self.settings, self.held.learned)
        if self.member:
            check_shares(self.settings, self.held.learned, self.member.seat.size or 1)
        if self.start:
            network = self.start.network
        else:
            network = build_network(self.settings, data)
        optimizer = build_optimizer(self.settings)
        with self.place as self.folder:
            if self.member and not self.member.is_first:
                self._history(data, network, optimizer)
                return
            if not self.is_again:
                facts = self.folder, self.settings, data, network, optimizer
                self._say(report.announce, *facts)
            self._keep(data, network, optimizer)
        if self.unheard:
            run = short(self.folder.path)
            raise OutputError(f"{self.unheard}. The run is whole, in {run}")

    def _keep(
        self, data: "Dataset", network: "Network", optimizer: "Optimizer"
    ) -> None:
        """Train; say how to go on where the disk has ended it."""
        if self.start and not self.resume:
            # The other run may be trained further, or go: this one must not need it.
            from kobai.formats import save_model

            save_model(self.folder.start, network, data=data)
        try:
            self._train(data, network, optimizer)
        except (OSError, ModelFileError) as error:
            # From a checkpoint that is damaged nothing goes on.
            is_disk = isinstance(error.__context__ or error, OSError)
            if self.member or not is_disk or not self.folder.checkpoint.exists():
                raise
            raise RunError(self._stopped(error)) from None

    def _say(self, tell: Callable[..., None], *facts: object) -> None:
        """Print a report; a run must not end because nobody reads it."""
        if self.quiet or self.unheard:
            return
        try:
            tell(*facts)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (OSError, SystemExit) as error:
            # Rich leaves by SystemExit where a pipe is broken.
            why = error.strerror if isinstance(error, OSError) else "Broken pipe"
            self.unheard = f"standard output cannot be written: {why}"

    def _stopped(self, error: Exception) -> str:
        """Say of a run that the disk has stopped how to go on."""
        again = to_resume("train", self.folder.path)
        what = describe(error).rstrip(".")
        return f"{what}. The run is kept up to then; to go on: {again}"

    def _train(
        self, data: "Dataset", network: "Network", optimizer: "Optimizer"
    ) -> None:
        try:
            history = self._history(data, network, optimizer)
            problem = history.stopped
        except DivergenceError as error:
            if not self.folder.checkpoint.exists():
                raise
            history, problem = getattr(error, "history", History()), str(error)
        except KeyboardInterrupt:
            if self.member or not self.folder.checkpoint.exists():
                raise
            raise self._cut_off("interrupted") from None
        try:
            results = self.save(data, network, history)
        except KeyboardInterrupt:
            raise self._unwritten(history) from None
        if problem and not problem.startswith(STOPPED_EARLY):
            self._explain(problem, history)
        self._say(report.ending, history)
        self._say(report.how_good, results, self.judgement)
        self._repeat(data, results)
        self._say(report.what_next, self.folder, self.settings)

    def _repeat(self, data: "Dataset", results: dict[str, Any]) -> None:
        """Train what `--folds` and `--seeds` ask for; the run itself is saved."""
        if self.judgement is None:
            return
        from kobai.cli.measures import as_json

        def keep(kind: str, found: dict[str, Any]) -> None:
            results[kind] = as_json(found)
            self.folder.write(self.settings.as_json(), results, identity_of(data))

        own = {name: score.value for name, score in self.judgement.network.items()}
        names = shown(self.judgement)
        repeats = Repeats(self.settings, names, results["seconds"], self._say)
        if done := repeats.go(data, own, keep):
            raise CtrlCError(
                f"interrupted after {done}; the network, and what they scored, are in "
                f"{short(self.folder.path)}"
            )

    def _history(
        self, data: "Dataset", network: "Network", optimizer: "Optimizer"
    ) -> History:
        is_first = self.member is None or self.member.is_first
        progress: bool | str = False if self.quiet or self.unheard else "rows"
        callbacks: list[Any] = [LossWatch(self._untrained_loss(network))]
        if is_first:
            callbacks += [_Beginning(self.folder, self.settings, data)]
        with self.member.joined() if self.member else nullcontext():
            return run_training(
                network,
                self.held.learned,
                optimizer=optimizer,
                sample_weight=self.held.learned.sample_weight,
                callbacks=callbacks,
                progress=self.member.display(progress) if self.member else progress,
                checkpoint=self.folder.checkpoint,
                # What there is not, because of a fault at once, begins.
                resume=self.resume or self.member is not None,
                **arguments(self.settings),
            )

    def _untrained_loss(self, network: "Network") -> float:
        """Return the loss that a warm start had before all training, else 0."""
        if not self.start or self.resume:
            return 0.0
        from kobai.networks import Network

        untrained = Network.from_architecture(network.architecture())
        data = self.held.learned
        scores = untrained.evaluate(data.x_train, data.t_train, data.sample_weight)
        return scores["loss"]

    def save(
        self, data: "Dataset", network: "Network", history: History
    ) -> dict[str, Any]:
        """Write all files of the run folder, and return the results."""
        from kobai.cli.measures import as_json
        from kobai.formats import save_model

        results = report.results(data, self.held.learned, network, history)
        kept = results.get("best_epoch")
        pictures = self.painter.begin(self._drawings(data, network, history, kept))
        calibration = calibrated(self.settings, data, network, self.held)
        save_model(self.folder.model, network, data=data, calibration=calibration)
        if data.columns:
            write_background(self.folder.path, background_rows(data))
        if data.columns and len(data.x_test):
            threshold = calibration.threshold if calibration else None
            judgement = self._judge(data, network, threshold)
            results["judgement"] = as_json(described(judgement))
            for name in ("accuracy", "balanced_accuracy") if data.classes else ():
                # By the threshold, where there is one.
                results[f"test_{name}"] = judgement.network[name].value
            if calibration:
                results |= tested(calibration, network, data)
        history.write_csv(self.folder.path / HISTORY)
        self.folder.write(self.settings.as_json(), results, identity_of(data))
        for name, picture in self._drawn(pictures).items():
            write_picture(self.folder.path / name, picture)
        return results

    def _drawn(self, pictures: Callable[[], dict[str, bytes]]) -> dict[str, bytes]:
        """Return the pictures; say where all is written but them."""
        try:
            return pictures()
        except (ImportError, RuntimeError, ValueError) as error:
            run = short(self.folder.path)
            raise RunError(
                f"the pictures could not be drawn: {describe(error).rstrip('.')}. All "
                f"else is in {run}; to draw them: {to_resume('train', run)}"
            ) from None

    def _drawings(
        self, data: "Dataset", network: "Network", history: History, kept: int | None
    ) -> Drawings:
        """Return what draws the curves, and of numbers what the network predicts."""
        from kobai.plots import training_curves

        found: dict[str, Callable[[], Figure]] = {}
        if history.records:
            # The losses of all steps may be many, and are not drawn.
            epochs = History(history.records)
            found[CURVES] = partial(training_curves, epochs, self.language, kept=kept)
        if draw := predicted_drawing(network, data, self.language):
            found[PREDICTED] = draw
        return found

    def _judge(
        self, data: "Dataset", network: "Network", threshold: float | None
    ) -> "Judgement":
        """Compare the network with a line and a constant, and keep the line."""
        from kobai.formats import save_model
        from kobai.judging import Baselines, judge

        baselines = Baselines.of(data)
        if baselines.linear:
            save_model(self.folder.path / LINEAR, baselines.linear, data=data)
        weighted = self.settings.class_weight is not None
        self.judgement = judge(
            network, data, baselines, weighted=weighted, threshold=threshold
        )
        return self.judgement

    def _explain(self, problem: str, history: History) -> None:
        """Say why the run ended before its time, and how to go on."""
        run = short(self.folder.path)
        if problem != "interrupted":
            raise DivergedError(f"{problem}. They are saved in {run}.")
        step = history.records[-1]["step"]
        raise CtrlCError(
            f"interrupted after step {step:,}; the network so far is saved in {run}. "
            f"To go on: {to_resume('train', run)}"
        )

    def _unwritten(self, history: History) -> CtrlCError:
        """Say of a run that has trained how to get what it has not written yet."""
        step = history.records[-1]["step"] if history.records else 0
        if history.stopped == "interrupted":
            return self._cut_off(f"interrupted after step {step:,}, and again")
        again = to_resume("train", self.folder.path)
        return CtrlCError(
            f"interrupted after step {step:,}, the last one, before all results were "
            f"written. To write them: {again}"
        )

    def _cut_off(self, what: str) -> CtrlCError:
        """Say of a run that has left at once what there is of it, and how to go on."""
        run = short(self.folder.path)
        return CtrlCError(
            f"{what}; {run} has its last checkpoint, and not all results. To go on: "
            f"{to_resume('train', run)}"
        )
