"""Folders for real servers, which run their sessions as users that cannot enter pytest's own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import pytest

from real.servers import Missing, RealServer


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="ftpwatch-tests-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def start() -> Iterator[Callable[[AbstractContextManager[RealServer]], RealServer]]:
    """Starts a server for the test, or skips with the reason why it cannot."""
    with ExitStack() as running:

        def enter(server: AbstractContextManager[RealServer]) -> RealServer:
            try:
                return running.enter_context(server)
            except Missing as reason:
                pytest.skip(str(reason))

        yield enter
