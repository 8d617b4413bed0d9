"""Wordings by kinds: families in many languages and spellings, the standard's own sentences, words
that end nothing, and what people call servers.
"""

from importlib import resources

import msgspec
import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Cause, Role
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.core.state.phases import Phase
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import explain_codeless, explain_pasted, find_server
from ftpwatch.knowledge.spelling import Spelling
from ftpwatch.knowledge.word_rows import SpellingTable
from knowledge.contexts import Tale
from knowledge.said import ENGLISH, FOREIGN, NOTHING, TRANSLATED, UNDECIDED

KNOWLEDGE = load()


def each(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(reply, cause) for cause, replies in table.items() for reply in replies]


def explained(reply: str, phase: str | None = None, server: str | None = None) -> Explanation:
    table = find_server(server, KNOWLEDGE) if server else None
    at = Phase(phase) if phase else None
    return explain_pasted(int(reply[:3]), reply[4:], at, table, KNOWLEDGE)


def lived(reply: str) -> Explanation:
    """The reply in the midst of a session, or in answer to a password, then a close."""
    code, text, tale = int(reply[:3]), reply[4:], Tale()
    if code in (430, 530, 534):
        tale.opened().greets().asks(1, "PASS", Purpose.LOGIN)
        return tale.says(1.1, code, text, Role.FINAL).told()
    if code == 221:
        tale.ready().asks(5, "QUIT", Purpose.QUIT)
        return tale.says(5.1, code, text, Role.FINAL).closes(5.2, code, solicited=True).told()
    if code not in (421, 425, 426):
        return tale.opened().says(0.1, code, text, Role.GREETING).closes(0.2, code).told()
    return tale.ready().says(7, code, text).closes(7.1, code).told()


def greeted_with(reply: str) -> Explanation:
    code, text = int(reply[:3]), reply[4:]
    return Tale().opened().says(0.1, code, text, Role.GREETING).closes(0.2, code).told()


@pytest.mark.parametrize(("reply", "cause"), [*each(ENGLISH), *each(FOREIGN), *each(TRANSLATED)])
def test_words_have_their_cause_in_any_spelling_and_language(reply: str, cause: str) -> None:
    assert explained(reply).cause == cause


@pytest.mark.parametrize(("reply", "cause"), [*each(FOREIGN), *each(TRANSLATED)])
def test_a_foreign_wording_is_likely_at_most(reply: str, cause: str) -> None:
    assert explained(reply).confidence is not Confidence.CERTAIN
    for told in [lived(reply)] if reply.startswith("221") else [lived(reply), greeted_with(reply)]:
        if told.cause != Cause.CLIENT_QUIT:
            assert told.confidence is not Confidence.CERTAIN


@pytest.mark.parametrize(
    ("reply", "cause"),
    [pair for pair in each(FOREIGN) if pair[0][:3] in ("421", "530")
     and pair[1] not in ("data_connection_failed", "login_timeout")],
)  # fmt: skip
def test_a_watched_session_understands_other_languages_too(reply: str, cause: str) -> None:
    told = lived(reply) if cause in ("idle_timeout", "server_shutdown") else None
    if told is None and reply.startswith("530"):
        told = lived(reply)
    elif told is None:
        told = greeted_with(reply)
    assert told.cause == cause
    assert any("the reply is in" in words for words in told.against)


@pytest.mark.parametrize("reply", NOTHING)
def test_words_of_limits_count_in_refusals_alone(reply: str) -> None:
    assert explained(reply).cause is None


@pytest.mark.parametrize("reply", UNDECIDED)
def test_words_that_tell_nothing_are_unknown(reply: str) -> None:
    told = explained(reply)
    assert (told.cause, told.confidence) == (Cause.UNKNOWN, Confidence.POSSIBLE)


@pytest.mark.parametrize("row", KNOWLEDGE.sentences, ids=lambda row: row.example)
def test_a_sentence_of_the_standard_names_no_server(row) -> None:  # type: ignore[no-untyped-def]
    for code in row.codes:
        for text in (row.example, row.example.rstrip("."), row.example.upper()):
            for phase in (None, *(p for p in Phase if p not in (Phase.WAITING, Phase.CLOSED))):
                told = explain_pasted(code, text, phase, None, KNOWLEDGE)
                assert told.server is None and told.directive is None
                assert told.cause == row.cause


@pytest.mark.parametrize(
    "reply",
    [
        "421 Service not available",
        "421 Service unavailable",
        "421 Service not available.",
        "421 Service not available, closing control connection",
        "421 Service not available, closing connection.",
    ],
)
def test_service_not_available_is_a_shutdown_at_most_possibly(reply: str) -> None:
    told = explained(reply)
    assert (told.cause, told.confidence) == (Cause.SERVER_SHUTDOWN, Confidence.POSSIBLE)
    assert {"service_unavailable", "login_abuse"} <= {other.cause for other in told.alternatives}
    for watched in (lived(reply), greeted_with(reply)):
        assert watched.confidence is Confidence.POSSIBLE and watched.server is None
        assert watched.cause == Cause.SERVER_SHUTDOWN


def test_what_a_named_server_means_by_it_outranks_the_standard() -> None:
    told = explained("421 Service not available, closing control connection.", server="inetutils")
    assert (told.cause, told.server) == (Cause.LOGIN_ABUSE, "GNU inetutils ftpd")


@pytest.mark.parametrize(
    ("reply", "server", "setting"),
    [
        ("425 Unable to build data connection: Operation not permitted", "ProFTPD",
         "TLSOptions NoSessionReuseRequired"),
        ("425 Unable to build data connection: TLS session of data connection not resumed.",
         "FileZilla Server", None),
        ("522 SSL connection failed: session reuse required", "vsftpd", "require_ssl_reuse"),
    ],
)  # fmt: skip
def test_tls_sessions_that_must_be_resumed_are_told_by_their_server(
    reply: str, server: str, setting: str | None
) -> None:
    told = explained(reply)
    assert (told.cause, told.server, told.directive) == (Cause.TLS_FAILED, server, setting)
    assert "resumes the TLS session" in told.advice.client[0]


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        ("425 Connection timed out", "passive ports must be open"),
        ("500 Illegal PORT command.", "use passive mode"),
        ("425 Possible port theft", "use passive mode"),
        ("421 Could not listen for passive connections: no ports free", "simultaneous transfers"),
        ("425 Can't open data connection.", "check passive ports"),
    ],
)
def test_reasons_of_a_failed_data_connection_have_advice_of_their_own(
    reply: str, step: str
) -> None:
    told = explained(reply)
    assert told.cause == Cause.DATA_CONNECTION_FAILED
    assert step in " ".join(told.advice.client)


@pytest.mark.parametrize("phase", ["greeting", "tls", "login", "ready", "transfer", "quit"])
@pytest.mark.parametrize(
    ("reply", "cause"),
    [
        ("421 No transfer timeout (600 seconds): closing control connection",
         "no_transfer_timeout"),
        ("421 There are too many connections from your internet address.",
         "too_many_connections_from_address"),
        ("530 Login incorrect.", "login_refused"),
        ("530 Invalid login credentials", "login_refused"),
        ("421 Connections from your address are not allowed", "address_refused"),
    ],
)  # fmt: skip
def test_a_phase_takes_nothing_away_from_the_words(reply: str, cause: str, phase: str) -> None:
    told = explained(reply, phase)
    assert told.cause == cause
    assert bool(told.against) <= (told.confidence is Confidence.POSSIBLE)


def test_a_phase_that_does_not_fit_is_told() -> None:
    told = explained("530 Login incorrect.", "ready")
    assert told.against == ("it is said in phase login, and this was ready",)
    assert told.confidence is Confidence.POSSIBLE


def test_a_named_server_keeps_its_name_where_the_words_are_anybodys() -> None:
    told = explained("421 Timeout.", server="ProFTPD")
    assert (told.cause, told.server, told.directive) == ("idle_timeout", "ProFTPD", "TimeoutIdle")


def test_of_two_generations_the_words_decide() -> None:
    told = explained(
        "421 No-transfer-time exceeded. Closing control connection.", None, "FileZilla"
    )
    assert (told.cause, told.server) == ("no_transfer_timeout", "FileZilla Server 0.9")


def test_what_bsd_clients_print_is_a_lost_connection_and_other_clients_words_are_no_reply() -> None:
    reply = "421 Service not available, remote server has closed connection"
    assert explained(reply).cause == lived(reply).cause == Cause.CONNECTION_LOST
    told = explain_codeless("Peer closed connection", KNOWLEDGE)
    assert told is not None and told.cause == Cause.CONNECTION_LOST
    assert explained("421 Connection closed by server, idle timeout").cause == Cause.IDLE_TIMEOUT


def test_a_watched_mail_server_is_no_ftp() -> None:
    assert lived("421 4.7.0 Try again later, closing connection").cause == Cause.NOT_FTP


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("Too many conections", "Too many connections"),
        ("time exceded, pasword", "time exceeded, password"),
        ("from 192.0.2.62 and [2001:db8::1]", "from this address and this address"),
        ("from host-1.example.net, bye", "from this address, bye"),
        ("client clients planned address addresses", "client clients planned address addresses"),
        ("at 10:30:15 version 1.2.3 of a.txt", "at 10:30:15 version 1.2.3 of a.txt"),
        ("TLS session not reused, 600 seconds", "TLS session not reused, 600 seconds"),
    ],
)
def test_misspellings_are_mended_and_other_words_are_left(text: str, mended: str) -> None:
    table = (resources.files("ftpwatch.knowledge") / "data" / "spelling.toml").read_bytes()
    spelling = Spelling(msgspec.toml.decode(table, type=SpellingTable))
    assert spelling.mend(text) == mended


def test_every_row_of_other_languages_has_an_example_of_its_own_cause() -> None:
    for family in KNOWLEDGE.families:
        if family.language is not None:
            code = family.codes[0] if family.codes else 421
            phase = Phase(family.phases[0]) if family.phases else None
            assert (
                explain_pasted(code, family.example, phase, None, KNOWLEDGE).cause == family.cause
            )


@pytest.mark.parametrize("most", [5, 100, 900, 12345])
def test_a_number_at_the_beginning_is_no_code(most: int) -> None:
    reply = f"421 {most} users (the maximum) are already logged in, sorry"
    assert explained(reply).server == greeted_with(reply).server == "Pure-FTPd"
    assert explained(reply).cause == greeted_with(reply).cause == Cause.TOO_MANY_CONNECTIONS
