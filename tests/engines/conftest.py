"""What several tests of engines need: compiled code that outlives a test run."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def compiled_folder(request: pytest.FixtureRequest) -> Any:
    """Keep compiled code between test runs, and out of the user's own cache."""
    from kobai.engines.numba_engine import cache

    path: Path = request.config.cache.mkdir("kobai-compiled")
    path.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache, "cache_folder", lambda: path)
        yield path
