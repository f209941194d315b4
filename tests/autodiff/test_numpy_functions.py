"""Every NumPy function with a twin: its value, its first and second derivatives.

The tests walk the tables, so that nothing can be added without an example here.
"""

import dataclasses

import numpy as np
import pytest

from kobai import functions
from kobai.autodiff import check_gradient, gradient, value_and_gradient
from kobai.autodiff import operations as ops
from kobai.autodiff.arrays.overloaded import ArrayLike
from kobai.autodiff.numpy_functions import (
    CONSTANT_FUNCTIONS,
    FIXED_SHAPE,
    FUNCTIONS,
    load_all,
)
from kobai.autodiff.primitive import Primitive
from kobai.autodiff.rules import ELEMENTWISE

load_all()

M, V, T3 = (3, 4), (5,), (2, 3, 4)
ORDER = np.array([[2, 0, 1, 1], [0, 0, 2, 1]])

# NumPy's function: [(a use of it, the shapes of what it is used on), …]
EXAMPLES = {
    functions.sigmoid: [(lambda x: functions.sigmoid(x), [M])],
    np.sum: [
        (lambda x: np.sum(x), [M]),
        (lambda x: np.sum(x, axis=0), [M]),
        (lambda x: np.sum(x, axis=(0, -1), keepdims=True), [T3]),
        (lambda x: np.sum(x, 1), [T3]),
        (lambda x: np.sum(a=x, axis=None), [()]),
        (lambda x: x.sum(axis=-1, keepdims=True), [M]),
        (lambda x: np.add.reduce(x, axis=1), [M]),
        (lambda x: np.add.reduce(x), [M]),
        (lambda x: np.sum(x, axis=()), [M]),
        (lambda x: np.sum(x, axis=0), [(0, 3)]),
    ],
    np.max: [
        (lambda x: np.max(x), [M]),
        (lambda x: np.max(x, axis=1, keepdims=True), [M]),
        (lambda x: x.max(axis=(0, 2)), [T3]),
        (lambda x: np.maximum.reduce(x, axis=1), [M]),
    ],
    np.amax: [(lambda x: np.amax(x, axis=0), [M])],
    np.min: [
        (lambda x: np.min(x), [M]),
        (lambda x: x.min(axis=-1), [M]),
        (lambda x: np.minimum.reduce(x), [M]),
    ],
    np.amin: [(lambda x: np.amin(x, axis=0, keepdims=True), [M])],
    np.prod: [
        (lambda x: np.prod(x), [M]),
        (lambda x: np.prod(x, axis=1, keepdims=True), [M]),
        (lambda x: x.prod(axis=(0, 2)), [T3]),
        (lambda x: np.multiply.reduce(x, axis=0), [M]),
        (lambda x: np.prod(x, axis=0), [(1, 3)]),
    ],
    np.mean: [
        (lambda x: np.mean(x), [M]),
        (lambda x: x.mean(axis=0), [M]),
        (lambda x: np.mean(x, axis=(1, 2), keepdims=True), [T3]),
    ],
    np.average: [
        (lambda x: np.average(x, axis=1), [M]),
        (lambda x, w: np.average(x, axis=0, weights=w * w + 1), [M, M]),
    ],
    np.var: [
        (lambda x: np.var(x), [M]),
        (lambda x: x.var(axis=0, ddof=1), [M]),
        (lambda x: np.var(x, axis=(0, 1), keepdims=True), [T3]),
    ],
    np.std: [
        (lambda x: np.std(x), [M]),
        (lambda x: x.std(axis=0, ddof=1, keepdims=True), [M]),
    ],
    np.cumsum: [
        (lambda x: np.cumsum(x), [M]),
        (lambda x: x.cumsum(axis=-1), [M]),
        (lambda x: np.cumsum(x, axis=0), [T3]),
    ],
    np.real: [(lambda x: np.real(x), [M])],
    np.imag: [(lambda x: np.imag(x) + x, [M])],
    np.angle: [(lambda x: np.angle(x + 4) + x, [M])],
    np.dot: [
        (lambda a, b: np.dot(a, b), [V, V]),
        (lambda a, b: a.dot(b), [M, (4, 2)]),
        (lambda a, b: np.dot(a, b), [M, (4,)]),
        (lambda a, b: np.dot(a, b), [(3,), M]),
        (lambda a, b: np.dot(a, b), [(2, 4), (3, 4, 2)]),
        (lambda a, b: np.dot(a, b), [(4,), (3, 4, 2)]),
        (lambda a, b: np.dot(a, b), [T3, (4, 2)]),
        (lambda a, b: np.dot(a, b), [(), M]),
    ],
    np.tensordot: [
        (lambda a, b: np.tensordot(a, b), [T3, (3, 4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=1), [M, (4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=0), [M, (2,)]),
        (lambda a, b: np.tensordot(a, b, axes=((0, -1), (2, 1))), [T3, (5, 4, 2)]),
        (lambda a, b: np.tensordot(a, b, axes=(1, 0)), [M, (4, 2)]),
    ],
    np.inner: [
        (lambda a, b: np.inner(a, b), [V, V]),
        (lambda a, b: np.inner(a, b), [M, (2, 4)]),
        (lambda a, b: np.inner(a, b), [(), M]),
    ],
    np.outer: [
        (lambda a, b: np.outer(a, b), [V, (3,)]),
        (lambda a, b: np.outer(a, b), [M, (2,)]),
    ],
    np.trace: [(lambda x: np.trace(x), [(3, 3)])],
    np.einsum: [
        (lambda a, b: np.einsum("ij,jk->ik", a, b), [M, (4, 2)]),
        (lambda a, b: np.einsum("ij,jk", a, b), [M, (4, 2)]),
    ],
    np.transpose: [
        (lambda x: np.transpose(x), [T3]),
        (lambda x: x.T, [M]),
        (lambda x: np.transpose(x, (1, 2, 0)), [T3]),
        (lambda x: x.transpose(2, 0, -2), [T3]),
        (lambda x: x.transpose((2, 0, 1)), [T3]),
        (lambda x: x.transpose(), [T3]),
        (lambda x: np.transpose(x, [1, 0]), [M]),
        (lambda x: x.T, [()]),
    ],
    np.swapaxes: [
        (lambda x: np.swapaxes(x, 0, -1), [T3]),
        (lambda x: x.swapaxes(1, 0), [T3]),
    ],
    np.moveaxis: [
        (lambda x: np.moveaxis(x, 0, -1), [T3]),
        (lambda x: np.moveaxis(x, (0, 2), (1, 0)), [T3]),
    ],
    np.reshape: [
        (lambda x: np.reshape(x, (4, 3)), [M]),
        (lambda x: x.reshape(2, -1), [M]),
        (lambda x: x.reshape(-1), [T3]),
        (lambda x: x.reshape((2, 1, 6)), [M]),
        (lambda x: np.reshape(x, 12), [M]),
        (lambda x: np.reshape(x, ()), [(1, 1)]),
        (lambda x: np.reshape(x, (3, 0)), [(0, 4)]),
    ],
    np.ravel: [(lambda x: np.ravel(x), [M]), (lambda x: x.T.ravel(), [M])],
    np.squeeze: [
        (lambda x: np.squeeze(x), [(1, 3, 1)]),
        (lambda x: x.squeeze(axis=-1), [(1, 3, 1)]),
        (lambda x: np.squeeze(x, (0, 2)), [(1, 3, 1)]),
    ],
    np.expand_dims: [
        (lambda x: np.expand_dims(x, 0), [M]),
        (lambda x: np.expand_dims(x, -1), [M]),
        (lambda x: np.expand_dims(x, (0, 2)), [M]),
        (lambda x: np.expand_dims(x, (-1, 0)), [()]),
    ],
    np.atleast_1d: [
        (lambda x: np.atleast_1d(x), [()]),
        (lambda x: np.atleast_1d(x), [M]),
    ],
    np.atleast_2d: [
        (lambda x: np.atleast_2d(x), [V]),
        (lambda x: np.atleast_2d(x), [T3]),
    ],
    np.broadcast_to: [
        (lambda x: np.broadcast_to(x, (2, 3, 4)), [(3, 1)]),
        (lambda x: np.broadcast_to(x, 5), [()]),
        (lambda x: np.broadcast_to(array=x, shape=[3, 4]), [M]),
    ],
    np.full_like: [
        (lambda x, y: x * np.full_like(x, y), [M, ()]),
        (lambda x: x * np.full_like(x, 2.5), [M]),
    ],
    np.copy: [(lambda x: np.copy(x), [M]), (lambda x: x.copy(), [M])],
    np.concatenate: [
        (lambda a, b: np.concatenate([a, b]), [M, (2, 4)]),
        (lambda a, b: np.concatenate((a, b, a), axis=-1), [M, (3, 1)]),
        (lambda a, b: np.concatenate([a, b], axis=None), [M, V]),
        (lambda a: np.concatenate([a, np.ones((3, 2)), [[1], [2], [3]]], 1), [M]),
        (lambda a: np.concatenate([a, np.ones((0, 4))]), [M]),
    ],
    np.stack: [
        (lambda a, b: np.stack([a, b]), [M, M]),
        (lambda a, b: np.stack((a, b, a), axis=-1), [M, M]),
        (lambda a, b: np.stack([a, b], axis=-2), [M, M]),
        (lambda a, b: np.stack([a, b, 1.5]), [(), ()]),
    ],
    np.vstack: [(lambda a, b: np.vstack([a, b]), [V, (2, 5)])],
    np.hstack: [
        (lambda a, b: np.hstack([a, b]), [V, ()]),
        (lambda a, b: np.hstack([a, b]), [M, (3, 1)]),
    ],
    np.column_stack: [(lambda a, b: np.column_stack([a, b]), [(3,), M])],
    np.split: [
        (lambda x: np.split(x, 2)[1], [(4, 3)]),
        (lambda x: np.stack(np.split(x, 4, axis=1)), [M]),
        (lambda x: np.split(x, [1, 3], axis=-1)[1], [M]),
        (lambda x: np.split(x, [3, 1])[2], [V]),
        (lambda x: np.split(x, [-2])[1], [V]),
    ],
    np.array_split: [
        (lambda x: np.array_split(x, 3)[1], [V]),
        (lambda x: np.array_split(x, 3, axis=1)[0], [M]),
    ],
    np.pad: [
        (lambda x: np.pad(x, 1), [M]),
        (lambda x: np.pad(x, (1, 2)), [V]),
        (lambda x: np.pad(x, ((0, 1), (2, 0)), constant_values=3.0), [M]),
        (lambda x: np.pad(x, ((1, 0), (0, 0), (0, 2)), mode="constant"), [T3]),
    ],
    np.tile: [
        (lambda x: np.tile(x, 3), [M]),
        (lambda x: np.tile(x, (2, 1, 3)), [M]),
        (lambda x: np.tile(x, (2,)), [T3]),
    ],
    np.repeat: [
        (lambda x: np.repeat(x, 2), [M]),
        (lambda x: np.repeat(x, [0, 1, 3], axis=0), [M]),
    ],
    np.flip: [
        (lambda x: np.flip(x), [M]),
        (lambda x: np.flip(x, -1), [M]),
        (lambda x: np.flip(x, (0, 2)), [T3]),
    ],
    np.roll: [
        (lambda x: np.roll(x, 2), [M]),
        (lambda x: np.roll(x, -1, axis=1), [M]),
        (lambda x: np.roll(x, 7, 0), [V]),
    ],
    np.diff: [
        (lambda x: np.diff(x), [M]),
        (lambda x: np.diff(x, n=2, axis=0), [M]),
    ],
    np.take: [
        (lambda x: np.take(x, [0, 3, 3, 11]), [M]),
        (lambda x: np.take(x, ORDER, axis=0), [M]),
        (lambda x: x.take(-1, axis=1), [M]),
        (lambda x: np.take(x, np.array(2), axis=-1), [T3]),
    ],
    np.take_along_axis: [
        (lambda x: np.take_along_axis(x, ORDER, axis=0), [M]),
        (lambda x: np.take_along_axis(x, ORDER[:, :1], axis=0), [M]),
        (lambda x: np.take_along_axis(x, ORDER[:1, :3].T, axis=-1), [M]),
    ],
    np.sort: [
        (lambda x: np.sort(x), [M]),
        (lambda x: np.sort(x, axis=0), [M]),
        (lambda x: np.sort(x, axis=None), [M]),
    ],
    np.diagonal: [(lambda x: np.diagonal(x), [(3, 3)])],
    np.where: [
        (lambda a, b: np.where(a > 0, a, b), [M, M]),
        (lambda a, b: np.where([True, False, True, False], a, b), [M, (3, 1)]),
        (lambda a: np.where(np.arange(3)[:, None] > 0, a, 0), [V]),
        (lambda a: np.where(a > 0, [1.0, 2.0, 3.0, 4.0], a), [M]),
        (lambda a, b: np.where(True, a, b), [(), M]),
    ],
    np.clip: [
        (lambda x: np.clip(x, -0.5, 0.5), [M]),
        (lambda x: x.clip(0.25), [M]),
        (lambda x: np.clip(x, None, 0.3), [M]),
        (lambda x: np.clip(x, min=-0.2, max=0.4), [M]),
        (lambda x, low: np.clip(x, low, [1.0, 0.9, 0.8, 0.7]), [M, (3, 1)]),
    ],
}

GAPPY = np.array([[1.0, np.nan, 1.0, 1.0], [1.0, 1.0, np.nan, 1.0], [1.0] * 4])


def gappy(x):
    return np.where(np.isnan(GAPPY), np.nan, x)


EXAMPLES |= {
    np.ptp: [(lambda x: np.ptp(x, axis=1), [M])],
    np.cumprod: [
        (lambda x: np.cumprod(x), [M]),
        (lambda x: x.cumprod(axis=0), [M]),
        (lambda x: np.multiply.accumulate(x, axis=1), [M]),
    ],
    np.cumulative_sum: [
        (lambda x: np.cumulative_sum(x, axis=1, include_initial=True), [M])
    ],
    np.cumulative_prod: [(lambda x: np.cumulative_prod(x, include_initial=True), [V])],
    np.nansum: [(lambda x: np.nansum(gappy(x), axis=0), [M])],
    np.nanprod: [(lambda x: np.nanprod(gappy(x), axis=1), [M])],
    np.nancumsum: [(lambda x: np.nancumsum(gappy(x), axis=1), [M])],
    np.nancumprod: [(lambda x: np.nancumprod(gappy(x), axis=0), [M])],
    np.nanmean: [(lambda x: np.nanmean(gappy(x), axis=1, keepdims=True), [M])],
    np.nanvar: [(lambda x: np.nanvar(gappy(x), axis=0, ddof=1), [M])],
    np.nanstd: [(lambda x: np.nanstd(gappy(x), axis=1), [M])],
    np.nanmax: [(lambda x: np.nanmax(gappy(x), axis=0), [M])],
    np.nanmin: [(lambda x: np.nanmin(gappy(x)), [M])],
    np.nanmedian: [
        (lambda x: np.nanmedian(gappy(x), axis=1), [M]),
        (lambda x: np.nanmedian(gappy(x)), [M]),
    ],
    np.nanquantile: [
        (lambda x: np.nanquantile(gappy(x), [0.2, 0.7], axis=0), [M]),
        (lambda x: np.nanquantile(gappy(x), 0.3, axis=(0, 1), keepdims=True), [M]),
    ],
    np.nanpercentile: [(lambda x: np.nanpercentile(gappy(x), 30, axis=1), [M])],
    np.quantile: [
        (lambda x: np.quantile(x, 0.3), [M]),
        (lambda x: np.quantile(x, [[0.1, 0.5], [0.9, 1.0]], axis=0), [M]),
        (lambda x: np.quantile(x, 0.3, axis=(0, 2), keepdims=True), [T3]),
        *(
            (lambda x, m=method: np.quantile(x, [0.15, 0.55], axis=1, method=m), [M])
            for method in (
                "lower",
                "midpoint",
                "hazen",
                "weibull",
                "closest_observation",
            )
        ),
    ],
    np.percentile: [(lambda x: np.percentile(x, [25, 60], axis=1), [M])],
    np.median: [
        (lambda x: np.median(x), [V]),
        (lambda x: np.median(x, axis=1, keepdims=True), [M]),
    ],
    np.partition: [(lambda x: np.partition(x, 2), [M])],
    np.unique: [
        (lambda x: np.unique(x), [M]),
        (lambda x: np.unique(np.concatenate([x, x]), return_counts=True)[0], [V]),
    ],
    np.bincount: [
        (lambda x: np.bincount(ORDER[0], x, minlength=5), [(4,)]),
        (lambda x: np.bincount(ORDER[0], weights=x).astype(x.dtype), [(4,)]),
    ],
    np.dstack: [(lambda a, b: np.dstack([a, b]), [M, M])],
    np.block: [
        (lambda a, b: np.block([[a, b], [np.ones((1, 5))]]), [M, (3, 1)]),
        (lambda a: np.block([a, 2.0]), [V]),
    ],
    np.hsplit: [
        (lambda x: np.hsplit(x, 2)[1], [M]),
        (lambda x: np.hsplit(x, 5)[3], [V]),
    ],
    np.vsplit: [(lambda x: np.vsplit(x, 3)[1], [M])],
    np.dsplit: [(lambda x: np.dsplit(x, [1, 3])[1], [T3])],
    np.unstack: [(lambda x: np.unstack(x, axis=1)[2], [M])],
    np.broadcast_arrays: [
        (lambda a, b: np.multiply(*np.broadcast_arrays(a, b)), [M, (4,)])
    ],
    np.meshgrid: [
        (lambda a, b: np.add(*np.meshgrid(a, b * b)), [V, (3,)]),
        (lambda a, b: np.add(*np.meshgrid(a, b, sparse=True, indexing="ij")), [V, V]),
    ],
    np.apply_along_axis: [
        (lambda x: np.apply_along_axis(lambda v: v * np.sum(v), 0, x), [T3]),
        (lambda x: np.apply_along_axis(np.max, 1, x), [M]),
    ],
    np.apply_over_axes: [(lambda x: np.apply_over_axes(np.sum, x, [0, 2]), [T3])],
    np.resize: [(lambda x: np.resize(x, (3, 7)), [M])],
    np.delete: [
        (lambda x: np.delete(x, [0, 2], axis=1), [M]),
        (lambda x: np.delete(x, slice(1, 3)), [V]),
    ],
    np.insert: [
        (lambda x, v: np.insert(x, 1, v, axis=0), [M, (4,)]),
        (lambda x: np.insert(x, [0, 3], 0.5), [V]),
    ],
    np.append: [(lambda a, b: np.append(a, b), [M, V])],
    np.diagflat: [(lambda x: np.diagflat(x, 1), [V])],
    np.diag: [(lambda x: np.diag(x, -1), [V]), (lambda x: np.diag(x, 1), [M])],
    np.tril: [(lambda x: np.tril(x, -1), [T3])],
    np.triu: [(lambda x: np.triu(x, 1), [M])],
    np.fft.fftshift: [(lambda x: np.fft.fftshift(x, axes=1), [M])],
    np.fft.ifftshift: [(lambda x: np.fft.ifftshift(x), [M])],
    np.fliplr: [(lambda x: np.fliplr(x), [M])],
    np.flipud: [(lambda x: np.flipud(x), [M])],
    np.rot90: [
        *((lambda x, k=k: np.rot90(x, k), [M]) for k in range(-1, 4)),
        (lambda x: np.rot90(x, axes=(2, 0)), [T3]),
    ],
    np.lib.stride_tricks.sliding_window_view: [
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, 2), [V]),
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, (2, 2)) ** 2, [M]),
        (lambda x: np.lib.stride_tricks.sliding_window_view(x, 2, axis=1), [T3]),
    ],
    np.ediff1d: [(lambda x: np.ediff1d(x, to_begin=x[0], to_end=[0.5, 1.0]), [V])],
    np.compress: [(lambda x: np.compress([True, False, True], x, axis=0), [M])],
    np.extract: [(lambda x: np.extract([[1, 0, 1, 1]], x), [(1, 4)])],
    np.select: [(lambda a, b: np.select([a > 0.5, b > 0], [a, b * b], 0.25), [M, M])],
    np.choose: [
        (lambda a, b: np.choose(ORDER[0] % 2, [a, b]), [(4,), (4,)]),
        (lambda a, b: np.choose([0, 3, -1, 1], [a, b], mode="wrap"), [M, (4,)]),
    ],
    np.piecewise: [
        (lambda x: np.piecewise(x, [x < 0, x > 1], [lambda v: v * v, 2.0, abs]), [M]),
        (lambda x: np.piecewise(x, x < 0, [lambda v: -v, lambda v: v * v]), [V]),
        (lambda x: np.piecewise(x, [x < 0], [np.exp, np.sin]), [()]),
    ],
    np.linspace: [
        (lambda a, b: np.linspace(a, b, 7), [(), ()]),
        (lambda a: np.linspace(a, 2.0, 4, endpoint=False, axis=1), [V]),
        (lambda a, b: np.linspace(a, b, 5, retstep=True)[1], [V, V]),
    ],
    np.logspace: [
        (lambda a, b: np.logspace(a, b, 5, base=2.0), [(), ()]),
        (lambda a, b: np.logspace(a, b, 4, axis=1), [V, V]),
    ],
    np.geomspace: [
        (lambda a, b: np.geomspace(a * a + 1, b * b + 2, 5), [(), ()]),
        (lambda a: np.geomspace(-1.0, -a * a - 1, 4), [V]),
    ],
    np.gradient: [
        (lambda x: np.gradient(x), [V]),
        (lambda x: np.add(*np.gradient(x, 0.5, [0.0, 0.2, 0.5, 2.0])), [M]),
        (lambda x: np.gradient(x, axis=1, edge_order=2), [M]),
        (lambda x, p: np.gradient(x, np.cumsum(p * p + 1), edge_order=2), [V, V]),
    ],
    np.trapezoid: [
        (lambda y: np.trapezoid(y, dx=0.5, axis=0), [M]),
        (lambda y, x: np.trapezoid(y, x), [M, (4,)]),
        (lambda y, x: np.trapezoid(y, x, axis=0), [M, M]),
    ],
    np.interp: [
        (lambda x, f: np.interp(x, [-1.3, -0.2, 0.1, 0.9], f), [M, (4,)]),
        (lambda x, p, f: np.interp(x, np.sort(p), f), [M, V, V]),
        (lambda x, f: np.interp(x, [0.0, 0.3, 0.9], f, left=0.5, right=2.0), [V, (3,)]),
        (lambda x, f: np.interp(x, [0.8, 0.1, 1.4], f, period=1.1), [V, (3,)]),
        (lambda x, f: np.interp(x, [0.8], f, right=3.0), [V, (1,)]),
    ],
    np.convolve: [
        (lambda a, v: np.convolve(a, v), [V, (3,)]),
        (lambda a, v: np.convolve(a, v, "same"), [(3,), V]),
        (lambda a, v: np.convolve(a, v, mode="valid"), [V, (2,)]),
    ],
    np.correlate: [
        *(
            (lambda a, v, m=mode: np.correlate(a, v, m), shapes)
            for mode in ("full", "same", "valid")
            for shapes in ([V, (2,)], [(2,), V], [(3,), V], [V, V])
        )
    ],
    np.unwrap: [
        (lambda x: np.unwrap(9 * x), [M]),
        (lambda x: np.unwrap(x, axis=0, period=0.83, discont=0.6), [M]),
    ],
    np.polyval: [(lambda p, x: np.polyval(p, x), [(4,), M])],
    np.vander: [(lambda x: np.vander(x), [V]), (lambda x: np.vander(x, 3, True), [V])],
    np.sinc: [(lambda x: np.sinc(x), [M]), (lambda x: np.sinc(1e-4 * x), [M])],
    np.nan_to_num: [(lambda x: np.nan_to_num(gappy(x), nan=0.5), [M])],
    np.float_power: [
        (lambda x, p: np.float_power(x * x + 0.5, p).astype(x.dtype), [M, (4,)])
    ],
    np.copysign: [(lambda x, s: np.copysign(x, s), [M, (4,)])],
    np.heaviside: [(lambda x, h: x * np.heaviside(x, h), [M, (4,)])],
    np.ldexp: [(lambda x: np.ldexp(x, ORDER[0]), [M]), (lambda x: np.ldexp(x, 3), [M])],
    np.modf: [(lambda x: np.add(*np.modf(3 * x)), [M])],
    np.divmod: [(lambda x, y: np.divmod(x + 9, y * y + 2)[1], [M, (4,)])],
    np.astype: [(lambda x: np.astype(x, x.dtype), [M])],
    np.real: [(lambda x: np.real(x) * x.real, [M])],
    np.imag: [(lambda x: x + np.imag(x) + x.imag, [M])],
    np.real_if_close: [(lambda x: np.real_if_close(x), [M])],
    np.angle: [(lambda x: x + np.angle(x, deg=True), [M])],
    np.vdot: [(lambda a, b: np.vdot(a, b), [M, M])],
    np.vecdot: [
        (lambda a, b: np.vecdot(a, b), [T3, (3, 4)]),
        (lambda a, b: np.vecdot(a, b, axis=0), [M, (3,)]),
    ],
    np.matvec: [(lambda a, b: np.matvec(a, b), [T3, (4,)])],
    np.vecmat: [(lambda a, b: np.vecmat(a, b), [(2, 3), T3])],
    np.kron: [(lambda a, b: np.kron(a, b), [M, (2, 1, 2)]), (np.kron, [V, V])],
    np.cross: [
        (lambda a, b: np.cross(a, b), [(3,), (4, 3)]),
        (lambda a, b: np.cross(a, b, axisa=0, axisc=0), [(3, 4), (4, 3)]),
        (lambda a, b: np.cross(a, b, axis=0), [M, M]),
    ],
    np.cov: [
        (lambda x: np.cov(x), [M]),
        (lambda x, y: np.cov(x, y, bias=True), [V, V]),
        (lambda x: np.cov(x, rowvar=False, ddof=0), [M]),
        (lambda x: np.cov(x, fweights=[1, 2, 1, 3], aweights=[0.5, 1, 2, 1]), [M]),
    ],
    np.corrcoef: [
        (lambda x: np.corrcoef(x), [M]),
        (lambda x: np.corrcoef(x.T)[0], [M]),
    ],
    np.atleast_3d: [(lambda x: np.atleast_3d(x), [s]) for s in ((), V, M, T3)],
    np.rollaxis: [
        (lambda x: np.rollaxis(x, 2), [T3]),
        (lambda x: np.rollaxis(x, 0, 2), [T3]),
    ],
    np.matrix_transpose: [(lambda x: np.matrix_transpose(x) * x.mT, [T3])],
}
# More of what was there before.
for _function, _examples in {
    np.sum: [
        (lambda x: np.sum(x, where=x > 0, initial=2.0), [M]),
        (lambda x: np.sum(x, axis=0, where=[True, False, True, True]), [M]),
        (lambda x: x[0].sum(axis=0), [V]),
        (lambda x: np.sum(x, 1, None, None, True), [M]),
        (lambda x: np.add.reduce(x, axis=1, where=x < 1, initial=0.5), [M]),
        (lambda x: np.add.accumulate(x), [M]),
        (lambda x: np.add.reduceat(x, [0, 2, 1]), [V]),
        (lambda a, b: np.subtract.outer(a, b), [V, M]),
        (lambda x: np.logaddexp.reduce(x, axis=1), [M]),
    ],
    np.prod: [(lambda x: np.prod(x, axis=1, where=x > 0, initial=2.0), [M])],
    np.max: [
        (lambda x: np.max(x, axis=0, where=x < 1, initial=-2.0), [M]),
        (lambda x: np.max(x, initial=0.9), [M]),
        (lambda x: np.max(x, axis=0, initial=0.5), [(0, 3)]),
    ],
    np.mean: [(lambda x: np.mean(x, axis=0, where=x > -1.2), [M])],
    np.var: [
        (lambda x: np.var(x, axis=0, where=x > -1.2, correction=0.5), [M]),
        (lambda x: np.var(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), [M]),
    ],
    np.average: [
        (lambda x, w: np.average(x, axis=1, weights=w * w + 1), [M, (4,)]),
        (lambda x, w: np.average(x, axis=(0, 2), weights=w * w + 1), [T3, (2, 4)]),
        (lambda x, w: np.average(x, weights=w * w + 1, returned=True)[1], [M, M]),
    ],
    np.trace: [
        (lambda x: np.trace(x, 1, 2, 1), [T3]),
        (lambda x: x.trace(offset=-1), [M]),
    ],
    np.diagonal: [
        (lambda x: x.diagonal(-1, 2, 0), [T3]),
        (lambda x: x.diagonal(5), [M]),
    ],
    np.reshape: [
        (lambda x: x.reshape(4, 3, order="F"), [M]),
        (lambda x: np.reshape(x, (2, -1), order="F", copy=True), [T3]),
        (lambda x: x.reshape(np.array([6, 2])), [M]),
    ],
    np.ravel: [(lambda x: x.ravel("F"), [T3]), (lambda x: x.flatten(order="F"), [M])],
    np.roll: [(lambda x: np.roll(x, (1, -2), axis=(0, 1)), [M])],
    np.diff: [(lambda x: np.diff(x, axis=0, prepend=0.5, append=x[:1]), [M])],
    np.pad: [
        (lambda x: np.pad(x, 1, constant_values=(1.0, 2.0)), [M]),
        (lambda x: np.pad(x, {0: (1, 2), -1: 1}), [M]),
        *(
            (lambda x, m=mode: np.pad(x, ((2, 1), (0, 2)), mode=m), [M])
            for mode in ("edge", "wrap", "reflect", "symmetric")
        ),
    ],
    np.take: [
        (lambda x: np.take(x, [], axis=0), [M]),
        (lambda x: np.take(x, [-7, 5], axis=1, mode="wrap"), [M]),
        (lambda x: x.take([9, -9], mode="clip"), [V]),
    ],
    np.take_along_axis: [
        (lambda x: np.take_along_axis(x, np.argsort(x, axis=None), axis=None), [M])
    ],
    np.einsum: [
        (lambda a, b: np.einsum(a, [0, 1], b, [1, 2], [2, 0]), [M, (4, 2)]),
        (lambda a: np.einsum(a, [Ellipsis, 0, 1]), [T3]),
    ],
    np.repeat: [(lambda x: x.repeat([1, 0, 2], axis=0), [M])],
    np.full_like: [(lambda x, y: np.full_like(x, y, shape=(2, 5)), [M, V])],
    np.clip: [(lambda x: x.clip(max=0.5, min=None), [M])],
    np.concatenate: [(lambda a, b: np.concatenate([a, b], 0, None), [M, (1, 4)])],
}.items():
    EXAMPLES[_function] += _examples

# Methods and conversions that are no NumPy function.
METHODS = [
    (lambda x: x.flatten(), [M]),
    (lambda x: x.astype(np.float64), [M]),
    (lambda x: x.astype(np.float64, copy=False), [M]),
    (lambda x: x.astype(np.float64, "C", "same_kind"), [M]),
    (lambda x: x * x.item(3) * x.item(1, 2) + x[0, :1].item(), [M]),
    (lambda x: np.stack([a * b for a, b, *_ in x.tolist()]), [M]),
    (lambda x: np.stack(divmod(x + 9, 4)), [M]),
    (lambda x: (x + 9) % 4 + divmod(20.0, x + 9)[1], [M]),
    (lambda x: x * (0.3 in x) + np.round(x[0, 0], 1), [M]),
    (lambda x: x.conj() * x.conjugate() * x.round(1), [M]),
    (lambda x: _in_place(x, lambda a: a.sort(axis=0)), [M]),
    (lambda x: _in_place(x, lambda a: a.partition(1)), [M]),
    (lambda x: x * _in_place(x, lambda a: a.fill(x[0, 0])), [M]),
    (lambda x: _in_place(x, lambda a: a.put([0, -1, 0], x[1, :2])), [M]),
    (lambda x: _in_place(x, lambda a: np.put(a, [5, 1], x[:2, 0])), [M]),
    (lambda x: _in_place(x, lambda a: np.place(a, ORDER[:1] > 0, [1.5])), [(1, 4)]),
    (lambda x: _in_place(x, lambda a: np.putmask(a, x > 0, x[::-1])), [V]),
    (lambda x: _in_place(x, lambda a: np.fill_diagonal(a, x[0, :2])), [M]),
    (lambda x: _in_place(x, lambda a: np.copyto(a, x[0], where=x > 0)), [M]),
    (
        lambda x: _in_place(
            x, lambda a: np.put_along_axis(a, ORDER[:, :1], x[:2, :1], 1)
        ),
        [(2, 4)],
    ),
    (lambda x: _in_place(x, lambda a: np.add.at(a, [0, 1, 0], x[1:])), [(4, 3)]),
    (lambda x: _in_place(x, lambda a: np.multiply.at(a, [1, 1, 0], x[:3])), [V]),
    (lambda x: _in_place(x, lambda a: np.negative.at(a, [0, 0, 1])), [V]),
    (lambda x: _in_place(x, lambda a: np.sum(x, axis=0, out=a[0])), [M]),
    (lambda x: _in_place(x, lambda a: np.exp(x, out=a, where=x > 0)), [M]),
    (lambda x: _in_place(x, lambda a: x.clip(-1, 1, out=a)), [M]),
    (lambda x: np.stack(list(x)), [M]),
    (lambda x: x.T @ x, [M]),
    (lambda x: sum(x), [M]),
    (lambda x: -x + +x * abs(x), [M]),
    (lambda x: 2 - x / 3 + 1 / (x * x + 1), [M]),
    (lambda x: [1.0, 2.0, 3.0, 4.0] * x + (0.0, 1.0, 2.0, 3.0), [M]),
    (lambda x: (x * x + 1) ** 1.5 + 2.0**x + x**2 + x**3, [M]),
    (lambda x: (x + 9) % 20 + 0 * ((x + 9) // 20), [M]),
]
ALL = [
    pytest.param(f, shapes, id=f"{function.__name__}-{i}")
    for function, examples in [*EXAMPLES.items(), (type("methods", (), {}), METHODS)]
    for i, (f, shapes) in enumerate(examples)
]


def _in_place(x, change):
    a = x * 1.5
    change(a)
    return a


def draw(shapes, seed=0):
    # No ties, no zeros: far from the corners of max, sort and clip.
    rng = np.random.default_rng(seed)
    sizes = [int(np.prod(shape)) for shape in shapes]
    pool = rng.permutation(sum(sizes)) / sum(sizes) * 3 - 1.471
    parts = np.split(pool, np.cumsum(sizes)[:-1])
    return [p.reshape(shape) for p, shape in zip(parts, shapes, strict=True)]


# They change an array in place, or have no derivative, and are tested so.
IN_PLACE = {np.put, np.place, np.putmask, np.fill_diagonal, np.copyto}
IN_PLACE |= {np.put_along_axis}
# They ask what a copy cannot answer, and are refused.
REFUSED = {np.shares_memory, np.may_share_memory}


def test_every_twin_has_an_example():
    # The tests of linear algebra and of Fourier transforms have theirs.
    elsewhere = ("numpy.linalg", "numpy.fft")
    ours = {f for f in FUNCTIONS if f.__module__ not in elsewhere}
    assert set(EXAMPLES) | IN_PLACE | REFUSED | set(CONSTANTS) >= ours
    assert set(EXAMPLES) <= set(FUNCTIONS)


@pytest.mark.parametrize(("f", "shapes"), ALL)
def test_value_is_numpy_s(f, shapes):
    arguments = draw(shapes)
    expected = f(*arguments)
    seen = []

    def loss(args):
        seen.append(f(*args))
        return np.sum(seen[0])

    gradient(loss, arguments)
    found = seen[0].value
    assert found.dtype == expected.dtype
    assert found.shape == expected.shape
    # The twins may sum in another order.
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(("f", "shapes"), ALL)
def test_first_and_second_derivative(f, shapes, assert_derivatives):
    assert_derivatives(f, draw(shapes), second=True)


@pytest.mark.parametrize(("f", "shapes"), ALL[: -len(METHODS)])
def test_float32_stays_float32(f, shapes):
    arguments = [a.astype(np.float32) for a in draw(shapes)]
    expected = f(*arguments)
    seen = []

    def loss(args):
        seen.append(f(*args))
        return np.sum(seen[0])

    slopes = gradient(loss, arguments)
    assert seen[0].dtype == expected.dtype
    assert {g.dtype for g in slopes} == {np.dtype(np.float32)}


# --- functions of order and shape only

X = np.array([[1.5, -2.0, 0.4], [0.2, 3.0, -1.0]])
CONSTANTS = {
    np.all: [lambda x: np.all(x > 0), lambda x: x.all(axis=0)],
    np.any: [lambda x: np.any(x), lambda x: x.any(axis=1)],
    np.argmax: [lambda x: np.argmax(x, axis=1), lambda x: x.argmax()],
    np.argmin: [lambda x: np.argmin(x, axis=0), lambda x: x.argmin(axis=1)],
    np.argsort: [lambda x: np.argsort(x, axis=0), lambda x: x.argsort()],
    np.argwhere: [lambda x: np.argwhere(x)],
    np.array_equal: [lambda x: np.array_equal(x, X)],
    np.allclose: [lambda x: np.allclose(x, X)],
    np.isclose: [lambda x: np.isclose(x, [1.5, 3.0, 0.4])],
    np.count_nonzero: [lambda x: np.count_nonzero(x, axis=0)],
    np.flatnonzero: [lambda x: np.flatnonzero(x)],
    np.nonzero: [lambda x: np.nonzero(x)[1]],
    np.searchsorted: [lambda x: np.searchsorted([0.0, 1.0], x)],
    np.digitize: [lambda x: np.digitize(x, [0.0, 1.0])],
    np.result_type: [lambda x: np.result_type(x, np.float32)],
    np.can_cast: [lambda x: np.can_cast(np.float32, np.result_type(x))],
    np.iscomplexobj: [lambda x: np.iscomplexobj(x)],
    np.isrealobj: [lambda x: np.isrealobj(x)],
    np.zeros_like: [lambda x: np.zeros_like(x)],
    np.ones_like: [lambda x: np.ones_like(x, dtype=np.float32)],
    np.empty_like: [lambda x: np.empty_like(x).shape],
    np.round: [lambda x: np.round(x, 1)],
    np.around: [lambda x: np.around(x)],
    np.shape: [lambda x: np.shape(x)],
    np.ndim: [lambda x: np.ndim(x)],
    np.size: [lambda x: np.size(x)],
    np.array_equiv: [lambda x: np.array_equiv(x, X)],
    np.argpartition: [lambda x: np.argpartition(x, 1), lambda x: x.argpartition(0, 0)],
    np.nanargmax: [lambda x: np.nanargmax(x, axis=0)],
    np.nanargmin: [lambda x: np.nanargmin(x, axis=1)],
    np.isin: [lambda x: np.isin(x, [3.0, 0.4])],
    np.isneginf: [lambda x: np.isneginf(x)],
    np.isposinf: [lambda x: np.isposinf(x)],
    np.isreal: [lambda x: np.isreal(x)],
    np.iscomplex: [lambda x: np.iscomplex(x)],
    np.common_type: [lambda x: np.common_type(x, X)(1)],
    np.einsum_path: [lambda x: len(np.einsum_path("ij,kj->ik", x, x)[0])],
    np.fix: [lambda x: np.fix(x)],
    np.array_repr: [],
    np.array_str: [],
    np.array2string: [],
}


def test_every_constant_function_has_an_example():
    assert set(CONSTANTS) >= CONSTANT_FUNCTIONS | set(FIXED_SHAPE)


@pytest.mark.parametrize(
    "f", [pytest.param(f, id=k.__name__) for k, fs in CONSTANTS.items() for f in fs]
)
def test_constant_functions_see_values_and_have_no_derivative(f):
    seen = []

    def loss(x):
        seen.append(f(x))
        return np.sum(x * x) + 0 * np.sum(np.ones(2) * bool(np.all(f(x))))

    np.testing.assert_array_equal(gradient(loss, X), 2 * X)
    assert not isinstance(seen[0], ArrayLike)
    np.testing.assert_array_equal(seen[0], f(X))


@pytest.mark.parametrize("show", [np.array_repr, np.array_str, np.array2string, repr])
def test_a_tensor_can_be_shown(show):
    seen = []
    gradient(lambda x: (seen.append(show(x)), np.sum(x))[1], np.array([1.25, 3.5]))
    assert "1.25" in seen[0]
    assert "3.5" in seen[0]


# --- corners


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [
        (np.max, [1.0, 3.0, 3.0, 2.0], [0, 0.5, 0.5, 0]),
        (np.min, [1.0, 3.0, 1.0, 1.0], [1 / 3, 0, 1 / 3, 1 / 3]),
        (lambda x: np.sum(np.clip(x, 0, 1)), [0.0, 0.5, 1.0, 2.0], [0.5, 1, 0.5, 0]),
        (np.prod, [0.0, 2.0, 3.0], [6, 0, 0]),
        (np.prod, [0.0, 0.0, 3.0], [0, 0, 0]),
        (np.prod, [4.0], [1]),
    ],
)
def test_ties_corners_and_zeros(f, x, slope):
    np.testing.assert_array_equal(gradient(f, np.array(x)), slope)


def test_where_no_condition_holds_piecewise_is_zero_even_beyond_all_numbers():
    f = lambda x: np.sum(np.piecewise(x, [x < 2], [np.square]))
    value, slopes = value_and_gradient(f, np.array([np.inf, np.nan, 1.0]))
    assert (value, slopes.tolist()) == (1, [0, 0, 2])


def test_prod_s_second_derivatives_with_zeros():
    x = np.array([0.0, 0.0, 3.0, 2.0])
    rows = [gradient(lambda x, i=i: gradient(np.prod, x)[i], x) for i in range(4)]
    expected = np.zeros((4, 4))
    expected[0, 1] = expected[1, 0] = 6
    np.testing.assert_array_equal(rows, expected)


# --- planted wrong rules of the primitives that are not elementwise


def _through_setitem(x):
    h = x * x
    h[0, 1:] = x[1, 1:] * 3
    return np.sum(h)


def _through_add_at(x):
    return np.sum(ops.ADD_AT(x, x[0], np.array([1]), pattern=(ops.ARRAY,)) ** 2)


def _through_scatter(x):
    return np.sum(gradient(lambda x: np.sum(x[1:] ** 3), x) ** 2)


PRIMITIVES = {
    "SUM": lambda x: np.sum(np.sum(x * x, axis=0)),
    "MAX": lambda x: np.max(x),
    "MIN": lambda x: np.min(x),
    "PROD": lambda x: np.prod(x),
    "CUMSUM": lambda x: np.cumsum(x)[-1],
    "MATMUL": lambda x: np.sum(np.matmul(x, np.ones((3, 2)))),
    "EINSUM": lambda x: np.einsum("ij->", x),
    "TRANSPOSE": lambda x: np.sum(x.T),
    "RESHAPE": lambda x: np.sum(np.reshape(x, 6)),
    "BROADCAST_TO": lambda x: np.sum(np.broadcast_to(x, (2, 2, 3))),
    "CONCATENATE": lambda x: np.sum(np.concatenate([x, x])),
    "ITEM": lambda x: ops.ITEM(x[0, 1]),
    "ASTYPE": lambda x: np.sum(x.astype(np.float64)),
    "SIGMOID": lambda x: np.sum(functions.sigmoid(x)),
    "WHERE": lambda x: np.sum(np.where(x > 0, x, 0)),
    "GETITEM": lambda x: np.sum(x[0]),
    "SETITEM": _through_setitem,
    "SCATTER": _through_scatter,
    "ADD_AT": _through_add_at,
}


def test_every_primitive_has_a_planted_error():
    # Wrong rules of the elementwise ones are planted in test_rules.
    others = {k: v for k, v in vars(ops).items() if v not in ELEMENTWISE.values()}
    known = {k for k, v in others.items() if isinstance(v, Primitive)}
    flat = {k for k in known if getattr(ops, k).is_constant}
    assert flat == {"ASTYPE_CONSTANT", "UNWRAP"}
    assert set(PRIMITIVES) == known - flat


@pytest.mark.parametrize("name", PRIMITIVES)
def test_a_planted_wrong_rule_is_caught(name, monkeypatch):
    f = PRIMITIVES[name]
    assert check_gradient(f, X)
    right = getattr(ops, name)
    wrongly = lambda rule: rule and (lambda *a, **kw: 1.01 * rule(*a, **kw))
    wrong = dataclasses.replace(
        right,
        vjps=right.vjps and tuple(map(wrongly, right.vjps)),
        variadic=wrongly(right.variadic),
    )
    monkeypatch.setattr(ops, name, wrong)
    assert not check_gradient(f, X)
