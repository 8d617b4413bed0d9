"""`config`, `import` and completion as a user has them: in process, and in the real shells."""

import base64
import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import keyring
import pytest
from config.test_keyring import Backend
from real import servers

from ftpwatch.cli.entry import _main
from ftpwatch.config.profiles import read_profiles

FILES = Path(__file__).parent / "importers" / "files"
Run = Callable[..., tuple[int, str, str]]
CONFIG = """\
[defaults]
keep_alive = "40s"
theme = "light"
[profile.eu-1]
url = "ftpes://ops@ftp.example.com"
password_command = "pass ftp/eu-1"
keep_alive_like = "winscp"
[profile.us]
url = "ftp://us.example.com"
[group.eu]
members = ["eu-1"]
[keys]
explain = "f2"
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def run_it(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["ftpwatch", *words])
        code = _main()
        out, err = capfd.readouterr()
        assert "Traceback" not in err and not set("\x1b\x07\u202e") & {*out, *err}
        return code, out, err

    return run_it


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "my.toml"
    path.write_text(CONFIG)
    monkeypatch.setenv("FTPWATCH_CONFIG", str(path))
    return path


def test_path_and_init_and_validate_of_a_new_one(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("config", "path")
    path = Path(out.rstrip("\n"))
    assert code == 0 and path == tmp_path / "config" / "ftpwatch" / "config.toml"
    code, out, _ = run("config", "validate")
    assert code == 0 and "there is no such file" in out
    assert run("config", "init") == (0, f"{path}\n", "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    code, out, _ = run("config", "validate")
    assert code == 0 and "ok, 0 profiles" in out
    path.write_text("# mine\n")
    code, _, err = run("config", "init")
    assert code == 2 and "is there already" in err
    assert path.read_text() == "# mine\n"


def rows(out: str) -> dict[tuple[str, str], tuple[str, str, str]]:
    lines = [json.loads(line) for line in out.splitlines()]
    return {(line["of"], line["name"]): (line["value"], line["source"], line["place"])
            for line in lines}  # fmt: skip


def test_show_says_of_each_value_where_it_comes_from(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTPWATCH_TIMEOUT", "3s")
    monkeypatch.setenv("FTPWATCH_PASSWORD_EU_1", "hunter22")
    code, out, err = run("config", "show", "--sessions", "4", "--ascii", "--format", "json")
    assert (code, err) == (0, "")
    shown = rows(out)
    assert shown["defaults", "sessions"] == (4, "flag", "--sessions")
    assert shown["defaults", "ascii"] == (True, "flag", "--ascii")
    assert shown["defaults", "timeout"] == ("3s", "environment", "FTPWATCH_TIMEOUT")
    assert shown["defaults", "theme"] == ("light", "defaults", "[defaults], line 3")
    assert shown["defaults", "color"] == ("auto", "built in", "")
    assert shown["profile us", "keep_alive"] == ("40s", "defaults", "[defaults], line 2")
    place = "[profile.eu-1], line 7"
    assert shown["profile eu-1", "keep_alive_like"] == ("winscp", "profile", place)
    assert ("profile eu-1", "keep_alive") not in shown
    assert shown["profile eu-1", "password_command"][0] == "pass ftp/eu-1"
    assert "hunter22" not in out
    code, out, _ = run("config", "show", "@eu", "--keep-alive", "9s")
    assert "  keep_alive           9s" in out and "flag --keep-alive" in out and "us" not in out
    assert run("config", "show", "nobody")[0] == 2


def test_show_of_keys(run: Run, config: Path) -> None:
    code, out, _ = run("config", "show", "--keys")
    assert code == 0
    assert re.search(r"  explain +f2 +\[keys\] \(Explain the selected row\)", out)
    assert re.search(r"  filter +/ +built in \(Filter\)", out)


def test_validate_lists_all_mistakes_and_is_exit_code_2(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FTPWATCH_SESSIONS", "many")
    config.write_text(CONFIG.replace("f2", "ctrl+1").replace("40s", "often")
                      + '[profile.x]\nurl = "ftp://h"\nca = "/no/ca.pem"\n')  # fmt: skip
    code, out, err = run("config", "validate")
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert len(lines) == 4 and "FTPWATCH_SESSIONS = 'many' is not a whole number" in lines[0]
    assert [line.removeprefix(f"{config}:").split(":")[0] for line in lines[1:]] == [
        "2",
        "13",
        "16",
    ]
    config.write_text("[[[")
    code, out, err = run("config", "validate")
    assert code == 2 and f"{config}:1: is not TOML" in err


def test_a_broken_configuration_is_one_sentence_wherever_it_is_wanted(
    run: Run, config: Path
) -> None:
    config.write_text(CONFIG.replace("light", "pink\\u202e\\u001b"))
    for words in (["watch", "--mode", "json", "us"], ["config", "show"],
                  ["replay", "/nowhere", "--mode", "json"], ["limits", "us"]):  # fmt: skip
        code, _, err = run(*words)
        assert code == 2 and f"{config}:3: [defaults]: theme" in err
    assert run("--version")[0] == 0


def test_the_theme_of_the_environment_and_of_the_file_are_taken(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[object, ...]] = []

    def view_of(given: dict[str, object], **_: object) -> None:
        seen.append((given["theme"], given["ascii_only"], given["color"]))
        raise KeyboardInterrupt

    monkeypatch.setattr("ftpwatch.cli.replay.view_of", view_of)
    run("replay", "x")
    monkeypatch.setenv("FTPWATCH_THEME", "contrast")
    monkeypatch.setenv("FTPWATCH_ASCII", "1")
    run("replay", "x")
    run("replay", "x", "--theme", "dark")
    assert seen == [("light", False, "auto"), ("contrast", True, "auto"), ("dark", True, "auto")]


# --- import --------------------------------------------------------------------------------------


@pytest.fixture
def backend() -> Iterator[Backend]:
    before, own = keyring.get_keyring(), Backend()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)


PASSWORDS = (
    "correct-horse-1!", "Pässwört-2", "implicit-pw-3!", "sftp-pw-4!", "s3-secret-5!",
    "mainframe-6!", "winscp-one-1!", "zwei-ä-2!", "winscp-plain-3!", "lftp-pw-one",
    "lf@p-two", "lf%40p-two", "xx-three",
)  # fmt: skip


def assert_no_password(folder: Path, *texts: str) -> None:
    made = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    for data in (*made, *(text.encode() for text in texts)):
        for password in PASSWORDS:
            assert password.encode() not in data
            assert base64.b64encode(password.encode()) not in data


@pytest.mark.parametrize("client", ["filezilla", "winscp", "lftp"])
def test_sites_become_profiles_and_no_password_is_anywhere(
    run: Run, tmp_path: Path, client: str, backend: Backend
) -> None:
    source = FILES / {"filezilla": "sitemanager.xml", "winscp": "WinSCP.ini", "lftp": "bookmarks"}[
        client
    ]  # fmt: skip
    dry = run("import", client, str(source), "--dry-run")
    assert dry[0] == 0 and "[profile." in dry[1] and not list(tmp_path.rglob("config.toml"))
    asked = run("import", client, str(source))
    assert asked[0] == 2 and "--yes" in asked[2] and not list(tmp_path.rglob("config.toml"))
    done = run("import", client, str(source), "--yes")
    assert done[0] == 0 and "not imported: " in done[2] and "it is SFTP, and not FTP" in done[2]
    file = tmp_path / "config" / "ftpwatch" / "config.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    profiles = read_profiles()
    assert len(profiles.profile) == {"filezilla": 7, "winscp": 5, "lftp": 7}[client]
    again = run("import", client, str(source), "--yes")
    assert again[0] == 0 and "nothing to add" in again[2]
    assert read_profiles() == profiles
    assert_no_password(tmp_path, *dry[1:], *asked[1:], *done[1:], *again[1:])
    assert not backend.kept


def test_what_is_there_stays_and_a_second_client_is_added_beside(
    run: Run, config: Path, tmp_path: Path
) -> None:
    config.write_text("# mine\n" + CONFIG)
    config.chmod(0o640)
    for client, name in (("filezilla", "sitemanager.xml"), ("winscp", "WinSCP.ini")):
        assert run("import", client, str(FILES / name), "--yes")[0] == 0
    text = config.read_text()
    assert text.startswith("# mine\n" + CONFIG.rstrip("\n"))
    assert stat.S_IMODE(config.stat().st_mode) == 0o640
    profiles = read_profiles()
    assert profiles.profile["Müller-GmbH"].url == "ftpes://j%C3%B6rg@explicit.example.com"
    assert profiles.profile["Kunden-Müller-GmbH"].url.endswith("@explicit.example.com:2121")
    assert profiles.group["Kunden-Partner"].members == ("Müller-GmbH", "@東京")
    assert run("config", "validate")[0] == 0


def test_keep_alives_of_filezilla_go_to_the_defaults_when_asked(run: Run, tmp_path: Path) -> None:
    site = tmp_path / "sitemanager.xml"
    shutil.copy(FILES / "sitemanager.xml", site)
    code, _, err = run("import", "filezilla", str(site), "--defaults", "--yes")
    assert code == 2 and "filezilla.xml: cannot be read" in err
    (tmp_path / "filezilla.xml").write_text(
        '<FileZilla3><Settings><Setting name="FTP Keep-alive commands">1</Setting></Settings>'
        "</FileZilla3>"
    )
    assert run("import", "filezilla", str(site), "--defaults", "--yes")[0] == 0
    assert read_profiles().defaults.keep_alive_like == "filezilla"
    assert run("import", "winscp", str(FILES / "WinSCP.ini"), "--defaults", "--yes")[0] == 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "No such file"), ("folder", "Is a directory"), ("fifo", "not a regular file"),
        ("large", "larger than 16384 KiB"), ("dtd", "DTD"), ("noise", "not XML"),
    ],
)  # fmt: skip
def test_files_that_are_none_are_one_sentence_and_change_nothing(
    run: Run, config: Path, tmp_path: Path, kind: str, words: str
) -> None:
    path = tmp_path / "x\x1b[2J.xml"
    match kind:
        case "folder":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "large":
            with path.open("wb") as file:
                file.truncate(2**30)
        case "dtd":
            path.write_text('<!DOCTYPE x [<!ENTITY a "b">]><FileZilla3>&a;</FileZilla3>')
        case "noise":
            path.write_bytes(bytes(range(256)) * 100)
    code, out, err = run("import", "filezilla", str(path), "--yes")
    assert (code, out) == (2, "") and words in err and err.count("\n") == 1
    assert config.read_text() == CONFIG


def test_a_full_keyring_or_none_leaves_the_file_as_it_was(
    run: Run, config: Path, backend: Backend
) -> None:
    backend.fails = RuntimeError("hunter22")
    code, _, err = run("import", "lftp", str(FILES / "bookmarks"), "--yes", "--keyring")
    assert code == 2 and "it failed (RuntimeError)" in err and "hunter22" not in err
    assert config.read_text() == CONFIG


@pytest.mark.real
def test_an_imported_site_is_watched_with_its_password_from_the_keyring(
    run: Run, tmp_path: Path, backend: Backend
) -> None:
    with servers.pyftpdlib(tmp_path) as server:
        secret = base64.b64encode(server.password.encode()).decode()
        site = tmp_path / "sitemanager.xml"
        site.write_text(
            "<FileZilla3><Servers><Folder>Nächtlich<Server><Host>127.0.0.1</Host>"
            f"<Port>{server.port}</Port><Protocol>6</Protocol><User>{server.user}</User>"
            f'<Pass encoding="base64">{secret}</Pass><Logontype>1</Logontype>'
            "<Name>Übergabe 1</Name></Server></Folder></Servers></FileZilla3>"
        )
        imported = run("import", "filezilla", str(site), "--yes", "--keyring")
        assert imported[0] == 0 and imported[1].startswith("Übergabe-1 ftp://")
        assert backend.kept == {("ftpwatch", "Übergabe-1"): server.password}
        site.unlink()
        code, out, err = run("watch", "--mode", "json", "--for", "500ms", "@Nächtlich")
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 0, err
    assert [e["code"] for e in lines if e.get("in_reply_to") and e["in_reply_to"]["verb"] == "PASS"]
    assert {e["session"] for e in lines} == {None, "Übergabe-1"}
    assert 230 in [e.get("code") for e in lines]
    made = [path.read_bytes() for path in tmp_path.rglob("*.toml")]
    made += [path.read_bytes() for path in tmp_path.rglob("*.ftpwatch*")]
    assert len(made) >= 2
    for data in (*made, out.encode(), err.encode(), imported[1].encode(), imported[2].encode()):
        assert server.password.encode() not in data and secret.encode() not in data


# --- completion ----------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path, config: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to be in, with `ftpwatch` on PATH and recordings here and in their own place."""
    program = tmp_path / "bin" / "ftpwatch"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m ftpwatch "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    kept = tmp_path / "state" / "ftpwatch" / "recordings"
    kept.mkdir(parents=True)
    (kept / "20261126-1.ftpwatch").touch()
    here = tmp_path / "here"
    here.mkdir()
    for name in ("mine.ftpwatch", "backup.log", "$(touch owned).ftpwatch"):
        (here / name).touch()
    return here


COMPLETED = [
    ("ftpwatch eu", "eu-1"), ("ftpwatch @e", "@eu"), ("ftpwatch expl", "explain"),
    ("ftpwatch us @", "@eu"), ("ftpwatch replay mi", "mine.ftpwatch"),
    ("ftpwatch replay bac", "backup.log"), ("ftpwatch demo kee", "keep-alive"),
    ("ftpwatch --keep-alive-l", "--keep-alive-like"), ("ftpwatch watch --theme l", "light"),
    ("ftpwatch config vali", "validate"), ("ftpwatch import fi", "filezilla"),
]  # fmt: skip

FEW = COMPLETED[:6]


def asked_as_bash_asks(line: str) -> list[str]:
    environment = {**os.environ, "_FTPWATCH_COMPLETE": "bash_complete", "COMP_LINE": line,
                   "COMP_COMMAND": "ftpwatch"}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "ftpwatch"], env=environment, capture_output=True, text=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_what_a_shell_asks_is_answered(shell: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shell)
    kept = shell.parent / "state" / "ftpwatch" / "recordings" / "20261126-1.ftpwatch"
    assert asked_as_bash_asks("ftpwatch replay ") == [f"plain,{kept}", "plain,mine.ftpwatch"]
    answers = asked_as_bash_asks("sudo ftpwatch ")
    assert {"plain,watch", "plain,import", "plain,eu-1", "plain,us", "plain,@eu"} <= {*answers}


def test_a_broken_configuration_completes_to_commands_and_says_nothing(
    shell: Path, config: Path
) -> None:
    config.write_text("[[[")
    assert asked_as_bash_asks("ftpwatch expl") == ["plain,explain"]


def test_completing_loads_nothing_heavy(shell: Path) -> None:
    code = (
        "import sys\nfrom ftpwatch.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    for line in ("ftpwatch eu", "ftpwatch replay ", "ftpwatch demo "):
        environment = {**os.environ, "_FTPWATCH_COMPLETE": "bash_complete", "COMP_LINE": line,
                       "COMP_COMMAND": "ftpwatch"}  # fmt: skip
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                              text=True)  # fmt: skip
        assert done.stdout
        assert not {"textual", "aioftp", "sqlite3", "keyring"} & set(done.stderr.split())


SWITCHED_ON = {
    "bash": 'eval "$(_FTPWATCH_COMPLETE=bash_source ftpwatch)"',
    "zsh": "autoload -Uz compinit; compinit -u -D; "
    'eval "$(_FTPWATCH_COMPLETE=zsh_source ftpwatch)"',
}
STARTED = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"]}


class Terminal:
    """An interactive shell on a terminal of its own."""

    def __init__(self, words: list[str], folder: Path) -> None:
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.chdir(folder)
            os.execvpe(words[0], words, {**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8"})
        self._seen = b""

    def type(self, text: str) -> None:
        self._seen = b""
        os.write(self._fd, text.encode())

    def until(self, pattern: str, seconds: float = 20) -> None:
        end = time.monotonic() + seconds
        while not re.search(pattern.encode(), self._seen):
            ready = select.select([self._fd], [], [], max(0, end - time.monotonic()))[0]
            data = os.read(self._fd, 65_536) if ready else b""
            assert data, f"{pattern!r} is not in {self._seen!r}"
            self._seen += data

    def end(self) -> None:
        os.close(self._fd)
        with suppress(ProcessLookupError):
            os.kill(self._pid, 9)
        os.waitpid(self._pid, 0)


@pytest.mark.parametrize("name", ["bash", "zsh"])
@pytest.mark.long
def test_tab_completes_in_the_real_shell(shell: Path, name: str) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"{name} is not on this machine")
    terminal = Terminal(STARTED[name], shell)
    try:
        terminal.type(f"{SWITCHED_ON[name]}; echo READY-$((40+2))\n")
        terminal.until("READY-42")
        for line, completed in COMPLETED if name == "bash" else FEW:
            terminal.type(f"{line}\t")
            before, _, word = line.rpartition(" ")
            assert completed.startswith(word)
            terminal.until(f"{re.escape(f'{before} {completed}')} ")
            terminal.type("\x15")  # the line is taken away
    finally:
        terminal.end()


def test_completion_in_fish(shell: Path) -> None:
    if shutil.which("fish") is None:
        pytest.skip("fish is not on this machine")
    script = "_FTPWATCH_COMPLETE=fish_source ftpwatch | source\n" + "".join(
        f"echo '== {line}'\ncomplete -C '{line}'\n" for line, _ in FEW
    )
    done = subprocess.run(
        ["fish", "--no-config", "-c", script], cwd=shell, capture_output=True, text=True,
        timeout=60, env={**os.environ, "HOME": str(shell)},
    )  # fmt: skip
    answers = {
        part.split("\n")[0]: part.split("\n")[1:] for part in done.stdout.split("== ") if part
    }
    for line, completed in FEW:
        assert completed in [answer.split("\t")[0] for answer in answers[line]], done.stderr
