"""Functions that write into an array that they are given."""

from typing import Any

import numpy as np

from kobai.autodiff.arrays.overlap import refuse_overlap, refuse_uneven
from kobai.autodiff.numpy_functions.arrangement import known, move_in, writable
from kobai.autodiff.numpy_functions.table import as_array, mask_for, twin_of


@twin_of(np.copyto)
def _copyto(dst: Any, src: Any, casting: Any = "same_kind", where: Any = True) -> None:
    target = writable("copyto", dst)
    is_of_python = src.__class__ in (bool, int, float, complex)
    src = src if is_of_python else as_array(src)
    kinds = (src, target.dtype) if is_of_python else (src,)
    if not np.can_cast(np.result_type(*kinds), target.dtype, casting):
        raise TypeError(
            f"copyto: got {np.result_type(src)} for an array of {target.dtype}; cannot "
            f"be stored with casting={casting!r}"
        )
    refuse_uneven("np.copyto", target, src)
    mask = mask_for(target, where)
    target[...] = src if mask is True else np.where(mask, src, target)


@twin_of(np.put)
def _put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> None:
    known(np.put, "ind", ind)
    move_in("put", a, v, lambda a, v: np.put(a, ind, v, mode))


@twin_of(np.place)
def _place(arr: Any, mask: Any, vals: Any) -> None:
    known(np.place, "mask", mask)
    refuse_overlap("np.place", arr, vals)
    move_in("place", arr, vals, lambda a, v: np.place(a, mask, v))


@twin_of(np.putmask)
def _putmask(a: Any, mask: Any, values: Any) -> None:
    known(np.putmask, "mask", mask)
    move_in("putmask", a, values, lambda a, v: np.putmask(a, mask, v))


@twin_of(np.fill_diagonal)
def _fill_diagonal(a: Any, val: Any, wrap: bool = False) -> None:
    refuse_overlap("np.fill_diagonal", a, val)
    move_in("fill_diagonal", a, val, lambda a, v: np.fill_diagonal(a, v, wrap))


@twin_of(np.put_along_axis)
def _put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    known(np.put_along_axis, "indices", indices)
    move_in(
        "put_along_axis",
        arr,
        values,
        lambda a, v: np.put_along_axis(a, indices, v, axis),
    )
