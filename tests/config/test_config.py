"""Targets, profiles and passwords: precedence, names, and sentences for every mistake."""

from pathlib import Path

import pytest

from ftpwatch.config.address import parse_address
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.options import TargetFinder
from ftpwatch.config.passwords import PasswordSources
from ftpwatch.config.profiles import Profile, Profiles, Settings, read_profiles
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import Reconnect, Target, TlsMode


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("ftp://ftp.example.com", ("ftp.example.com", 21, TlsMode.OFF, None)),
        ("ftp://bob@h:2121/", ("h", 2121, TlsMode.OFF, "bob")),
        ("ftpes://bob@h", ("h", 21, TlsMode.EXPLICIT, "bob")),
        ("ftps://h", ("h", 990, TlsMode.IMPLICIT, None)),
        ("ftp://[::1]:2121", ("::1", 2121, TlsMode.OFF, None)),
        ("ftp://a%40b.c@h", ("h", 21, TlsMode.OFF, "a@b.c")),
    ],
)
def test_urls(url: str, expected: tuple[object, ...]) -> None:
    address = parse_address(url)
    assert (address.host, address.port, address.tls, address.user) == expected


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://h", "ftp://"), ("h", "neither a profile nor a URL"), ("ftp://", "no host"),
        ("ftp://h:99999", "not a URL"), ("ftp://h/pub/x", "path"), ("ftp://a\r\nb@h", "control"),
        ("ftp://a%0d%0aDELE@h", "control"), ("ftp://h:0", "port"),
    ],
)  # fmt: skip
def test_bad_urls_say_what_is_accepted(url: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_address(url)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    for url in (
        "ftp://bob:hunter22@h", "http://bob:hunter22@h", "ftp://bob:hunter22@h/x",
        "bob:hunter22@h", "ftp:/bob:hunter22@h", "ftp://bob:hunter22/x@h", "ftp://bob:hunter22#@h",
        "ftp://bob:hunter22", "ftp://bob:hunter22?x@h", "[bob:hunter22@h",
    ):  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            parse_address(url)
        assert "hunter22" not in str(caught.value)


CONFIG = """
[defaults]
keep_alive = "60s"
timeout = "5s"
[profile.eu-1]
url = "ftpes://ops@ftp.example.com"
keep_alive = "20s"
sessions = 2
password_command = "printf 'secret-one\\nnoise'"
[profile.us]
url = "ftp://us.example.com:2121"
"""


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG)
    return read_profiles(file)


def find(profiles: Profiles, *words: str, **flags: object) -> list[Target]:
    return TargetFinder(profiles, Settings(**flags), None).find_all(words)  # type: ignore[arg-type]


def test_flags_go_before_profile_before_defaults_before_what_is_built_in(
    profiles: Profiles,
) -> None:
    eu, _ = find(profiles, "eu-1")
    assert (eu.keep_alive_seconds, eu.timeout_seconds, eu.reconnect) == (20, 5, Reconnect.AUTO)
    (us,) = find(profiles, "us")
    assert us.keep_alive_seconds == 60
    eu, _ = find(profiles, "eu-1", keep_alive="off", reconnect="never")
    assert (eu.keep_alive_seconds, eu.reconnect) == (None, Reconnect.NEVER)


def test_names_of_sessions(profiles: Profiles, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [t.name for t in find(profiles)] == ["eu-1", "eu-1/2", "us"]
    monkeypatch.setenv("FTPWATCH_PASSWORD", "x")
    same = find(Profiles(), "ftp://h", "ftp://h", "ftp://bob@h", "ftp://h:2121")
    assert [t.name for t in same] == ["h", "h@anonymous", "h@bob", "h:2121"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ({"keep_alive": "often"}, "keep-alive 'often'"), ({"timeout": "0s"}, "timeout '0s'"),
        ({"reconnect": "maybe"}, "auto, never, always"), ({"sessions": 0}, "1 to 5000"),
        ({"tls": "perhaps"}, "require, try, off"), ({"ca": "/no/ca.pem"}, "ca '/no/ca.pem'"),
    ],
)  # fmt: skip
def test_bad_options_name_thing_value_and_what_is_accepted(
    flags: dict[str, object], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        find(Profiles(), "ftp://h", **flags)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('[profile.x]\nurl = "ftp://h"\ncolour = "red"', "colour"),
        ("[profile.x]\nurl = 5", r"\[profile.x\]: url = 5 is not a text in quotes"),
        ("[defaults]\nsessions = 'two'", "sessions = 'two' is not a whole number"),
        ("[defaults]\nbogus = 1", "'bogus' is not a setting; accepted are .*keep_alive"),
        ("[profile.x]\nkeep_alive = '9s'", r"\[profile.x\]: there is no url, as in url ="),
        ("[other]\nx = 1", "'other' is nothing here"), ("profile = 5", "a profile is a table"),
        ("[profile.watch]\nurl = 'ftp://h'", "that is a command"), ("[", "config.toml"),
    ],
)  # fmt: skip
def test_a_bad_configuration_names_file_and_key(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content)
    with pytest.raises(ConfigError, match=words) as caught:
        read_profiles(file)
    assert "config.toml" in str(caught.value)


def test_a_configuration_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPWATCH_CONFIG", "/nowhere/at/all.toml")
    with pytest.raises(ConfigError, match="/nowhere/at/all.toml"):
        read_profiles()


def password(
    profile: str | None, command: str | None, *, prompt: object = None, one: bool = True
) -> Secret:
    addresses = [parse_address("ftp://ops@h"), *([] if one else [parse_address("ftp://a@b")])]
    sources = PasswordSources(prompt, addresses)  # type: ignore[arg-type]
    return sources.find(parse_address("ftp://ops@h"), profile, command).password


def test_sources_of_passwords_in_their_order(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def prompt(text: str) -> str:
        asked.append(text)
        return "typed"

    assert password(None, None, prompt=prompt) == Secret("typed")
    file = tmp_path / "netrc"
    file.write_text("machine h login ops password from-netrc account books\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    assert password(None, None, prompt=prompt) == Secret("from-netrc")
    monkeypatch.setenv("FTPWATCH_PASSWORD", "from-env")
    assert password(None, None) == Secret("from-env")
    assert password(None, None, one=False) == Secret("from-netrc")
    monkeypatch.setenv("FTPWATCH_PASSWORD_EU_1", "for-profile")
    assert password("eu-1", None) == Secret("for-profile")
    assert password("eu-1", "printf 'by command\\nmore'") == Secret("by command")
    assert len(asked) == 1


@pytest.mark.parametrize("bad", ["ab\tcd", "se\udce9cret", "a\nb"])
def test_a_password_that_is_no_line_of_text_is_refused(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.environ", {"FTPWATCH_PASSWORD": bad, "NETRC": "/nowhere"})
    with pytest.raises(ConfigError, match="the password for h") as caught:
        find(Profiles(), "ftp://bob@h")
    assert bad not in str(caught.value)
    with pytest.raises(ConfigError, match="the host"):
        find(Profiles(), "ftp://h\udcff")


def test_a_broken_netrc_does_not_repeat_a_password(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine h login ops password hun ter2secret\n")
    monkeypatch.setenv("NETRC", str(file))
    with pytest.raises(ConfigError, match="line . is not") as caught:
        password(None, None)
    assert "ter2" not in str(caught.value)


def test_the_account_of_netrc_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine h login ops password p account books\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))
    found = PasswordSources(None, [parse_address("ftp://ops@h")]).find(
        parse_address("ftp://ops@h"), None, None
    )
    assert found.account == Secret("books")


def test_no_source_names_all_of_them() -> None:
    with pytest.raises(ConfigError, match="FTPWATCH_PASSWORD.*netrc.*password_command.*terminal"):
        password(None, None)


@pytest.mark.parametrize("command", ["false", "no-such-program-here", "true"])
def test_a_password_command_that_fails_is_named(command: str) -> None:
    with pytest.raises(ConfigError, match="password_command of eu-1"):
        password("eu-1", command)


def test_tls_require_makes_ftp_explicit(profiles: Profiles) -> None:
    assert find(Profiles(), "ftp://h", tls="require")[0].tls is TlsMode.EXPLICIT
    assert find(Profiles(), "ftp://h", tls="try")[0].tls is TlsMode.TRY
    assert find(Profiles(), "ftps://h", tls="require")[0].tls is TlsMode.IMPLICIT
    with pytest.raises(ConfigError, match="contradicts"):
        find(Profiles(), "ftps://h", tls="off")


def kept(profiles: Profiles, *words: str, forced: bool = False, **flags: object) -> list[object]:
    found = TargetFinder(profiles, Settings(**flags), None, forced=forced).find_all(words)  # type: ignore[arg-type]
    return [
        value for t in found
        for value in (t.keep_alive_seconds, t.keep_alive_command, t.keep_alive_jitter)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ({}, [30.0, "NOOP", 0.0]),
        ({"keep_alive_command": "noop,stat"}, [30.0, "NOOP,STAT", 0.0]),
        ({"keep_alive_command": "auto", "keep_alive": "10s"}, [10.0, "auto", 0.0]),
        ({"keep_alive_jitter": "20%"}, [30.0, "NOOP", 0.2]),
        ({"keep_alive_like": "winscp"}, [30.0, "winscp", 0.0]),
        ({"keep_alive_like": "lftp"}, [None, "lftp", 0.0]),
        ({"keep_alive_like": "none"}, [None, "none", 0.0]),
    ],
)
def test_what_is_sent_to_keep_a_session(flags: dict[str, object], expected: list[object]) -> None:
    assert kept(Profiles(), "ftp://h.example.com", **flags) == expected


def test_a_client_in_a_profile_gives_way_to_a_flag() -> None:
    one = Profiles(profile={"eu": Profile(url="ftp://h.example.com", keep_alive_like="winscp")})
    assert kept(one, "eu") == [30.0, "winscp", 0.0]
    assert kept(one, "eu", keep_alive_command="STAT") == [30.0, "STAT", 0.0]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"keep_alive": "500ms"}, "under 1s.*h.example.com.*--force"),
        ({"keep_alive": "soon"}, "'soon'.*500ms, 30s, 5m or 2h, or off"),
        ({"keep_alive_command": "DELE x"}, "'DELE X'.*NOOP, PWD, TYPE"),
        ({"keep_alive_command": "NOOP\r\nDELE x"}, "none of NOOP"),
        ({"keep_alive_command": "filezilla"}, "keep-alive-like filezilla"),
        ({"keep_alive_like": "netscape"}, "'netscape'.*filezilla, winscp, lftp, curl, none"),
        ({"keep_alive_like": "curl", "keep_alive": "10s"}, "excludes"),
        ({"keep_alive_jitter": "half"}, "'half'.*0% to 50%"),
        ({"keep_alive_jitter": "80%"}, "0% to 50%"),
    ],
)
def test_nonsense_for_keep_alives_names_what_is_accepted(
    flags: dict[str, object], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        kept(Profiles(), "ftp://h.example.com", **flags)


def test_an_interval_under_a_second_is_for_this_machine_or_with_force() -> None:
    assert kept(Profiles(), "ftp://127.0.0.1", keep_alive="500ms")[0] == 0.5
    assert kept(Profiles(), "ftp://h.example.com", keep_alive="500ms", forced=True)[0] == 0.5
