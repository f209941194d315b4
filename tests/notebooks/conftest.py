"""Notebooks run by a real kernel, from a folder of their own."""

import sys

import nbformat
import pytest
from nbclient import NotebookClient


@pytest.fixture
def execute(tmp_path, monkeypatch):
    """Return the function that runs cells of code and returns the cells executed."""
    # Its sockets and its profile stay out of the user's home.
    for name in ("JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "JUPYTER_DATA_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    kernel = tmp_path / "jupyter_data_dir" / "kernels" / "here"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "here", "language": "python"}
    (kernel / "kernel.json").write_text(str(spec).replace("'", '"'))

    def run(*sources, messages=None):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        notebook = nbformat.v4.new_notebook(cells=cells)
        client = NotebookClient(
            notebook,
            kernel_name="here",
            timeout=60,
            resources={"metadata": {"path": str(tmp_path)}},
        )
        if messages is not None:
            client = _Listening(client, messages)
        client.execute()
        return notebook.cells

    return run


class _Listening:
    """A client that also notes every message in which a kernel shows something."""

    def __init__(self, client, messages):
        self.client = client
        output = client.process_message

        def process(message, cell, index):
            if message["msg_type"] in ("display_data", "update_display_data", "stream"):
                messages.append(message)
            return output(message, cell, index)

        client.process_message = process

    def execute(self):
        self.client.execute()
