"""As many sessions as the system allows open files for, and a sentence where it does not."""

import resource
import subprocess
import sys

from ftpwatch.transport.open_files import SPARE


def watched(sessions: int, soft: int, hard: int) -> subprocess.CompletedProcess[str]:
    """A watch of a port where nobody answers, by a process that may open so many files."""
    return subprocess.run(
        [
            sys.executable, "-m", "ftpwatch", "watch", "--mode", "silent", "--no-record",
            "--reconnect", "never", "--sessions", str(sessions), "ftp://127.0.0.1:9",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )  # fmt: skip


def test_too_few_open_files_are_said_before_anything_is_connected() -> None:
    ended = watched(sessions=100, soft=90, hard=100 + SPARE - 1)
    assert ended.returncode == 2
    assert "100 sessions need 164 open files" in ended.stderr
    assert "163 at most" in ended.stderr and "watch 99 sessions" in ended.stderr


def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    ended = watched(sessions=100, soft=90, hard=100 + SPARE)
    assert ended.returncode == 3, ended.stderr  # nobody answers there
    assert "open files" not in ended.stderr
