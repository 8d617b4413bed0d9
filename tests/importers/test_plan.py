"""Names of profiles and groups, and what is there already."""

import time

import pytest

from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.importers.plan import Known, Plan, plan_import, word_of
from ftpwatch.importers.site import Found, Site


def one(name: str, *folders: str, host: str = "h", **more: object) -> Site:
    return Site(name, host, 21, TlsMode.OFF, folders=folders, **more)  # type: ignore[arg-type]


def plan(*sites: Site, defaults: dict[str, str] | None = None, **known: object) -> Plan:
    there = {"profiles": {}, "groups": {}, "defaults": {}, "reserved": ("watch",), **known}
    return plan_import(Found(sites, defaults=defaults or {}), Known(**there))  # type: ignore[arg-type]


def names(made: Plan) -> list[str]:
    return [planned.name for planned in made.profiles]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Müller GmbH", "Müller-GmbH"), ("夜間バッチ", "夜間バッチ"), ("a / b", "a-b"),
        ("@eu", "eu"), ("--flag", "flag"), ("..", "site"), ("", "site"), ("\x1b[2J", "2J"),
        ("a\u202eb", "a-b"), ("$(rm -rf /)", "rm-rf"), ("x" * 500, "x" * 60),
        ("e\u0301te\u0301", "été"), ("z" + "\u0301" * 50, "site"),
    ],
)  # fmt: skip
def test_a_name_is_one_word_that_can_be_typed(text: str, word: str) -> None:
    assert word_of(text) == word


def test_names_are_unique_also_as_variables_and_are_no_commands() -> None:
    made = plan(one("eu.1"), one("EU-1"), one("watch"), one("x", "Kunden"), one("X", "Lager"),
                one("eu_1"))  # fmt: skip
    assert names(made) == ["eu.1", "EU-1-2", "watch-2", "x", "Lager-X", "eu_1-3"]


def test_folders_become_groups_with_groups_in_them() -> None:
    made = plan(one("a", "Kunden"), one("b", "Kunden", "EU"), one("c", "EU"), one("d"))
    assert made.groups == {
        "Kunden": ("a", "@EU"), "EU": ("b",), "EU-2": ("c",),
    }  # fmt: skip


def test_a_site_that_is_a_profile_already_is_not_imported_again() -> None:
    sites = (one("a", "Kunden"), one("b", "Kunden", host="other"))
    made = plan(*sites, profiles={"a": "ftp://h"}, groups={"Kunden": ("a",)})
    assert names(made) == ["b"]
    assert made.groups == {"Kunden": ("b",)}
    assert made.there == 1 and not made.left_out
    again = plan(*sites, profiles={"a": "ftp://h", "b": "ftp://other"},
                 groups={"Kunden": ("a", "b")})  # fmt: skip
    assert again.is_empty


def test_another_site_of_the_same_name_gets_another() -> None:
    assert names(plan(one("a", host="new"), profiles={"a": "ftp://old"})) == ["a-2"]


def test_plain_ftp_stays_plain_where_the_defaults_want_tls() -> None:
    (planned,) = plan(one("a")).profiles
    assert planned.settings == {}
    made = plan_import(Found((one("a"),)), Known({}, {}, {"tls": "require"}, ()))
    assert made.profiles[0].settings == {"tls": "off"}


def test_keep_alives_for_all_give_way_to_what_is_there() -> None:
    wish = Found(defaults={"keep_alive_like": "filezilla"})
    assert plan_import(wish, Known({}, {}, {}, ())).defaults == wish.defaults
    made = plan_import(wish, Known({}, {}, {"keep_alive": "60s"}, ()))
    assert made.defaults == {} and "keep_alive is there" in made.left_out[0].why
    assert not plan_import(wish, Known({}, {}, dict(wish.defaults), ())).left_out


def test_ten_thousand_sites_of_one_name_are_planned_at_once() -> None:
    began = time.monotonic()
    made = plan(*(one("same", host=f"h{n}") for n in range(10_000)),
                profiles={f"same-{n}": "ftp://h" for n in range(2, 5000)})  # fmt: skip
    assert len(set(names(made))) == 10_000
    assert time.monotonic() - began < 5
