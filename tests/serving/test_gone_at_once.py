"""A visitor who leaves while the screen starts costs nobody a word."""

import asyncio
from pathlib import Path

import pytest

from ftpwatch.wiring.serving import ServePlan, command_of, environment_of_visitors
from serving.recorded import told


@pytest.mark.long
async def test_a_screen_whose_visitor_leaves_at_once_ends_without_a_word(tmp_path: Path) -> None:
    tale = told(tmp_path / "w.ftpwatch")
    words = ("serve", "--for-visitor", "--color=auto", "--theme=dark")
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command_of(ServePlan(tmp_path / "w.ftpwatch", ("127.0.0.1", 0), words)),
        stdin=pipe, stdout=pipe, stderr=pipe, env=environment_of_visitors(),
    )  # fmt: skip
    async with asyncio.timeout(60):
        _, said = await process.communicate(b"")
    assert said == b""
    tale.journal.close()
