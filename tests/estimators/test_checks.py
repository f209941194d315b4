"""scikit-learn's own checks of what an estimator must do: all of them."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from kobai.estimators import MLPClassifier, MLPRegressor

pytestmark = [
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
]


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_estimator(estimator, check):
    check(estimator)


# More iterations take some probabilities to 1, of which a check has it that they are
# below; scikit-learn's own fails it then as well.
@parametrize_with_checks([MLPClassifier(solver="lbfgs", max_iter=60)])
def test_lbfgs(estimator, check):
    check(estimator)
