"""The process of one contender: takes requests as lines of JSON, answers each.

It is started and talked to by `rounds.py`; a request names a method of `Service`.
"""

import gc
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path

import numpy as np
from machine import thread_pools
from peers import CONTENDERS
from peers.problem import Problem


def peak_memory():
    """Return the most memory that this process has had, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # What rusage says begins with the memory of the process that started this one.
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def timed(function, *arguments):
    started = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - started


class Service:
    """What a contender can be asked to do."""

    def __init__(self, name):
        self.contender = CONTENDERS[name].make()
        self.imported = peak_memory()

    def prepare(self, problem, folder, epochs):
        """Train the first epochs, from which everybody must come out the same."""
        prepared = timed(self.contender.prepare, Problem.load(Path(problem)))
        first = timed(self.contender.run, epochs)
        result = Path(folder) / f"result-{os.getpid()}.npz"
        np.savez(result, *self.contender.params())
        remarks = getattr(self.contender, "remarks", lambda: "")()
        return {
            "prepare_seconds": prepared,
            "first_run_seconds": first,
            "loss": self.contender.loss(),
            "params": str(result),
            "remarks": remarks,
        }

    def calibrate(self, seconds):
        """Return how many epochs take about so long."""
        epochs = 1
        while True:
            self.contender.reset()
            spent = timed(self.contender.run, epochs)
            if spent > seconds / 4:
                return max(1, round(epochs * seconds / spent))
            epochs *= 4

    def run(self, epochs):
        """Time some epochs from the beginning, after a spell to wake the caches."""
        self.contender.reset()
        self.contender.run(max(1, epochs // 5))
        self.contender.reset()
        gc.collect()
        return timed(self.contender.run, epochs)

    def start_predicting(self, rows):
        """Return the predictions of the untrained network."""
        self.contender.reset()
        x = np.random.default_rng(1).random((rows, self.inputs()), np.float32)
        self.contender.start_predicting(x)
        return self.contender.predict().astype(float)[:100].tolist()

    def inputs(self):
        return self.contender.problem.sizes[0]

    def calibrate_prediction(self, seconds):
        calls = 1
        while True:
            spent = timed(self.predict_often, calls)
            if spent > seconds / 4:
                return max(1, round(calls * seconds / spent))
            calls *= 4

    def predict(self, calls):
        self.predict_often(max(1, calls // 5))
        gc.collect()
        return timed(self.predict_often, calls)

    def predict_often(self, calls):
        for _ in range(calls):
            self.contender.predict()

    def memory(self):
        """Return the memory of the libraries alone, the most, and the threads."""
        peak = {"imported_mib": self.imported, "peak_mib": peak_memory()}
        return peak | {"thread_pools": thread_pools()}


def answer(service, request):
    try:
        return {"value": getattr(service, request.pop("do"))(**request)}
    except Exception as error:
        traceback.print_exc()
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}


def main():
    # What libraries print must not get between the answers.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    service = None
    for line in sys.stdin:
        if service is None:
            try:
                service = Service(json.loads(line)["name"])
                reply = {"value": service.imported}
            except Exception as error:
                traceback.print_exc()
                reply = {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
        else:
            reply = answer(service, json.loads(line))
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    main()
