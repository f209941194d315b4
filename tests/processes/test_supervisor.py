"""The supervisor with processes that train nothing, and have every fault there is."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kobai.processes.progress import Phase, Progress, new_file, read, write
from kobai.processes.started import Start
from kobai.processes.supervisor import Limits, supervise
from tests.conftest import is_alive

DUMMY = Path(__file__).with_name("dummy.py")
# A machine that runs other things too may leave a process without the processor for
# as long as a second.
LIMITS = Limits(heartbeat=3, first_step=4, pause=3, restarts=2)


def starts(folder, fault="none", count=2):
    """Return how to start processes for every attempt."""

    def start(number):
        words = [sys.executable, DUMMY]
        return Start(
            name=f"process {number}",
            command=lambda file: [*words, str(file), str(number), folder, fault],
            environment=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )

    return lambda attempt: [start(number) for number in range(count)]


def run(folder, fault, times=1, limits=LIMITS):
    (folder / "faults").write_text(str(times))
    said = []
    outcome = supervise(starts(folder, fault), said.append, limits)
    return outcome, said


def reached(folder):
    return (folder / "checkpoint").read_text()


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("killed", "process 1 was ended by SIGKILL"),
        ("aborted", "process 1 was ended by SIGABRT"),
        ("stopped", "process 1 gave no sign of life for 3 s"),
        ("full", "process 1: No space left on device, after step"),
    ],
)
def test_after_a_fault_all_start_again_from_the_checkpoint(tmp_path, fault, told):
    outcome, said = run(tmp_path, fault)
    assert (outcome.code, outcome.message) == (0, "")
    assert reached(tmp_path) == "100"
    (line,) = said
    assert line.startswith(told)
    assert "from the last checkpoint (1 of 2)" in line


def test_a_fault_that_comes_back_is_reported(tmp_path):
    outcome, said = run(tmp_path, "killed", times=10)
    assert outcome.code == 2
    assert outcome.message.startswith("process 1 was ended by SIGKILL, after step ")
    assert outcome.message.endswith("; 2 more attempts came no further")
    assert [line[-8:] for line in said] == ["(1 of 2)", "(2 of 2)"]
    # The checkpoint is there for who goes on.
    assert int(reached(tmp_path)) >= 30


def test_processes_that_live_and_take_no_step_are_noticed(tmp_path):
    outcome, said = run(tmp_path, "waits")
    assert outcome.code == 0
    assert said[0].startswith("all live, and none has taken a step for 3 s, after step")


def test_what_a_process_refuses_is_not_tried_again(tmp_path):
    outcome, said = run(tmp_path, "refused")
    assert (outcome.code, outcome.message) == (2, "process 1: no such file")
    assert said == []


def test_attempts_that_come_further_are_not_counted(tmp_path):
    script = """
import sys, os, time
from pathlib import Path
from kobai.processes.child import Child
from kobai.processes.progress import Phase
child, place = Child(int(sys.argv[1])), Path(sys.argv[2])
step = int(place.read_text() or 0) + 1
child.tell(Phase.TOGETHER, step)
place.write_text(str(step))
time.sleep(0.3)
os._exit(0 if step == 5 else 75)
"""
    place = tmp_path / "steps"
    place.write_text("")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    start = Start(
        "it", lambda file: [sys.executable, "-c", script, str(file), place], environment
    )
    said = []
    outcome = supervise(lambda attempt: [start], said.append, LIMITS)
    assert outcome.code == 0
    assert [line[-8:] for line in said] == ["(1 of 2)"] * 4


def test_ctrl_c_is_passed_on_once(tmp_path):
    script = """
import signal, sys, time
from kobai.processes.child import Child
from kobai.processes.progress import Phase
pressed = []
signal.signal(signal.SIGINT, lambda *_: pressed.append(1))
child = Child(int(sys.argv[1]))
child.tell(Phase.TOGETHER, 1)
open(sys.argv[2], "w").close()
while not pressed:
    time.sleep(0.01)
time.sleep(0.5)
sys.exit(130 if len(pressed) == 1 else 1)
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    ready = tmp_path / "ready"
    start = Start(
        "it", lambda file: [sys.executable, "-c", script, str(file), ready], environment
    )

    over = threading.Event()

    def press():
        while not ready.exists() and not over.wait(0.01):
            pass
        if not over.wait(0.2):
            os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=press)
    pressing.start()
    try:
        outcome = supervise(lambda attempt: [start], lambda line: None, LIMITS)
    finally:
        over.set()
        pressing.join()
    assert (outcome.code, outcome.message) == (130, "")


def test_a_process_ends_with_its_supervisor(tmp_path):
    (tmp_path / "faults").write_text("1")
    script = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from kobai.processes.started import Process
from tests.processes.test_supervisor import starts
start = starts(Path({str(tmp_path)!r}), "waits")(0)[1]
with Process(start) as process:
    print(process._popen.pid, flush=True)
    sys.stdin.read()
"""
    above = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with above:
        assert above.stdout is not None
        child = int(above.stdout.readline())
        # It is at its fault when it has used one up.
        while (tmp_path / "faults").read_text() != "0":
            assert is_alive(child)
            time.sleep(0.05)
        above.kill()
    # By itself it would wait for a minute.
    end = time.monotonic() + 30
    while is_alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_alive(child)


def test_progress_is_read_as_it_was_written():
    with new_file() as file:
        assert read(file.fileno()) == Progress()
        write(file.fileno(), Progress(Phase.TOGETHER, 10**12, 7))
        assert read(file.fileno()) == Progress(Phase.TOGETHER, 10**12, 7)


def test_the_supervisor_imports_neither_jax_nor_numpy():
    script = "import sys, kobai.processes.supervisor; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not {"jax", "jaxlib"} & set(found.stdout.split())
