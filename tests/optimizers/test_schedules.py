"""Schedules against their formulas, on ints and on arrays."""

import math

import numpy as np
import pytest

from kobai.optimizers import (
    CosineDecay,
    ExponentialDecay,
    StepDecay,
    WarmUp,
)

STEPS = range(0, 40)

CASES = {
    "step": (StepDecay(0.2, every=7, factor=0.3), lambda s: 0.2 * 0.3 ** (s // 7)),
    "exponential": (
        ExponentialDecay(0.2, steps=10, factor=0.5),
        lambda s: 0.2 * math.exp(math.log(0.5) * s / 10),
    ),
    "cosine": (
        CosineDecay(0.2, steps=20, floor=0.05),
        # cos² of the half angle is the same wave, written another way.
        lambda s: 0.05 + 0.15 * math.cos(math.pi * min(s, 20) / 40) ** 2,
    ),
    "warm-up of a number": (WarmUp(0.2, steps=5), lambda s: 0.2 * min(s + 1, 5) / 5),
    "warm-up of a schedule": (
        WarmUp(StepDecay(0.2, every=7, factor=0.3), steps=5),
        lambda s: 0.2 * 0.3 ** (s // 7) * min(s + 1, 5) / 5,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_formula(name):
    schedule, formula = CASES[name]
    for step in STEPS:
        rate = schedule(step)
        assert isinstance(rate, float)
        # 1e-12 of the peak: roundings of exp, log and cos near the zero of the wave.
        assert rate == pytest.approx(formula(step), rel=1e-12, abs=2e-13)
        assert float(schedule(np.array(step))) == pytest.approx(rate, rel=1e-15)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: StepDecay(0, every=9), ValueError, "rate must be above 0"),
        (lambda: StepDecay(0.1, every=0), ValueError, "every must be 1 or more"),
        (lambda: StepDecay(0.1, every=1.5), TypeError, "every must be a whole number"),
        (lambda: ExponentialDecay(0.1, 10, -1), ValueError, "factor must be above 0"),
        (lambda: CosineDecay(0.1, 10, -1), ValueError, "floor must be 0 or more"),
        (lambda: WarmUp(0.1, steps=0), ValueError, "steps must be 1 or more"),
        (lambda: WarmUp("fast", steps=3), TypeError, "schedule must be a number"),
    ],
)
def test_refuses_nonsense(make, error, message):
    with pytest.raises(error, match=message):
        make()
