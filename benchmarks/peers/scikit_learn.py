"""scikit-learn's MLPClassifier, which shuffles by itself.

It cannot be given the batches, so that only its loss is compared, loosely. For two
classes it has one logistic output instead of two of softmax.
"""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from peers.problem import BETA1, BETA2, EPSILON, Problem

ACTIVATIONS = {"sigmoid": "logistic", "relu": "relu"}


class ScikitLearn:
    def prepare(self, problem: Problem):
        self.problem = problem
        # It has no part of an epoch: where one is wanted, the data is a part.
        rows = problem.steps * problem.batch_size
        self.x, self.t = problem.x[:rows], problem.t[:rows]
        self.model = MLPClassifier(
            problem.sizes[1:-1],
            activation=ACTIVATIONS[problem.activation],
            solver=problem.optimizer,
            alpha=0.0,
            batch_size=problem.batch_size,
            learning_rate_init=problem.learning_rate,
            momentum=0.0,
            nesterovs_momentum=False,
            beta_1=BETA1,
            beta_2=BETA2,
            epsilon=EPSILON,
            warm_start=True,
            tol=0.0,
            n_iter_no_change=10**9,
            random_state=problem.seed,
        )
        self.run(1)
        self.reset()

    def reset(self):
        for layer in range(len(self.model.coefs_)):
            weights, bias = self.problem.params[2 * layer : 2 * layer + 2]
            if self.model.coefs_[layer].shape != weights.shape:
                # One logistic output is two of softmax, their difference.
                weights, bias = weights[:, 1:] - weights[:, :1], bias[1:] - bias[:1]
            self.model.coefs_[layer] = weights.copy()
            self.model.intercepts_[layer] = bias.copy()

    def run(self, epochs):
        self.model.max_iter = epochs
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            self.model.fit(self.x, self.t)

    def params(self):
        pairs = zip(self.model.coefs_, self.model.intercepts_, strict=True)
        return [np.array(array) for pair in pairs for array in pair]

    def loss(self):
        return float(self.model.loss_curve_[-1])

    def start_predicting(self, x):
        self.rows = x

    def predict(self):
        return self.model.predict_proba(self.rows)
