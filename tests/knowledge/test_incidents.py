"""Ends that belong together: told once, judged once, and no proof of themselves."""

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.explanation import Explained
from knowledge.contexts import Tale

VSFTPD = "(vsFTPd 3.0.3)"


def ready(tale: Tale, *names: str, at: float = 0, greeting: str = "bench") -> None:
    for name in names:
        tale.ready(at, name, greeting)


def ended(tale: Tale) -> list[Explained]:
    """The newest explanation of each end that nobody asked for."""
    tale.watch.settle(float("inf"))
    return [e for e in tale.watch.explanations() if not e.explanation.solicited]


@pytest.mark.parametrize("count", [3, 30, 500])
def test_sessions_that_end_together_are_one_incident_whatever_their_words(count: int) -> None:
    tale, lines = Tale(), list[Explained]()
    tale.watch.subscribe(lambda update: lines.extend(update.explained))
    names = [f"s{n}" for n in range(count)]
    ready(tale, *names)
    for number, name in enumerate(names):
        tale.says(20 + number / 1_000, 421, "Timeout.", session=name)
        tale.closes(20 + number / 1_000, 421, session=name)
    told = ended(tale)
    assert len({e.session for e in told}) == count
    assert {e.incident for e in told} == {min(e.by.seq for e in told)}
    assert len({(e.explanation.cause, e.explanation.confidence) for e in told}) == 1
    assert max(line.revision for line in lines) == 2
    (incident,) = tale.watch.state.incidents.values()
    assert (incident.sessions, incident.cause) == (count, told[0].explanation.cause)


def test_two_are_no_incident() -> None:
    tale = Tale()
    ready(tale, "a", "b")
    tale.closes(20, session="a").closes(20, session="b")
    assert {e.incident for e in ended(tale)} == {None}
    assert not tale.watch.state.incidents


def test_the_addresses_of_one_name_are_one_host_and_who_lives_on_is_counted_there() -> None:
    tale = Tale()
    for number, name in enumerate("abcde"):
        tale.peer = f"192.0.2.{number % 4}:21"
        tale.ready(session=name, greeting="ProFTPD Server ready.")
    for number, name in enumerate("abcd"):
        tale.says(20 + number / 20, 421, "FTP server shutting down", session=name)
        tale.closes(20 + number / 20, 421, session=name)
    told = ended(tale)
    (incident,) = tale.watch.state.incidents.values()
    assert {e.incident for e in told} == {incident.seq}
    assert (incident.sessions, incident.host) == (4, "ftp.example.com")
    assert {e.explanation.against for e in told} == {("1 other session of this host lives on",)}


def test_an_end_that_makes_it_an_incident_is_told_as_one_of_it_at_once() -> None:
    tale = Tale()
    ready(tale, *"abcd", greeting="ProFTPD Server ready.")
    for number, name in enumerate("abcd"):
        tale.says(20 + number / 20, 421, "FTP server shutting down", session=name)
        tale.closes(20 + number / 20, 421, session=name)
    last = tale.watch.explanations()[-1]
    assert any("sessions of this host ended" in text for text in last.explanation.evidence)


def test_one_after_the_other_is_one_incident_and_later_ones_are_none() -> None:
    tale = Tale()
    ready(tale, *"abcdefg")
    for number, name in enumerate("abcdef"):
        tale.closes(20 + number * 0.4, session=name)
    tale.closes(60, session="g")
    told = {e.session: e.incident for e in ended(tale)}
    assert len({told[name] for name in "abcdef"}) == 1
    assert told["a"] is not None and told["g"] is None


def test_attempts_that_fail_together_are_one_incident() -> None:
    tale = Tale()
    for name in "abcd":
        tale.opening(0, name).fails(0.1, Stage.CONNECT, "h port 21: connection refused", name)
    told = ended(tale)
    assert {e.explanation.cause for e in told} == {"server_unreachable"}
    assert len({e.incident for e in told}) == 1 and told[0].incident is not None


def test_what_we_end_ourselves_is_no_incident() -> None:
    tale = Tale()
    ready(tale, "a", "b", "c")
    for name in "abc":
        tale.closes(20, by=ClosedBy.USER_PI, manner=Manner.LOCAL, session=name)
    tale.watch.settle(100)
    assert not tale.watch.state.incidents


def test_equal_idle_times_that_fit_a_clock_speak_for_the_clock() -> None:
    tale = Tale()
    ready(tale, "a", "b", "c", greeting=VSFTPD)
    for name in "abc":
        tale.closes(300.2, session=name)
    assert {e.explanation.cause for e in ended(tale)} == {"idle_timeout"}


def test_different_idle_times_speak_against_the_clock() -> None:
    tale = Tale()
    for number, name in enumerate("abc"):
        ready(tale, name, at=number * 10)
    for name in "abc":
        tale.says(300, 421, "Timeout.", session=name).closes(300, 421, session=name)
    why = ended(tale)[0].explanation
    assert why.cause != "idle_timeout"
    against = [words for other in why.alternatives for words in other.against]
    assert any("idle for different times" in words for words in against)


def test_ends_of_different_kinds_while_most_live_on_are_no_shutdown() -> None:
    tale = Tale()
    names = [f"s{n}" for n in range(13)]
    ready(tale, *names)
    tale.says(50, 421, "Timeout (900 seconds)", session="s0").closes(50, 421, session="s0")
    tale.says(50.1, 221, "Goodbye", session="s1").closes(50.1, 221, session="s1")
    tale.closes(50.2, session="s2")
    told = ended(tale)
    assert all(e.explanation.cause != "server_shutdown" for e in told)
    assert len({e.incident for e in told}) == 1 and told[0].incident is not None


def test_who_lives_on_speaks_against_a_shutdown_that_was_announced_to_one() -> None:
    tale = Tale()
    ready(tale, "a", "b", "c")
    tale.says(50, 421, "Server shutting down", session="a").closes(50, 421, session="a")
    why = tale.told("a")
    assert why.cause == "server_shutdown" and why.confidence != "certain"
    assert why.against == ("2 other sessions of this host live on",)


def test_a_limit_that_a_close_taught_is_no_proof_of_that_close() -> None:
    tale = Tale()
    ready(tale, "a")
    tale.says(19.1, 421, "Bye bye", session="a").closes(19.1, 421, session="a")
    before = tale.told("a")
    tale.happens(19.1, LimitKnown("192.0.2.1", 21, "idle", 19.1, "observed"), "a")
    tale.closes(19.2, session="a")
    assert tale.told("a") == before
    ready(tale, "b", at=30)
    tale.says(49.1, 421, "Bye bye", session="b").closes(49.1, 421, session="b")
    assert "this host closed after 19.1 s without a command before" in tale.told("b").evidence


def test_unknown_words_are_unknown_though_keep_alives_were_answered() -> None:
    tale = Tale().ready(keep_alive=3).keeps_alive(3, 8)
    why = tale.says(9, 421, "服务器断开连接").closes(9, 421).told()
    assert why.cause == "unknown"
    assert "no_transfer_timeout" in [other.cause for other in why.alternatives]


def test_unknown_words_at_a_usual_limit_to_the_second_are_that_clock() -> None:
    why = Tale().ready().says(300.3, 421, "服务器断开连接").closes(300.3, 421).told()
    assert why.cause == "idle_timeout"
    assert (
        Tale().ready().says(308, 421, "服务器断开连接").closes(308, 421).told().cause == "unknown"
    )


def test_whose_words_they_are_is_said_of_who_is_recognised_only() -> None:
    tale = Tale().ready(greeting="bench").says(40, 421, "Timeout.").closes(40, 421)
    assert not any("says exactly" in words for words in tale.told().evidence)
    tale = Tale().ready(greeting=VSFTPD).says(40, 421, "Timeout.").closes(40, 421)
    assert "this is vsftpd's wording" in tale.told().evidence


def test_nothing_is_advised_after_our_own_quit() -> None:
    tale = Tale().ready(greeting="ProFTPD Server").asks(5, "QUIT", Purpose.QUIT)
    why = tale.says(5, 221, "Goodbye.", Role.FINAL).closes(5, 221, solicited=True).told()
    assert why.cause == "client_quit"
    assert (why.advice.client, why.advice.server) == ((), ())


def test_advice_names_the_cheapest_command_that_this_server_counts() -> None:
    greeting = "---------- Welcome to Pure-FTPd [privsep] [TLS] ----------"
    tale = Tale().ready(greeting=greeting, keep_alive=30).keeps_alive(30, 1799)
    words = "Timeout (no operation for 1800 seconds)"
    why = tale.says(1800, 421, words).closes(1800, 421).told()
    assert why.advice.client[0] == "send STAT every 900 s: NOOP does not reset this clock"
    assert not any(step.startswith("or ") for step in why.advice.client)


def test_leaving_while_connecting_is_our_own_doing() -> None:
    from ftpwatch.core.journal.events import LEFT_BY_US

    why = Tale().opening(0).fails(1, Stage.CONNECT, LEFT_BY_US).told()
    assert (why.cause, why.confidence) == ("local", "certain")


def test_the_few_whose_own_reply_names_another_cause_keep_it() -> None:
    tale = Tale()
    for n in range(30):
        tale.ready(n / 10, session=f"s{n}", keep_alive=60)
    for n in range(30):
        words = "Kicked by administrator." if n % 8 == 0 else "Timeout."
        tale.says(40, 421, words, session=f"s{n}").closes(40, 421, session=f"s{n}")
    causes = [tale.told(f"s{n}").cause for n in range(30)]
    assert {cause for n, cause in enumerate(causes) if n % 8 == 0} == {"kicked"}
    assert {cause for n, cause in enumerate(causes) if n % 8} == {"server_shutdown"}
