"""`x.flat` of an array of values, where NumPy's own iterator takes none."""

from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from kobai.autodiff.arrays.overlap import refuse_overlap


class Flat(NDArrayOperatorsMixin):
    """The numbers of an array one after another, to go through, read and write."""

    def __init__(self, base: Any) -> None:
        self.base = base
        self.index = 0

    @property
    def coords(self) -> tuple[int, ...]:
        """Where in the array the next number stands."""
        if self.index == self.base.size:
            return (self.base.shape[0], *(0 for _ in self.base.shape[1:]))
        return tuple(map(int, np.unravel_index(self.index, self.base.shape)))

    def __len__(self) -> int:
        return int(self.base.size)

    def __iter__(self) -> "Flat":
        self.index = 0
        return self

    def __next__(self) -> Any:
        if self.index == len(self):
            raise StopIteration
        number = self.base[self.coords]
        self.index += 1
        return number

    @property
    def first(self) -> Any:
        """The array whose memory the numbers lie in."""
        return self.base.first

    def places(self) -> Any:
        """Return where the numbers lie there; None if not known."""
        return self.base.places()

    @property
    def _array(self) -> Any:
        return self.base if self.base.ndim else self.base[None]

    def _places(self, index: Any) -> Any:
        return np.unravel_index(np.arange(len(self))[index], self._array.shape)

    def __getitem__(self, index: Any) -> Any:
        return self._array[self._places(index)]

    def __setitem__(self, index: Any, value: Any) -> None:
        refuse_overlap("ndarray.flat", self.base, value)
        places = self._places(index)
        is_bool = self.base.dtype.kind == "b"
        if (
            is_bool
            and np.ndim(places[0]) == 0
            and issubclass(type(value), list | tuple)
        ):
            # What goes into one bool is the truth value, which a list has, too.
            value = bool(value)
        is_bool = is_bool and np.size(value) == 1
        if np.ndim(value) > np.ndim(places[0]) == 0 and not is_bool:
            raise ValueError(f"x.flat[{index}]: got {np.shape(value)}; need one number")
        # What is too short is repeated, and what is too long is cut.
        self._array[places] = np.resize(value, np.shape(places[0]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.base.flatten(), name)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return self.base.flatten().astype(dtype or self.base.dtype).__array__()

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any
    ) -> Any:
        return getattr(ufunc, method)(*map(in_a_row, inputs), **kwargs)

    def __array_function__(
        self, function: Any, types: Any, args: Any, kwargs: Any
    ) -> Any:
        return function(*map(in_a_row, args), **kwargs)


def in_a_row(x: Any) -> Any:
    """Return the numbers of x.flat as an array; anything else as it is."""
    return x.base.flatten() if type(x) is Flat else x
