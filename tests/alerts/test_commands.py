"""The command of --on-end: its environment, its bounds, its end."""

import json
import os
import shlex
import sys
import threading
import time
from pathlib import Path

import pytest
from descriptors import many_descriptors
from knowledge.contexts import Tale
from msgspec.structs import replace

from alerts.hook import until
from alerts.made import made
from ftpwatch.alerts import commands
from ftpwatch.alerts.commands import OnEnd
from ftpwatch.config.child_environment import child_environment
from ftpwatch.core.errors import UserError
from ftpwatch.core.state.explanation import Explained, explained_line

PATH = {"PATH": os.environ["PATH"]}


def python(code: str) -> str:
    return f"{shlex.quote(sys.executable)} -c {shlex.quote(code)}"


def test_it_finds_the_alert_in_its_environment_and_no_secret_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTPWATCH_PASSWORD_EU_1", "hunter22")
    monkeypatch.setenv("FTPWATCH_NOTIFY", "json://bob:hunter22@h")
    monkeypatch.setenv("KEPT", "kept")
    monkeypatch.delenv("FTPWATCH_SERVERS", raising=False)
    file = tmp_path / "environment"
    command = python(f"import os; open({str(file)!r}, 'w').write(repr(dict(os.environ)))")
    assert OnEnd(command, child_environment()).run(made()) is None
    written = eval(file.read_text())
    assert {name: written[name] for name in written if name.startswith("FTPWATCH_")} == {
        "FTPWATCH_TITLE": "ftpwatch: eu-1 ended: idle limit (certain)",
        "FTPWATCH_BODY": written["FTPWATCH_BODY"],
        "FTPWATCH_SESSION": "eu-1", "FTPWATCH_SESSIONS": "1",
        "FTPWATCH_HOST": "ftp.example.com", "FTPWATCH_PORT": "21",
        "FTPWATCH_CAUSE": "idle_timeout", "FTPWATCH_CONFIDENCE": "certain",
        "FTPWATCH_CODE": "421", "FTPWATCH_TEXT": "421 Timeout.", "FTPWATCH_SUMMARY": "It idled.",
        "FTPWATCH_CURE": "Send a NOOP.", "FTPWATCH_AT": "2026-01-01T00:00:00.000000Z",
        "FTPWATCH_MORE": "0",
    }  # fmt: skip
    assert written["KEPT"] == "kept" and "hunter22" not in file.read_text()


def explained() -> Explained:
    tale = Tale().ready()
    tale.says(300, 421, "Timeout \x1b[31m ünd.").closes(300, 421)
    return tale.watch.explanations()[-1]


def test_it_finds_the_explained_object_on_its_stdin_as_one_ascii_line(tmp_path: Path) -> None:
    file, told = tmp_path / "object", explained()
    on_end = OnEnd(f"sh -c 'cat > {file}'", PATH)
    assert on_end.run(made(explained=told)) is None
    line = file.read_text("ascii")
    assert line == explained_line(told) + "\n" and "\x1b" not in line
    written = json.loads(line)
    assert (written["event"], written["code"]) == ("explained", 421)
    assert written["cause"] == told.explanation.cause and written["incident"] is None
    assert on_end.run(made()) is None and file.read_text() == "null\n"


def test_nothing_from_the_wire_is_in_its_arguments(tmp_path: Path) -> None:
    file = tmp_path / "arguments"
    code = f"import sys; open({str(file)!r}, 'w').write(repr(sys.argv[1:]))"
    command = f"{python(code)} --who 'two words' '$FTPWATCH_TEXT' \"a'b\""
    assert OnEnd(command, PATH).run(made(heading="421 from the wire")) is None
    assert eval(file.read_text()) == ["--who", "two words", "$FTPWATCH_TEXT", "a'b"]


def test_one_that_reads_nothing_is_not_waited_for_nor_is_it_a_failure() -> None:
    told = explained()
    long = replace(told, explanation=replace(told.explanation, evidence=("x" * 500_000,)))
    began = time.monotonic()
    assert OnEnd("true", PATH).run(made(explained=long)) is None
    assert OnEnd("sh -c 'exec <&-; sleep 0.3'", PATH).run(made(explained=long)) is None
    assert OnEnd("sleep 0.3", PATH).run(made(explained=long)) is None
    assert time.monotonic() - began < 20


def test_a_long_object_arrives_whole(tmp_path: Path) -> None:
    told, file = explained(), tmp_path / "size"
    long = replace(told, explanation=replace(told.explanation, evidence=("x" * 500_000,)))
    assert OnEnd(f"sh -c 'sleep 0.1; wc -c > {file}'", PATH).run(made(explained=long)) is None
    assert int(file.read_text()) == len(explained_line(long)) + 1


def test_no_shell_sees_what_a_server_says(tmp_path: Path) -> None:
    file = tmp_path / "touched"
    on_end = OnEnd(python("import os; print(os.environ['FTPWATCH_TEXT']); exit(1)"), PATH)
    problem = on_end.run(made(heading=f"421 $(touch {file}) `touch {file}`; touch {file}"))
    assert problem is not None and "$(touch" in problem
    assert not file.exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [("no-such-program x", "no program 'no-such-program'"), ("", "names no program"),
     ("  ", "names no program"), ("'", "cannot be run"), ("a\0b", "names no program"),
     ("/etc/passwd", "no program '/etc/passwd'")],
)  # fmt: skip
def test_what_cannot_be_run_is_said_at_the_start(command: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        OnEnd(command, PATH)


def test_what_goes_wrong_is_a_sentence_with_a_little_of_what_it_printed() -> None:
    assert OnEnd("true", PATH).run(made()) is None
    assert OnEnd("sh -c 'echo fine'", PATH).run(made()) is None
    assert OnEnd("sh -c 'exit 3'", PATH).run(made()) == "--on-end ended with 3"
    problem = OnEnd("sh -c 'echo out; echo err >&2; exit 1'", PATH).run(made())
    assert problem == "--on-end ended with 1; it printed: out err"
    loud = OnEnd(python("print('x' * 5_000_000); exit(1)"), PATH).run(made())
    assert loud is not None and len(loud) < 1_200


def test_what_takes_too_long_is_killed_with_what_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "SECONDS", 0.4)
    pid = tmp_path / "pid"
    problem = OnEnd(f"sh -c 'sleep 60 & echo $! > {pid}; wait'", PATH).run(made())
    assert problem is not None and "was killed" in problem
    until(lambda: not runs(int(pid.read_text())))


def test_what_it_leaves_running_ends_with_it_and_is_not_waited_for(tmp_path: Path) -> None:
    pid, began = tmp_path / "pid", time.monotonic()
    assert OnEnd(f"sh -c 'sleep 60 & echo $! > {pid}'", PATH).run(made()) is None
    assert time.monotonic() - began < 20
    until(lambda: not runs(int(pid.read_text())))


def test_it_ends_with_the_watch(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    on_end = OnEnd(f"sh -c 'echo $$ > {pid}.new; mv {pid}.new {pid}; exec sleep 60'", PATH)
    problems: list[str | None] = []
    running = threading.Thread(target=lambda: problems.append(on_end.run(made())))
    running.start()
    until(pid.exists)
    on_end.end()
    running.join(10)
    assert not runs(int(pid.read_text()))
    assert problems == ["--on-end was killed, as the watch ended"]
    assert on_end.run(made()) == "--on-end was killed, as the watch ended"


def test_descriptors_above_1023_do_not_matter() -> None:
    with many_descriptors():
        problem = OnEnd("sh -c 'echo x; exit 2'", PATH).run(made())
    assert problem == "--on-end ended with 2; it printed: x"


def runs(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1][:3]
    except FileNotFoundError:
        return False
