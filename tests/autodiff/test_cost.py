"""What a gradient costs beside NumPy's own work, in calls: times are never the same."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def calls():
    """Counted in a process of its own, where no test has loaded or registered more."""
    words = [sys.executable, "-m", "tests.autodiff.costs"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


# A sixth more than on Python 3.11 with NumPy 2.4: other versions differ a little.


def test_the_gradient_of_a_sum_of_squares_is_cheap(calls):
    assert calls["squares"] < 165


def test_the_gradient_of_a_network_is_cheap(calls):
    assert calls["float32"] < 900
    # Another precision has no way of its own.
    assert calls["float64"] < 900


def test_masks_of_the_parameters_themselves_are_not_computed(calls):
    # That of b, which nothing asks for, would be that of the sum, spread out.
    assert calls["masks"] == 0
