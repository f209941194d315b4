"""Kobai: its training loop without the evaluation each epoch, and the public call."""

from dataclasses import replace

import numpy as np

import kobai
from kobai.engines import ENGINES
from kobai.networks import Dense, Network, ReLU, Sigmoid, Softmax
from kobai.optimizers import SGD, Adam
from kobai.training.callbacks import Callbacks
from kobai.training.data import prepare
from kobai.training.display.choice import choose_display
from kobai.training.history import History
from kobai.training.run import Run
from kobai.training.settings import make_settings
from peers.problem import BETA1, BETA2, EPSILON, Problem

ACTIVATIONS = {"sigmoid": Sigmoid, "relu": ReLU}
FOR_EVER = 10**12


class Kobai:
    def __init__(self, engine):
        if engine not in ENGINES:
            raise LookupError(f"this Kobai has no engine {engine}")
        self.engine = engine

    def prepare(self, problem: Problem):
        self.make_network(problem)
        self.data = prepare(self.network, (problem.x, problem.t))
        self.session = Run(
            self.network,
            self.data,
            self.settings(),
            Callbacks(()),
            choose_display(False),
        )
        self.session.display.begin(0, FOR_EVER, problem.steps)
        self.beginning = self.session.model

    def make_network(self, problem: Problem):
        self.problem = problem
        layers = []
        for units in problem.sizes[1:-1]:
            layers += [Dense(units), ACTIVATIONS[problem.activation]()]
        layers += [Dense(problem.sizes[-1]), Softmax()]
        self.network = Network(problem.sizes[0], layers)
        self.optimizer = SGD(problem.learning_rate)
        if problem.optimizer == "adam":
            self.optimizer = Adam(
                problem.learning_rate, beta1=BETA1, beta2=BETA2, epsilon=EPSILON
            )
        pairs = zip(self.network.params, problem.params, strict=True)
        self.network.params = {name: p.copy() for name, p in pairs}

    def settings(self):
        settings = make_settings(
            len(self.data.x),
            optimizer=self.optimizer,
            engine=self.engine,
            gradient="backprop",
            batches="shuffle",
            batch_size=self.problem.batch_size,
            epochs=None,
            steps=FOR_EVER,
            seed=self.problem.seed,
            checkpoint=None,
            checkpoint_every=None,
        )
        # An epoch may be cut short, as it is for everybody else.
        return replace(settings, per_epoch=self.problem.steps)

    def reset(self):
        # The same run, so that what was compiled stays so.
        self.session.model = self.session.good = self.beginning
        self.session.history = History()

    def run(self, epochs):
        for _ in range(epochs):
            self.session.advance()

    def params(self):
        return list(self.session.model.params.values())

    def loss(self):
        losses = self.session.history.step_losses
        return float(np.mean(losses[-self.problem.steps :]))

    def start_predicting(self, x):
        self.rows = x
        self.session.publish()

    def predict(self):
        return self.network.predict(self.rows)


class Called(Kobai):
    """`kobai.train` as people call it: everything in it, an evaluation each epoch."""

    def prepare(self, problem: Problem):
        self.make_network(problem)
        self.beginning = self.network.params

    def reset(self):
        pairs = self.beginning.items()
        self.network.params = {name: p.copy() for name, p in pairs}

    def run(self, epochs):
        problem = self.problem
        self.history = kobai.train(
            self.network,
            (problem.x, problem.t),
            optimizer=self.optimizer,
            batch_size=problem.batch_size,
            epochs=epochs,
            seed=problem.seed,
            engine=self.engine,
            progress=False,
        )

    def params(self):
        return list(self.network.params.values())

    def loss(self):
        return float(np.mean(self.history.step_losses[-self.problem.steps :]))

    def start_predicting(self, x):
        self.rows = x
