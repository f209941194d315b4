"""The fit of an estimator by L-BFGS, on all samples at once."""

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning

from kobai.autodiff import value_and_gradient
from kobai.autodiff.trees import Tree, leaves, unflatten
from kobai.engines.kept import kept
from kobai.engines.numpy_engine.program import Program, write_program
from kobai.estimators.course import NOT_FINITE, NotFiniteError, are_finite
from kobai.estimators.problem import Problem, squares
from kobai.estimators.rows import Rows
from kobai.functions.arrays import Array
from kobai.graph import trace
from kobai.optimizers.base import Params

if TYPE_CHECKING:
    from kobai.estimators.base import MLP


class Objective:
    """The loss of all samples, and its gradient, as a function of one long vector."""

    def __init__(self, problem: Problem, rows: Rows, penalty: float) -> None:
        self.problem = problem
        self.rows = rows
        self.penalty = penalty
        self.params = problem.network.params
        self.dtype = problem.network.dtype
        self._versions: dict[int, Callable[..., list[Any]]] = {}

    def vector(self) -> np.ndarray:
        """Return all parameters, one behind the other, in float64."""
        flat = [w.ravel() for w in self.params.values()]
        return np.concatenate(flat).astype(np.float64)

    def unpack(self, vector: np.ndarray) -> dict[str, np.ndarray]:
        """Return the parameters of a vector."""
        arrays = []
        start = 0
        for w in self.params.values():
            part = vector[start : start + w.size]
            arrays.append(part.astype(self.dtype).reshape(w.shape))
            start += w.size
        params: dict[str, np.ndarray] = unflatten(self.params, arrays)
        return params

    def __call__(self, vector: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient at a vector."""
        params = self.unpack(vector)
        arrays = list(params.values())
        total, grads = 0.0, [np.zeros(w.shape) for w in arrays]
        for block in self.rows.blocks():
            run = self._compiled(params, block)
            loss, *parts = run(*arrays, *block)
            total += float(loss) * len(block[0])
            for grad, part in zip(grads, parts, strict=True):
                grad += len(block[0]) * part
        n = len(self.rows)
        for name, grad, w in zip(params, grads, arrays, strict=True):
            grad /= n
            if name.startswith("W"):
                grad += self.penalty / n * w
        penalty = 0.5 * self.penalty / n * float(squares(params))
        return total / n + penalty, np.concatenate([g.ravel() for g in grads])

    def _compiled(
        self, params: Params, block: tuple[np.ndarray, ...]
    ) -> Callable[..., list[Any]]:
        size = len(block[0])
        run = self._versions.get(size)
        if run is None:
            shapes = tuple((a.shape, a.dtype.str) for a in [*leaves(params), *block])
            structure, key = self.problem.structure, ("gradient", shapes)
            program = kept(structure, key, lambda: self._program(params, block))
            run = self._versions[size] = program.load()
        return run

    def _program(self, params: Params, block: tuple[np.ndarray, ...]) -> Program:
        def loss_and_gradient(params: Params, *batch: Array) -> Tree:
            x, t, *weights = batch
            loss = self.problem.loss
            return value_and_gradient(lambda p: loss(p, x, t, {}, *weights), params)

        graph = trace(loss_and_gradient, params, *block)
        t = graph.inputs[len(leaves(params)) + 1]
        return write_program(graph, valid_indices=[t])


def fit_lbfgs(estimator: "MLP", problem: Problem, rows: Rows, penalty: float) -> None:
    """Minimise by L-BFGS, and give the network the parameters found.

    Liu & Nocedal (1989), "On the limited memory BFGS method for large scale
    optimization"; the implementation is SciPy's.
    """
    objective = Objective(problem, rows, penalty)

    def note(intermediate_result: Any) -> None:
        loss = float(intermediate_result.fun)
        record = {"epoch": len(estimator.history_), "train_loss": loss}
        estimator.history_.append(record)
        if estimator.verbose:
            print(f"Iteration {record['epoch']}, loss = {loss:.8f}")

    start = objective.vector()
    with np.errstate(all="ignore"):
        if not len(estimator.history_):
            estimator.history_.append({"epoch": 0, "train_loss": objective(start)[0]})
        found = minimize(
            objective,
            start,
            method="L-BFGS-B",
            jac=True,
            callback=note,
            options={
                "maxfun": estimator.max_fun,
                "maxiter": estimator.max_iter,
                "gtol": estimator.tol,
            },
        )
    params = objective.unpack(found.x)
    if not are_finite(params):
        raise NotFiniteError(
            f"{NOT_FINITE} The loss is {found.fun}; scale the inputs and the targets",
            step=int(found.nit),
            learning_rate=np.nan,
            history=estimator.history_,
        )
    if found.status != 0:
        warnings.warn(
            f"lbfgs failed to converge after {found.nit} iteration(s) "
            f"(status={found.status}): {found.message}. Increase max_iter "
            f"({estimator.max_iter}) or scale the data.",
            ConvergenceWarning,
            stacklevel=4,
        )
    problem.network.params = params
    estimator.loss_ = float(found.fun)
    estimator.n_iter_ = min(int(found.nit), estimator.max_iter)
