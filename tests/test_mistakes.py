"""What a user mistypes or leaves half said, on the command line and in the configuration: the
sentence names it, and where something near was meant, that.
"""

import json
import sys
import tomllib
from pathlib import Path

import pytest
from knowledge.contexts import Tale
from test_past import run

from ftpwatch.config.example import EXAMPLE
from ftpwatch.config.settings import BUILT_IN
from ftpwatch.core.journal.entry import Entry
from ftpwatch.record.journal import Journal

CONFIG = """\
[profile.eu-1]
url = "ftp://ftp.example.com"
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "my.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("FTPWATCH_CONFIG", str(path))
    return path


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A recording where watches are recorded."""
    path = tmp_path / "state" / "ftpwatch" / "recordings" / "night.ftpwatch"
    path.parent.mkdir(parents=True)
    entries: list[Entry] = []
    tale = Tale()
    tale.watch.subscribe(lambda update: entries.append(update.entry) if update.entry else None)
    tale.ready(keep_alive=30).keeps_alive(30, 120)
    with Journal(path) as journal:
        journal.keep(entries)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["wach"], "is watch meant?"),
        (["exprot"], "is export meant?"),
        (["eu1"], "is eu-1 meant?"),
        (["--keep-alive-jitter", "70%", "eu-1"], "'70%' is not a share; write 0% to 50%"),
        (["recordings", "prune", "--days", "7x"], "'7x' is not a number of days"),
        (["recordings", "prune", "--days", "-1"], "'-1' is not a number of days"),
        (["recordings", "prune", "--days", "9" * 400], "is not a number of days"),
        (["export", "x", "--force"], "there is no -o"),
    ],
)
def test_the_sentence_names_what_is_wrong(
    capfd: pytest.CaptureFixture[str], config: Path, words: list[str], said: str
) -> None:
    code, out, err = run(capfd, *words)
    assert (code, out) == (2, "") and said in err
    assert len(err.splitlines()) == 1


def test_what_is_near_nothing_gets_no_guess(
    capfd: pytest.CaptureFixture[str], config: Path
) -> None:
    assert "meant?" not in run(capfd, "qqqqqqq")[2]


def test_a_threshold_of_the_total_is_called_by_its_option(
    capfd: pytest.CaptureFixture[str], config: Path
) -> None:
    said = run(capfd, "check", "--warning", "2", "eu-1")[1]
    assert "--warning '2' is not a duration" in said
    assert "--warning login '2'" in run(capfd, "check", "--warning", "login=2", "eu-1")[1]


@pytest.mark.parametrize("days", ["7", "7d", "0.5"])
def test_days_are_written_with_their_letter_or_without(
    capfd: pytest.CaptureFixture[str], days: str
) -> None:
    assert run(capfd, "recordings", "prune", "--days", days, "--dry-run")[0] == 0


def test_validate_looks_at_what_alerts_name_and_at_misspelt_variables(
    capfd: pytest.CaptureFixture[str], config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for near in ("FTPWATCH_KEEPALIVE", "FTPWATCH_PASSWORD_EU1", "FTPWATCH_COLOUR"):
        monkeypatch.setenv(near, "x")
    monkeypatch.setenv("FTPWATCH_SERVERS", "/somebody/else's")
    config.write_text(f'{CONFIG}\n[alerts]\nnotify = ["@/none/at all"]\non_end = "/none/page -x"\n')
    code, _, err = run(capfd, "config", "validate")
    assert code == 2
    assert err.splitlines() == [
        f"{config}:5: [alerts] notify @/none/at all cannot be read: No such file or directory",
        f"{config}:6: [alerts] on_end: there is no program '/none/page'",
        "FTPWATCH_COLOUR says nothing; is FTPWATCH_COLOR meant?",
        "FTPWATCH_KEEPALIVE says nothing; is FTPWATCH_KEEP_ALIVE meant?",
        "FTPWATCH_PASSWORD_EU1 says nothing; is FTPWATCH_PASSWORD_EU_1 meant?",
    ]


def test_what_alerts_name_and_is_there_is_right(
    capfd: pytest.CaptureFixture[str], config: Path, tmp_path: Path
) -> None:
    urls = tmp_path / "urls"
    urls.write_text("ntfy://topic\n")
    config.write_text(f'[alerts]\nnotify = ["@{urls}"]\non_end = "{sys.executable} -c pass"\n')
    assert run(capfd, "config", "validate")[0] == 0


def test_the_example_shows_what_is_built_in() -> None:
    defaults = EXAMPLE.partition("#[profile")[0].splitlines()
    lines = [line[1:] for line in defaults if line.startswith("#") and " = " in line]
    shown = tomllib.loads("\n".join(line for line in lines if not line.startswith(" ")))
    paths = {"ca", "cert", "key"}
    assert {k: v for k, v in shown.items() if k not in paths} == {
        name: value if name != "tls" else "off"
        for name, value in BUILT_IN.items()
        if name in shown and name not in paths
    }


@pytest.mark.parametrize("name", ["night", "night.ftpwatch"])
def test_a_bare_name_is_a_recording_of_the_state_directory(
    capfd: pytest.CaptureFixture[str], kept: Path, name: str
) -> None:
    for words in (
        ["recordings", "check"],
        ["export"],
        ["report"],
        ["replay", "--speed", "10000", "--mode", "silent"],
    ):
        code, _, err = run(capfd, *words, name)
        assert code == 0, err


def test_a_file_here_goes_before_one_of_the_state_directory(
    capfd: pytest.CaptureFixture[str], kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("night").write_text("421 Timeout.\n")
    assert run(capfd, "recordings", "check", "night")[0] != 0
    assert "421 Timeout." in run(capfd, "export", "night", "--format", "text")[1]


def test_an_export_is_bounded_in_time_and_written_to_a_new_private_file(
    capfd: pytest.CaptureFixture[str], kept: Path, tmp_path: Path
) -> None:
    whole = run(capfd, "export", kept)[1].splitlines()
    last = run(capfd, "export", kept, "--since", "40s")[1].splitlines()
    first = run(capfd, "export", kept, "--until", "40s")[1].splitlines()
    assert 0 < len(last) < len(whole) and last == whole[-len(last) :]
    assert 0 < len(first) < len(whole) and first == whole[: len(first)]
    output = tmp_path / "new.json"
    assert run(capfd, "export", kept, "-o", output)[:2] == (0, "")
    assert output.read_text().splitlines() == whole and output.stat().st_mode & 0o777 == 0o600
    assert [json.loads(line)["v"] for line in whole] == [1] * len(whole)
    code, _, err = run(capfd, "export", kept, "-o", output)
    assert code == 2 and "is there already; --force writes over it" in err
    assert run(capfd, "export", kept, "--since", "40s", "-o", output, "--force")[0] == 0
    assert output.read_text().splitlines() == last
    assert "is not a moment" in run(capfd, "export", kept, "--until", "soon")[2]


def test_an_export_that_fails_leaves_no_file(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, _ = run(capfd, "export", tmp_path / "none", "-o", tmp_path / "new.json")
    assert code == 2 and list(tmp_path.glob("*new*")) == []


def test_one_is_one_profile(capfd: pytest.CaptureFixture[str], config: Path) -> None:
    assert "ok, 1 profile, 0 groups" in run(capfd, "config", "validate")[1]
