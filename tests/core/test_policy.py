"""Policies: what is accepted, what is sent in which turn, what imitated clients do."""

import pytest

from ftpwatch.core.ftp.keep_alive_policy import PRESETS, Policy, command_of, policy_of


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("NOOP", ("NOOP",)),
        ("noop", ("NOOP",)),
        ("TYPE", ("TYPE I",)),
        ("type a", ("TYPE A",)),
        ("REST", ("REST 0",)),
        ("site idle", ("SITE IDLE",)),
        ("NOOP, STAT,LIST", ("NOOP", "STAT", "LIST")),
        ("auto", ("NOOP",)),
        ("winscp", ("PWD", "REST 0", "TYPE A", "TYPE I")),
    ],
)
def test_commands_lists_and_presets_are_read(text: str, commands: tuple[str, ...]) -> None:
    assert policy_of(text).commands == commands


@pytest.mark.parametrize("text", ["", "RETR x", "NOOP\r\nDELE x", "NOOP,", "DELE", "NOOP;PWD"])
def test_what_is_no_keep_alive_is_refused_with_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"is none of NOOP, PWD, TYPE.*auto.*filezilla"):
        policy_of(text)


def test_a_list_goes_round() -> None:
    policy = policy_of("NOOP,STAT")
    assert [policy.choice("s", 1, n) for n in range(4)] == ["NOOP", "STAT", "NOOP", "STAT"]


def test_filezilla_chooses_by_chance_and_yet_the_same_in_every_run() -> None:
    policy = PRESETS["filezilla"]
    first = [policy.choice("s", 1, n) for n in range(60)]
    assert first == [policy.choice("s", 1, n) for n in range(60)]
    assert set(first) == {"NOOP", "TYPE I", "PWD"}
    assert first != [policy.choice("s", 2, n) for n in range(60)]


def test_a_refused_command_leaves_the_others() -> None:
    policy = policy_of("NOOP,STAT").without("NOOP")
    assert policy == Policy("STAT", ("STAT",))
    assert policy.without("STAT") is None


def test_a_command_is_verb_and_argument() -> None:
    assert command_of("REST 0").wire() == b"REST 0\r\n"
    assert command_of("NOOP").wire() == b"NOOP\r\n"
