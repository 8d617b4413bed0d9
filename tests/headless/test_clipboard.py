"""Copies: into tmux's buffer where there is one, always into a file, and what is said of it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ftpwatch.headless import clipboard
from ftpwatch.headless.clipboard import copy_outside


def test_it_is_in_a_private_file_which_the_next_copy_takes(tmp_path: Path) -> None:
    file = tmp_path / "state" / "copied.txt"
    assert copy_outside("one", file, {}) == f"in {file}"
    assert copy_outside("zwei ü", file, {}) == f"in {file}"
    assert file.read_text("utf-8") == "zwei ü"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_where_it_cannot_be_written_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "cannot be made" in copy_outside("x", tmp_path / "file" / "deeper" / "c.txt", {})
    (tmp_path / "c.txt").mkdir()
    assert "is not a regular file" in copy_outside("x", tmp_path / "c.txt", {})


def test_a_tmux_that_is_gone_is_said_and_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "c.txt"
    monkeypatch.setattr(clipboard, "_LOADS", (("no-such-tmux",), ("false",)))
    assert copy_outside("x", file, {"TMUX": "1"}) == f"tmux did not take it, in {file}"
    monkeypatch.setattr(clipboard, "_LOADS", (("sleep", "60"),))
    monkeypatch.setattr(clipboard, "_SECONDS", 0.1)
    assert copy_outside("x", file, {"TMUX": "1"}) == f"tmux did not take it, in {file}"


@pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not on this machine")
def test_b12_it_is_in_the_buffer_of_tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"ftpwatch-tests-{os.getpid()}"
    tmux = ["tmux", "-L", name, "-f", "/dev/null"]
    monkeypatch.delenv("TMUX", raising=False)
    monkeypatch.setattr(clipboard, "_SECONDS", 20.0)  # a busy machine is no failure
    subprocess.run([*tmux, "new-session", "-d", "sleep 60"], check=True)
    try:
        where = subprocess.run(
            [*tmux, "display-message", "-p", "#{socket_path},#{pid},0"],
            check=True, capture_output=True, text=True,
        ).stdout.strip()  # fmt: skip
        monkeypatch.setenv("TMUX", where)
        said = copy_outside("421 Timeout.\nü", tmp_path / "c.txt", os.environ)
        assert said == f"in the tmux buffer, in {tmp_path / 'c.txt'}"
        shown = subprocess.run([*tmux, "show-buffer"], check=True, capture_output=True)
        assert shown.stdout.decode() == "421 Timeout.\nü"
    finally:
        subprocess.run([*tmux, "kill-server"], check=False)
