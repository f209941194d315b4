"""Reductions that leave out what is missing: entries that are nan."""

from typing import Any

import numpy as np

from kobai.autodiff.numpy_functions.order import (
    axis_last,
    interpolated,
    laid_out,
    shares_of,
)
from kobai.autodiff.numpy_functions.reductions import need_initial, only
from kobai.autodiff.numpy_functions.table import (
    FUNCTIONS,
    as_array,
    mask_for,
    reduced_axes,
    twin_of,
)
from kobai.errors import GradientError


def _enter(function: Any, plain: Any, filling: float) -> None:
    """Enter the twin of a function that takes nan for a number."""

    def twin(a: Any, *args: Any, **kwargs: Any) -> Any:
        a = as_array(a)
        return plain(np.where(np.isnan(a), filling, a), *args, **kwargs)

    FUNCTIONS[function] = twin


_enter(np.nansum, np.sum, 0)
_enter(np.nanprod, np.prod, 1)
_enter(np.nancumsum, np.cumsum, 0)
_enter(np.nancumprod, np.cumprod, 1)


def _present(a: Any, where: Any) -> Any:
    return np.logical_and(np.logical_not(np.isnan(a)), mask_for(a, where))


def _enter_mean(function: Any, plain: Any) -> None:
    """Enter the twin of a mean of those entries that are there."""

    def twin(
        a: Any, axis: Any = None, *args: Any, where: Any = True, **kwargs: Any
    ) -> Any:
        a = as_array(a)
        axes = reduced_axes(axis, a.ndim)
        return plain(a, axes, *args, where=_present(a, where), **kwargs)

    FUNCTIONS[function] = twin


_enter_mean(np.nanmean, np.mean)
_enter_mean(np.nanvar, np.var)
_enter_mean(np.nanstd, np.std)


def _need_axes(function: Any, a: Any) -> None:
    # Of a number that is not looked at NumPy says nan; of an array, what is initial.
    if not a.ndim:
        raise GradientError(
            f"np.{function.__name__}: got where= for a number; use np.where"
        )


def _enter_extremum(function: Any, plain: Any, filling: float) -> None:
    """Enter the twin of an extreme entry of those that are there."""

    def twin(
        a: Any,
        axis: Any = None,
        *,
        keepdims: bool = False,
        initial: Any = None,
        where: Any = True,
    ) -> Any:
        a = as_array(a)
        options = {"axis": axis, "keepdims": keepdims}
        if mask_for(a, where) is not True:
            need_initial(function.__name__, initial)
            _need_axes(function, a)
        gaps = np.isnan(only(where, a, filling))
        asked = {} if initial is None else {"initial": initial, "where": where}
        found = plain(np.where(np.isnan(a), filling, a), **options, **asked)
        return np.where(np.all(gaps, **options), np.nan, found)

    FUNCTIONS[function] = twin


_enter_extremum(np.nanmax, np.max, -np.inf)
_enter_extremum(np.nanmin, np.min, np.inf)


# --- the middle of those that are there. Sorting puts what is missing last.


@twin_of(np.nanquantile)
def _nanquantile(
    a: Any,
    q: Any,
    axis: Any = None,
    *,
    method: str = "linear",
    keepdims: bool = False,
) -> Any:
    if method != "linear":
        raise GradientError(
            f'np.nanquantile: got method="{method}"; only "linear" is differentiated'
        )
    a = as_array(a)
    flat, kept = axis_last(a, axis)
    ordered = np.sort(flat, axis=-1)
    there = np.sum(np.logical_not(np.isnan(flat)), axis=-1, keepdims=True)
    shares = np.asarray(q)
    dtype = np.quantile(np.zeros(1, a.dtype), q).dtype
    found = [
        interpolated(ordered, np.maximum(there - 1, 0) * share)[..., 0].astype(dtype)
        for share in shares.ravel()
    ]
    return laid_out(found, shares.shape, kept if keepdims else None)


@twin_of(np.nanpercentile)
def _nanpercentile(a: Any, q: Any, axis: Any = None, **options: Any) -> Any:
    return _nanquantile(a, shares_of(q), axis, **options)


@twin_of(np.nanmedian)
def _nanmedian(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return _nanquantile(a, 0.5, axis, keepdims=keepdims)
