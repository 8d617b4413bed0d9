"""`ftpwatch report` of recordings, logs and captures; what it leaves in files; what it refuses."""

import io
import json
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from demo.test_scenarios import played

from ftpwatch.cli.entry import cli
from ftpwatch.core.errors import UserError
from ftpwatch.core.state.explanation import Explained
from ftpwatch.headless.long_work import LongWork
from ftpwatch.headless.saving import save, save_beside
from ftpwatch.record.journal import Journal
from ftpwatch.wiring.explaining import Asked, explain
from ftpwatch.wiring.reporting import ReportPlan, report
from ftpwatch.wiring.saved import save_text

HERE = Path(__file__).parent.parent
LOG = HERE / "transcripts" / "logs" / "lftp-proftpd-idle-lab.log"
UNTIMED = HERE / "transcripts" / "logs" / "nodeftp-proftpd-idle-lab.log"
CAPTURE = HERE / "capture" / "captures" / "ftplib-proftpd-shutdown.pcap"
PASSWORD = "s3cret-lab"


def asked(path: Path | None, **how: object) -> dict[str, object]:
    text, _ = report(ReportPlan(path=path, form="json", **how))  # type: ignore[arg-type]
    told: dict[str, object] = json.loads(text)
    return told


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["report", *words], standalone_mode=False)


async def recorded(name: str, path: Path) -> list[Explained]:
    """A demo's recording; how its ends were explained as it went."""
    watch, _, _ = await played(name)
    with Journal(path) as journal:
        assert journal.keep(watch.entries).problem is None
    return list(watch.watch.explanations())


@pytest.mark.parametrize("name", ["keep-alive", "shutdown"])
async def test_the_recording_of_a_demo_gives_what_its_panels_said(
    name: str, tmp_path: Path
) -> None:
    path = tmp_path / "demo.ftpwatch"
    live = await recorded(name, path)
    causes = {"keep-alive": "idle_timeout", "shutdown": "server_shutdown"}
    told = asked(path)
    assert told["answer"]["cause"] == causes[name]  # type: ignore[index]
    panels = {
        e.of: (e.explanation.cause, e.explanation.confidence, e.explanation.evidence)
        for e in live
        if e.explanation.cause not in (None, "client_quit", "local")
    }
    ends = {
        end["seq"]: (end["cause"], end["confidence"], tuple(end["evidence"]))
        for end in (*told["first"], *told["newest"])  # type: ignore[misc]
    }
    assert ends == panels
    assert told["ends"]["unasked"] == len(panels)  # type: ignore[index]
    (answer,) = [json.loads(explain(Asked(path=path, as_object=True)))]
    assert answer["cause"] == causes[name]


@pytest.mark.parametrize("file", [LOG, CAPTURE])
def test_a_log_and_a_capture_are_reported_as_they_are_explained(file: Path) -> None:
    told, (line, *_) = asked(file), explain(Asked(path=file, as_object=True)).splitlines()
    answer = json.loads(line)
    lines: dict[str, str] = told["answer"]  # type: ignore[assignment]
    assert (lines["cause"], lines["confidence"]) == (answer["cause"], answer["confidence"])
    place = told["newest"][-1]["place"]  # type: ignore[index]
    assert place.split()[0] == ("line" if file is LOG else "packet")


def test_a_log_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(LOG.read_bytes()))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert asked(None)["answer"]["cause"] == "idle_timeout"  # type: ignore[index]


def test_moments_count_back_from_the_end(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text("".join(
        f"2026-03-01 {hour}:00:00 <--- 220 x\n2026-03-01 {hour}:05:00 <--- 421 Timeout.\n"
        f"2026-03-01 {hour}:05:01 ---- Closing control socket\n"
        for hour in ("10", "12")
    ))  # fmt: skip
    assert asked(log)["ends"]["unasked"] == 2  # type: ignore[index]
    for how in (
        {"since": "1h"}, {"since": "11:00"}, {"since": "2026-03-01T11:00:00"},
        {"filtered": "since:1h"}, {"since": "today", "filtered": "!until:11:00"},
    ):  # fmt: skip
        told = asked(log, zone="UTC", **how)
        assert told["ends"]["unasked"] == 1, how  # type: ignore[index]
        assert told["newest"][0]["at"].startswith("2026-03-01T12:05"), how  # type: ignore[index]
    assert asked(log, zone="UTC", until="1h")["ends"]["unasked"] == 1  # type: ignore[index]


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"filtered": "code:9"}, "code:9\n^^^^^^\ncode:9 is not a reply code"),
        ({"since": "soon"}, "--since 'soon' is not a moment"),
        ({"until": "soon"}, "--until 'soon' is not a moment"),
        ({"zone": "Mars/Olympus"}, "is not a time zone"),
        ({"path": Path("/nowhere.ftpwatch")}, "/nowhere.ftpwatch"),
        ({"path": UNTIMED, "since": "1h"}, "has no times"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_a_sentence(how: dict[str, object], says: str) -> None:
    with pytest.raises(UserError) as caught:
        report(ReportPlan(**{"path": LOG, **how}))  # type: ignore[arg-type]
    assert says in str(caught.value)


def test_no_password_is_in_any_format() -> None:
    logs = sorted(file for file in LOG.parent.iterdir() if PASSWORD.encode() in file.read_bytes())
    assert len(logs) > 10 and PASSWORD.encode() in CAPTURE.read_bytes()
    for file in (CAPTURE, *logs[::12]):
        for form in ("md", "html", "json"):
            assert PASSWORD not in report(ReportPlan(path=file, form=form))[0], file


def test_a_password_in_a_log_is_not_in_its_report(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    log.write_text(
        f"---> USER ops\n<--- 331 x\n---> PASS {PASSWORD}\n<--- 530 {PASSWORD} is wrong: ftp://o:"
        f"{PASSWORD}@h\n<--- 421 Bye, {PASSWORD.upper()}\n"
    )
    for form in ("md", "html", "json"):
        text, _ = report(ReportPlan(path=log, form=form))
        assert "530" in text and PASSWORD not in text.lower()


def test_an_output_is_private_whole_and_never_over_another(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    assert run(str(LOG), "--format", "html", "-o", str(out)).exception is None
    assert out.read_text().startswith("<!DOCTYPE html>")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.write_text("mine")
    refused = run(str(LOG), "-o", str(out)).exception
    assert isinstance(refused, UserError) and "is there already; --force" in str(refused)
    assert out.read_text() == "mine"
    assert run(str(LOG), "-o", str(out), "--force").exception is None
    assert out.read_text().startswith("# FTP report")
    assert [file.name for file in tmp_path.iterdir()] == ["r.html"]


def test_what_is_no_regular_file_is_never_replaced(tmp_path: Path) -> None:
    target, link, fifo = tmp_path / "t", tmp_path / "link", tmp_path / "fifo"
    target.write_text("mine")
    link.symlink_to(target)
    os.mkfifo(fifo)
    for path in (link, fifo, tmp_path, Path("/dev/null"), tmp_path / "no" / "x", tmp_path / "\0"):
        with pytest.raises(UserError):
            save(path, "x", over=True)
    assert target.read_text() == "mine" and fifo.is_fifo()
    if os.geteuid():
        target.parent.chmod(0o500)
        with pytest.raises(UserError):
            save(tmp_path / "new", "x")


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UserError, match="No space left"):
        save(tmp_path / "r.md", "x")
    assert list(tmp_path.iterdir()) == []


def test_without_hard_links_it_is_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    save(tmp_path / "r.md", "x")
    assert (tmp_path / "r.md").read_text() == "x"
    with pytest.raises(UserError, match="is there already"):
        save(tmp_path / "r.md", "y")


def test_a_saved_text_finds_a_name_that_is_free(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "reports"
    paths = [save_beside(folder, "a", ".md", str(n)) for n in range(3)]
    assert [path.name for path in paths] == ["a.md", "a-2.md", "a-3.md"]
    assert paths[1].read_text() == "1" and stat.S_IMODE(folder.stat().st_mode) == 0o700
    saved = Path(save_text("../../ev\x1bil/s", "x"))
    assert saved.parent == tmp_path / "state" / "ftpwatch" / "reports"
    assert saved.name.endswith("-ev-il-s.md")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--redact", "names"], "--redact 'names' is none of users, hosts, addresses, paths, all"),
        (["--force"], "there is no -o"), (["--format", "pdf"], "pdf"),
    ],
)  # fmt: skip
def test_a_wrong_option_is_named(words: list[str], says: str) -> None:
    error = run(str(LOG), *words).exception
    assert isinstance(error, click.UsageError) and says in error.format_message()


def test_one_page_of_help_names_every_option() -> None:
    text = CliRunner().invoke(cli, ["report", "--help"]).output
    for option in ("--format", "--since", "--until", "--filter", "--redact", "--timezone", "-o"):
        assert option in text


class Stream(io.StringIO):
    """A stderr, a terminal or none."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    now = [0.0]
    monkeypatch.setattr("ftpwatch.headless.long_work.time.monotonic", lambda: now[0])
    yield now


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_told_where_it_takes_long(
    terminal: bool, ticking: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Stream(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    work = LongWork("reading ni\x1bght")
    for second in (0.5, 2.0, 2.1, 60.0):
        ticking[0] = second
        work.reach(f"{second:g}")
    work.end()
    if terminal:
        assert stream.getvalue() == ("\r\x1b[Kreading ni␛ght: 2\r\x1b[Kreading ni␛ght: 60\r\x1b[K")
    else:
        assert stream.getvalue() == "ftpwatch: reading ni\\u241bght: 60\n"
