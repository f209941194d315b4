"""Let Optuna propose learning rates for one of Kobai's estimators.

python examples/search_with_optuna.py [trials]
"""

import sys
import warnings

import optuna
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from kobai.estimators import MLPClassifier

X, y = load_breast_cancer(return_X_y=True)


def accuracy(trial):
    rate = trial.suggest_float("rate", 1e-4, 0.1, log=True)
    network = MLPClassifier(max_iter=20, random_state=0, learning_rate_init=rate)
    model = make_pipeline(StandardScaler(), network)
    return cross_val_score(model, X, y, cv=3).mean()


# Twenty epochs end before the loss has settled, which scikit-learn would tell.
warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.WARNING)
sampler = optuna.samplers.TPESampler(seed=0)
study = optuna.create_study(direction="maximize", sampler=sampler)
study.optimize(accuracy, n_trials=int(sys.argv[1]) if len(sys.argv) > 1 else 10)
print(f"accuracy {study.best_value:.3f} with {study.best_params}")
