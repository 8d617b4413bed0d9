"""Wordings that nobody has recorded: the right family, or doubt, never a confident wrong cause."""

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.explanation import Explanation
from knowledge.contexts import Tale

PROFTPD = "ProFTPD 1.3.8 Server (x) [::1]"
VSFTPD = "(vsFTPd 3.0.3)"


def when_ready(
    text: str, code: int = 421, idle: float = 3, greeting: str = "Welcome", also: str = ""
) -> Explanation:
    tale = Tale().ready(greeting=greeting)
    tale.says(idle, code, text)
    if also:
        tale.says(idle, code, also)
    return tale.closes(idle + 0.1, code).told()


def as_greeting(text: str, code: int = 421) -> Explanation:
    tale = Tale().opened()
    tale.says(0, code, text, Role.GREETING)
    return tale.closes(0.1, code).told()


def at_login(text: str, code: int = 530, *, failed: int = 0) -> Explanation:
    tale = Tale().opened().greets()
    for n in range(failed + 1):
        tale.asks(n, "USER", Purpose.LOGIN).says(n, 331, "password?", Role.FINAL)
        tale.asks(n, "PASS", Purpose.LOGIN)
        last = n == failed
        tale.says(n + 0.2, code if last else 530, text if last else "No.", Role.FINAL)
    return tale.told()


def verdict(told: Explanation) -> tuple[str | None, str]:
    return told.cause, told.confidence.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Server error (not an idle timeout)", ("service_unavailable", "likely")),
        ("Connection timed out while reading database", ("idle_timeout", "possible")),
        ("Restarting idle workers", ("server_shutdown", "likely")),
        ("Server shutting down because of idle timeout policy", ("idle_timeout", "likely")),
        ("LDAP: too many connections to directory", ("too_many_connections", "possible")),
        ("An administrator has terminated your session", ("kicked", "likely")),
        ("You have been idle too long", ("idle_timeout", "likely")),
        ("Idle for 3 seconds, bye", ("idle_timeout", "certain")),
        ("No transfer in 9 seconds", ("no_transfer_timeout", "possible")),
    ],
)
def test_a_keyword_after_some_idle_seconds_is_no_certainty(
    text: str, expected: tuple[str, str]
) -> None:
    assert verdict(when_ready(text)) == expected


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("No transfer timeout (600 seconds): closing control connection", "no_transfer_timeout"),
        ("Session Timeout (600 seconds): closing control connection", "session_time_limit"),
        ("Login timeout (3 seconds): closing control connection", "login_timeout"),
    ],
)
def test_a_stated_limit_that_was_not_reached_speaks_against(text: str, cause: str) -> None:
    told = when_ready(text, greeting=PROFTPD)
    assert verdict(told) == (cause, "likely")
    assert told.against


def test_a_sentence_out_of_its_phase_is_doubted() -> None:
    told = when_ready("Data timeout. Reconnect. Sorry.", greeting=VSFTPD)
    assert verdict(told) == ("stalled_transfer", "likely")
    assert "idle_timeout" in [other.cause for other in told.alternatives]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Too many idle users, try later", "too_many_connections"),
        ("Idle session pool exhausted", "too_many_connections"),
        ("Closing idle connections, server is overloaded", "service_unavailable"),
        ("Connection refused: disk full", "service_unavailable"),
        ("Too many logins from your address", "too_many_connections_from_address"),
        ("Trop de connexions (5) depuis cette IP", "too_many_connections_from_address"),
        ("Zuviele Verbindungen (5) von dieser IP-Adresse.", "too_many_connections_from_address"),
        ("Demasiadas conexiones (5) desde esta IP", "too_many_connections_from_address"),
        ("Troppe connessioni (5) da questo IP", "too_many_connections_from_address"),
        ("Teveel verbindingen (5) vanaf dit IP", "too_many_connections_from_address"),
        ("You have been blocked for repeated failed logins", "login_abuse"),
    ],
)
def test_in_place_of_a_greeting_it_is_a_refusal(text: str, cause: str) -> None:
    assert as_greeting(text).cause == cause


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Too many logins from your address", "too_many_connections_from_address"),
        ("Too many logins for this account", "too_many_sessions_for_user"),
        ("Not logged in: all 50 slots used", "too_many_connections"),
        ("Permission denied: not from this network", "address_refused"),
        ("Account disabled", "login_refused"),
        ("Login disabled for user bob", "login_refused"),
        ("Authentication error: too many open sessions: 3", "too_many_sessions_for_user"),
        ("Too many login failures", "login_abuse"),
    ],
)
def test_at_login_full_banned_and_wrong_are_told_apart(text: str, cause: str) -> None:
    assert at_login(text).cause == cause


def test_a_known_refusal_that_names_its_cause_is_certain_from_any_server() -> None:
    tale = Tale().ready(session="a")  # the host has greeted in words of nobody
    tale.opened(5, "b").says(5, 421, "Too many connections (2) from this IP", Role.GREETING, "b")
    told = tale.closes(5.1, 421, session="b").told("b")
    assert verdict(told) == ("too_many_connections_from_address", "certain")


def test_access_denied_decides_nothing() -> None:
    assert at_login("Access denied.").confidence.value == "possible"


def test_the_generic_sentence_is_abuse_only_after_failed_logins() -> None:
    generic = "Service not available, closing control connection."
    first = at_login(generic, 421)
    assert verdict(first) == ("server_shutdown", "possible")
    assert "service_unavailable" in [other.cause for other in first.alternatives]
    assert at_login(generic, 421, failed=5).cause == "login_abuse"


def test_another_servers_second_meaning_is_not_pinned_on_this_one() -> None:
    for greeting, directive in ((PROFTPD, "TimeoutIdle"), (VSFTPD, "idle_session_timeout")):
        told = when_ready("Timeout", greeting=greeting)
        assert (told.cause, told.directive) == ("idle_timeout", directive)
        assert "session_time_limit" not in [other.cause for other in told.alternatives]


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [
        ("Closing.", "No transfer for 3 seconds", "no_transfer_timeout"),
        ("No transfer for 3 seconds", "Closing.", "no_transfer_timeout"),
        ("Sorry.", "Server shutting down", "server_shutdown"),
    ],
)
def test_of_two_replies_in_one_breath_the_specific_one_counts(
    first: str, second: str, cause: str
) -> None:
    assert when_ready(first, also=second).cause == cause


def test_a_goodbye_that_speaks_of_a_timeout_is_not_certain() -> None:
    told = when_ready("Timeout, bye", code=221, idle=300)
    assert verdict(told) == ("server_goodbye", "likely")
    assert [other.cause for other in told.alternatives] == ["idle_timeout"]


@pytest.mark.parametrize(("idle", "cause"), [(905, "idle_timeout"), (1075, "idle_timeout"),
                                             (1200, "connection_lost")])  # fmt: skip
def test_a_server_that_looks_now_and_then_closes_later_than_its_limit(
    idle: float, cause: str
) -> None:
    tale = Tale().ready(greeting="SFTPGo_2.6.2 FTP Server Ready", keep_alive=30)
    assert tale.keeps_alive(30, idle - 5).closes(idle).told().cause == cause


def test_three_that_were_idle_alike_are_not_surely_a_shutdown() -> None:
    tale = Tale()
    for name in ("a", "b", "c"):
        tale.ready(session=name)
    for n, name in enumerate(("a", "b", "c")):
        tale.closes(4 + n / 10, session=name)
    told = tale.told("c")
    assert verdict(told) == ("server_shutdown", "possible")
    assert "idle_timeout" in [other.cause for other in told.alternatives]


def test_a_120_and_a_close_is_a_full_queue() -> None:
    tale = Tale().opened()
    tale.says(0, 120, "The user queue is full, please try again later.", Role.GREETING)
    assert tale.closes(0.1, 120).told().cause == "too_many_connections"


@pytest.mark.parametrize(("tls", "cause"), [("require", "tls_failed"), ("try", None)])
def test_auth_refused_matters_where_tls_is_required(tls: str, cause: str | None) -> None:
    tale = Tale().opened(tls=tls).greets()
    tale.asks(0, "AUTH", Purpose.SETUP).says(0, 500, "Unknown command.", Role.FINAL)
    assert tale.told().cause == cause
