"""The configuration file: all its mistakes with their lines, groups, and how it is written."""

import stat
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from ftpwatch.config.additions import Additions, added, as_toml
from ftpwatch.config.environment import environment_problems, read_environment
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.example import EXAMPLE
from ftpwatch.config.key_lines import key_lines
from ftpwatch.config.notify import find_destinations
from ftpwatch.config.options import TargetFinder
from ftpwatch.config.profiles import document_of, examine, read_profiles
from ftpwatch.config.settings import BUILT_IN, BUILT_IN_TABLES, Defaults, Profiles, Settings
from ftpwatch.config.sizes import parse_size
from ftpwatch.config.writing import create, replace
from ftpwatch.record.journal import Bounds
from ftpwatch.record.retention import Keep
from ftpwatch.wiring.recording import bounds_of, keep_of

WRONG = """\
# a file with every kind of mistake
[defaults]
keep_alive = "often"
theme = "pink"
sessions = "two"

[profile.eu-1]
url = "ftpes://ops:hunter22@ftp.example.com"
colour = "red"
password = "hunter22"
reconnect = "maybe"

[profile."@x"]
url = "ftp://h"

[profile.us]
keep_alive_like = "winscp"
keep_alive = "5s"
sessions = 99999999999999999999999999999999

[group.eu]
members = [
    "eu-1",  # this one is there
    "nobody",
    "@none",
]
[group.circle]
members = ["@circle"]
[group.bad]
members = "eu-1"
[keys]
match.next = 5
[other]
"""
LINES = [3, 4, 5, 8, 9, 10, 11, 13, 16, 18, 19, 22, 28, 30, 32, 33]


def sentences(text: str) -> list[str]:
    return document_of(text.encode(), Path("c.toml")).sentences()


def test_every_mistake_is_told_with_file_line_table_key_value_and_what_is_accepted() -> None:
    told = sentences(WRONG)
    lines = [int(sentence.split(":")[1]) for sentence in told]
    assert lines == sorted(lines)
    assert sorted(set(lines)) == LINES
    by_line = dict(zip(lines, told, strict=True))
    assert by_line[3] == (
        "c.toml:3: [defaults]: keep_alive 'often' is not a duration; "
        "write 500ms, 30s, 5m or 2h, or off"
    )  # fmt: skip
    assert "theme 'pink' is none of dark, light" in by_line[4]
    assert "sessions = 'two' is not a whole number" in by_line[5]
    assert "'colour' is not a setting; accepted are ca," in by_line[9]
    assert "keyring" in by_line[10]
    assert "begins with neither @" in by_line[13]
    assert "there is no url" in by_line[16]
    assert 'members = ["eu-1", "@others"]' in by_line[30]
    assert "hunter22" not in "".join(told)
    assert all(len(sentence) < 400 and "\n" not in sentence for sentence in told)


def test_one_mistake_is_an_error_that_counts_the_others(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(WRONG)
    with pytest.raises(ConfigError, match=r"config.toml:3: .*and \d+ more.*config validate"):
        read_profiles(file)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[defaults]\nx =", "c.toml:2: is not TOML"), ("a = 1\na = 2", "c.toml:2: is not TOML"),
        ("x = " + "9" * 5000, "too large a number"), ("x = " + "[" * 20_000, "not TOML"),
        ("x = '\xff'", "^c"),
    ],
)  # fmt: skip
def test_what_is_no_toml_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        document_of(text.encode("latin-1"), Path("c.toml"))
    assert "\n" not in str(caught.value)


def test_lines_of_keys_that_are_written_in_every_way() -> None:
    text = (
        '# [no]\n[a.b]\nc.d = 1\nlist = [\n  1, # ]\n  2,\n]\n"q.x" = """\n[not]\n"""\n'
        "[[t]]\nk = {x = 1}\r\n[a.z]\ny = '''\nx'''\n"
    )
    tomllib.loads(text)
    lines = key_lines(text)
    assert lines[("a", "b")] == 2 and lines[("a", "b", "c", "d")] == 3
    assert lines[("a", "b", "list")] == 4 and lines[("a", "b", "q.x")] == 8
    assert lines[("t", "k", "x")] == 12 and lines[("a", "z", "y")] == 14


@pytest.mark.parametrize("inner", ["'x',\n", "']',\n", "[],\n"])
def test_a_long_list_does_not_make_its_lines_slow_to_find(inner: str) -> None:
    began = time.monotonic()
    key_lines("[keys]\nx = [\n" + inner * 20_000 + "]\ny = 1\n")
    assert time.monotonic() - began < 5


GROUPS = """
[profile.a]
url = "ftp://a"
[profile.b]
url = "ftp://b"
[profile.c]
url = "ftp://c"
[group.eu]
members = ["b", "@inner"]
[group.inner]
members = ["a", "@eu", "b"]
"""


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("@eu",), ["b", "a"]), (("@eu", "c"), ["b", "a", "c"]), (("a", "@eu"), ["a", "b"]),
        (("@inner", "@eu"), ["a", "b"]), (("ftp://x", "@eu"), ["x", "b", "a"]),
        ((), ["a", "b", "c"]),
    ],
)  # fmt: skip
def test_a_group_stands_for_its_profiles_each_once(
    words: tuple[str, ...], names: list[str]
) -> None:
    profiles = document_of(GROUPS.encode(), Path("c")).verified()
    finder = TargetFinder(profiles, Settings(), None)
    assert [target.name for target in finder.find_all(words)] == names


def test_a_group_where_it_cannot_be_and_one_that_is_not_there() -> None:
    finder = TargetFinder(document_of(GROUPS.encode(), Path("c")).verified(), Settings(), None)
    with pytest.raises(ConfigError, match=r"no group is called 'us'; there is @eu, @inner"):
        finder.find_all(("@us",))
    with pytest.raises(ConfigError, match=r"@eu has 2 profiles, and one is wanted"):
        finder.find_only("@eu")
    assert [t.name for t in finder.find_more("@eu", None)] == ["b", "a"]


def test_the_environment_goes_between_flags_and_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTPWATCH_KEEP_ALIVE", "7s")
    monkeypatch.setenv("FTPWATCH_SESSIONS", "2")
    monkeypatch.setenv("FTPWATCH_RECONNECT", "")
    text = b'[profile.a]\nurl = "ftp://a"\nkeep_alive = "60s"\nreconnect = "never"\n'
    profiles = document_of(text, Path("c")).verified()
    for flags, seconds in ((Settings(), 7.0), (Settings(keep_alive="8s"), 8.0)):
        finder = TargetFinder(profiles, flags, None, environment=read_environment())
        first, second = finder.find_all(("a",))
        assert (first.keep_alive_seconds, second.name) == (seconds, "a/2")
        assert first.reconnect == "never"


def test_what_is_wrong_in_the_environment_is_named() -> None:
    environ = {
        "FTPWATCH_SESSIONS": "9" * 400, "FTPWATCH_INSECURE": "perhaps", "FTPWATCH_THEME": "pink",
        "FTPWATCH_KEEP_ALIVE": "5s", "FTPWATCH_KEEP_ALIVE_LIKE": "winscp", "FTPWATCH_ASCII": "yes",
    }  # fmt: skip
    told = environment_problems(environ)
    assert [sentence.split()[0].rstrip(":") for sentence in told] == [
        "FTPWATCH_SESSIONS", "FTPWATCH_INSECURE", "FTPWATCH_THEME", "FTPWATCH_KEEP_ALIVE",
    ] or len(told) == 4  # fmt: skip
    assert all(len(sentence) < 200 for sentence in told)
    with pytest.raises(ConfigError, match="FTPWATCH_SESSIONS"):
        read_environment(environ)


def test_a_client_in_a_profile_does_not_mind_a_jitter_of_the_defaults() -> None:
    text = b'[defaults]\nkeep_alive_jitter = "10%"\n[profile.a]\nurl = "ftp://a"\nkeep_alive_like = "winscp"\n'  # fmt: skip # noqa: E501
    profiles = document_of(text, Path("c")).verified()
    (target,) = TargetFinder(profiles, Settings(), None).find_all(("a",))
    assert (target.keep_alive_command, target.keep_alive_jitter) == ("winscp", 0.0)


def test_every_setting_of_the_defaults_has_what_is_built_in() -> None:
    assert set(BUILT_IN) == set(Defaults.__struct_fields__)


def uncommented(example: str) -> str:
    lines = example.split("\n")
    return "\n".join(line[1:] if line[:1] == "#" and line[1:2] not in ("", " ") else line
                     for line in lines)  # fmt: skip


def test_the_example_says_nothing_and_is_right_also_without_its_comment_signs() -> None:
    assert document_of(EXAMPLE.encode(), Path("c")).verified() == Profiles()
    profiles = document_of(uncommented(EXAMPLE).encode(), Path("c")).verified()
    said = {n for n in Defaults.__struct_fields__ if getattr(profiles.defaults, n) is not None}
    assert said == set(BUILT_IN) - {"keep_alive_like"}
    tables = {**asdict(profiles.recordings), **asdict(profiles.alerts)}
    assert all(value is not None for value in tables.values()) and set(tables) == set(
        BUILT_IN_TABLES
    )
    assert {*profiles.profile} == {"eu-1", "eu-2"} and {*profiles.group} == {"eu"}
    assert profiles.keys["match.next"] == ("N",)


def test_a_new_file_is_private_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "config.toml"
    create(path, EXAMPLE)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    link = tmp_path / "link.toml"
    link.symlink_to(tmp_path / "nowhere")
    for there in (path, link, tmp_path):
        with pytest.raises(ConfigError, match="is there already"):
            create(there, "x")
    assert path.read_text() == EXAMPLE and not (tmp_path / "nowhere").exists()


def test_a_file_is_replaced_whole_with_its_mode_through_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "dotfiles.toml", tmp_path / "config.toml"
    real.write_text("# one\n")
    real.chmod(0o640)
    link.symlink_to(real)
    replace(link, b"# one\n", "# two\n")
    assert link.is_symlink() and real.read_text() == "# two\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    with pytest.raises(ConfigError, match="changed by somebody else"):
        replace(link, b"# one\n", "# three\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "dotfiles.toml"]
    assert real.read_text() == "# two\n"


OLD = """\
# my own words
[defaults] # of mine
keep_alive = "60s"

[profile.a]
url = "ftp://a" # the first
[group.eu]
members = [
    "a", # stays
]
[keys]
explain = "f2"
[profile.b]
url = "ftp://b"
"""
NEW = Additions(
    {"c d": {"url": "ftp://c"}, "é": {"url": "ftp://e", "tls": "try"}},
    {"eu": ["é"], "other": ["a", "@eu"]},
    {"reconnect": "never"},
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_what_is_added_leaves_comments_and_order(newline: str) -> None:
    old = OLD.replace("\n", newline)
    text = added(old, NEW)
    read = tomllib.loads(text)
    assert read["profile"]["c d"] == {"url": "ftp://c"} and read["profile"]["b"]["url"] == "ftp://b"
    assert read["group"] == {"eu": {"members": ["a", "é"]}, "other": {"members": ["a", "@eu"]}}
    assert read["defaults"] == {"keep_alive": "60s", "reconnect": "never"}
    for comment in ("# my own words", "# of mine", "# the first", "# stays"):
        assert text.count(comment) == 1
    assert text.index("[keys]") < text.index("[profile.b]") < text.index("c d")
    assert ("\n" in text.replace("\r\n", "")) is (newline == "\n")
    assert tomllib.loads(as_toml(NEW))["profile"]["é"]["tls"] == "try"


def test_a_profile_that_is_there_is_never_written_over() -> None:
    with pytest.raises(ConfigError, match="profile a is there already"):
        added(OLD, Additions({"a": {"url": "ftp://x"}}, {}, {}))


def test_a_file_that_cannot_be_added_to_is_left_alone() -> None:
    text = 'profile = { a = { url = "ftp://a" } }\n'
    with pytest.raises((ConfigError, tomllib.TOMLDecodeError)):
        added(text, Additions({"b": {"url": "ftp://b"}}, {}, {}))


def test_where_nothing_is_read_nothing_is_wrong(tmp_path: Path) -> None:
    assert examine(tmp_path / "none.toml").verified() == Profiles()


def test_recordings_and_alerts_have_tables_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        '[recordings]\npart_size = "1MiB"\npart_hours = 2\nkeep_size = "3GiB"\nkeep_days = 7\n'
        '[alerts]\nnotify = ["json://127.0.0.1/a"]\non_end = "page me"\n'
    )
    profiles = read_profiles(path)
    assert bounds_of(profiles.recordings) == Bounds(1024**2, 7_200.0)
    assert keep_of(profiles.recordings) == Keep(7.0, 3 * 1024**3)
    assert keep_of(profiles.recordings, days=1.0, size=5) == Keep(1.0, 5)
    alerts = profiles.alerts
    assert (alerts.notify, alerts.on_end) == (("json://127.0.0.1/a",), "page me")
    monkeypatch.setenv("FTPWATCH_NOTIFY", "json://127.0.0.1/b")
    for words, environment, source in (
        (("json://127.0.0.1/c",), True, "--notify 1"), ((), True, "FTPWATCH_NOTIFY 1"),
        ((), False, None),
    ):  # fmt: skip
        found = find_destinations(words, environment=environment, configured=alerts.notify or ())
        assert [one.source for one in found] == ([source] if source else [])
    monkeypatch.delenv("FTPWATCH_NOTIFY")
    found = find_destinations((), environment=True, configured=alerts.notify or ())
    assert [one.source for one in found] == ["[alerts] notify 1"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('[recordings]\npart_size = "1KiB"', "part_size '1KiB' is too small"),
        ('[recordings]\nkeep_size = "much"', "keep_size 'much' is not a size; write 500KiB"),
        ("[recordings]\nkeep_days = 0", "keep_days is out of range; 1 to 36500"),
        (f"[recordings]\npart_hours = {'9' * 400}", "part_hours is out of range"),
        ("[recordings]\nkeep = 1", "accepted are keep_days"),
        ('[alerts]\nnotify = "x"', "is not a list of texts"),
        ('[alerts]\nnotify = [""]', "notify holds what is not a place"),
        ('[alerts]\non_end = "\\""', "on_end cannot be taken apart"),
        ("alerts = 3", "[alerts]: 3 is not a table"),
    ],
)
def test_their_mistakes_name_line_and_what_is_accepted(
    tmp_path: Path, line: str, says: str
) -> None:
    path = tmp_path / "c.toml"
    path.write_text(line)
    with pytest.raises(ConfigError) as caught:
        read_profiles(path)
    assert says in str(caught.value) and str(caught.value).startswith(f"{path}:")


@given(st.text(max_size=30))
def test_a_size_is_read_or_refused_by_name(text: str) -> None:
    try:
        assert 0 < parse_size(text, "x") <= 1024**5
    except ValueError as error:
        assert str(error).startswith("x ") and "64MiB" in str(error)
