"""What must come out right: causes with their confidence, from words and circumstances."""

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Role, Stage
from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.verdict import Verdict
from knowledge.contexts import Tale

PROFTPD = "ProFTPD Server (main) [192.0.2.1]"
PYFTPDLIB = "pyftpdlib 2.2.0 ready."
PURE = "---------- Welcome to Pure-FTPd [privsep] [TLS] ----------"


def test_an_idle_421_with_its_limit_is_certain_and_says_which_interval_would_hold() -> None:
    told = Tale().ready().says(600, 421, "Idle for 600 seconds, closing.").told()
    assert (told.cause, told.confidence, told.clock) == ("idle_timeout", "certain", "idle")
    assert told.limit_seconds == 600
    assert any("300 s" in step for step in told.advice.client)


def test_no_transfer_on_proftpd_names_the_directive_and_rules_idle_out() -> None:
    tale = Tale().ready(greeting=PROFTPD, keep_alive=30).keeps_alive(30, 299)
    tale.says(300, 421, "No transfer timeout (300 seconds): closing control connection")
    told = tale.told()
    assert (told.cause, told.confidence) == ("no_transfer_timeout", "certain")
    assert (told.server, told.directive) == ("ProFTPD", "TimeoutNoTransfer")
    assert any("keep-alives were sent and answered" in words for words in told.evidence)
    (idle,) = [other for other in told.alternatives if other.cause == "idle_timeout"]
    assert any("command had been sent" in words for words in idle.against)


def test_the_second_clock_of_pure_ftpd_is_no_idle_timeout() -> None:
    tale = Tale().ready(greeting=PURE, keep_alive=60).keeps_alive(60, 1799)
    told = tale.says(1800, 421, "Timeout (no operation for 1800 seconds)").told()
    assert told.cause == "no_transfer_timeout"
    assert told.directive is not None and told.directive.startswith("MaxIdleTime (-I)")


def test_a_421_in_place_of_a_greeting_is_a_refusal() -> None:
    tale = Tale().opened().says(0.1, 421, "Too many connections (8) from this IP", Role.GREETING)
    told = tale.told()
    assert (told.cause, told.confidence) == ("too_many_connections_from_address", "certain")
    assert "in place of the greeting" in told.meaning
    assert any("passive mode does not cure" in step for step in told.advice.client)


def test_an_unknown_refusal_in_place_of_a_greeting_claims_little() -> None:
    told = Tale().opened().says(0.1, 421, "Go away", Role.GREETING).told()
    assert told.confidence == "possible"
    assert len(told.alternatives) >= 2


def test_530_that_means_full_is_no_wrong_password() -> None:
    tale = Tale().opened().greets(PROFTPD).asks(1, "PASS", Purpose.LOGIN)
    text = "Sorry, the maximum number of allowed clients (1) are already connected."
    told = tale.says(1.1, 530, text, Role.FINAL).told()
    assert (told.cause, told.directive) == ("too_many_connections", "MaxClients")


def test_530_login_incorrect_is_a_refused_login() -> None:
    tale = Tale().opened().greets(PROFTPD).asks(1, "PASS", Purpose.LOGIN)
    told = tale.says(1.1, 530, "Login incorrect.", Role.FINAL).told()
    assert (told.cause, told.confidence) == ("login_refused", "certain")


@pytest.mark.parametrize(
    ("living", "confidence", "against"),
    [
        ((), "certain", ()),
        (("b",), "likely", ("1 other session of this host lives on",)),
    ],
)
def test_what_speaks_against_it_leaves_no_cause_certain(
    living: tuple[str, ...], confidence: str, against: tuple[str, ...]
) -> None:
    tale = Tale()
    for name in ("a", *living):
        tale.ready(session=name, greeting=PROFTPD)
    tale.says(50, 421, "FTP server shutting down - maintenance", session="a")
    told = tale.closes(50.1, 421, session="a").told("a")
    assert (told.cause, told.confidence, told.against) == ("server_shutdown", confidence, against)


GENERIC = "Service not available, closing control connection."


def test_the_generic_sentence_after_failed_logins_means_abuse() -> None:
    tale = Tale().opened().greets("host FTP server (GNU inetutils 2.4) ready.")
    for at in range(5):
        tale.asks(at, "PASS", Purpose.LOGIN).says(at + 0.1, 530, "Login incorrect.", Role.FINAL)
    tale.asks(9, "PASS", Purpose.LOGIN)
    assert tale.says(9.1, 421, GENERIC, Role.FINAL).told().cause == "login_abuse"


def test_the_generic_sentence_as_a_greeting_does_not_mean_abuse() -> None:
    told = Tale().opened().says(0.1, 421, GENERIC, Role.GREETING).told()
    assert told.cause != "login_abuse"
    assert told.confidence != "certain"


def test_a_421_for_a_data_connection_is_no_end() -> None:
    tale = Tale().ready(greeting="pyftpdlib 2.2.0 ready.")
    told = tale.says(31, 421, "Passive data channel timed out.").told()
    assert told.cause == "data_connection_failed"
    assert "does not close" in told.summary


def test_221_to_our_quit_is_no_incident_even_with_a_421_after_it() -> None:
    tale = Tale().ready(greeting="DrFTPD 4.0").asks(9, "QUIT", Purpose.QUIT)
    tale.says(9.1, 221, "Goodbye!", Role.FINAL).says(9.2, 421, "Connection closing")
    told = tale.closes(9.3, 221, solicited=True).told()
    assert (told.cause, told.confidence, told.solicited) == ("client_quit", "certain", True)


def test_221_that_nobody_asked_for_is_told_apart() -> None:
    told = Tale().ready().says(40, 221, "Goodbye.").told()
    assert (told.cause, told.solicited) == ("server_goodbye", False)


def test_status_by_filezilla_is_no_close() -> None:
    tale = Tale().ready(greeting="FileZilla Server 1.9.4").asks(5, "STAT", Purpose.USER)
    told = tale.says(5.1, 221, "Status of /pub:\nEnd", Role.FINAL).told()
    assert told.cause is None


def test_a_silent_fin_is_never_called_a_timeout() -> None:
    told = Tale().ready().closes(137).told()
    assert told.cause == "connection_lost"
    assert told.confidence != "certain"


def test_three_sessions_ending_together_are_a_shutdown() -> None:
    tale = Tale()
    for name in ("a", "b", "c"):
        tale.ready(session=name)
    for n, name in enumerate(("a", "b", "c")):
        tale.closes(77 + n / 10, session=name)
    assert tale.told("c").cause == "server_shutdown"


def test_a_shutdown_is_one_incident_and_earlier_closes_are_revised() -> None:
    tale = Tale()
    for name in ("a", "b", "c"):
        tale.ready(session=name)
    tale.says(50, 421, "Server shutting down", session="a").closes(50, 421, session="a")
    tale.closes(50.3, session="b").closes(50.6, session="c")
    assert [tale.told(name).cause for name in "abc"] == ["server_shutdown"] * 3
    assert tale.told("a").confidence == "certain"
    incidents = {e.incident for e in tale.watch.explanations()}
    assert len(incidents) == 1 and None not in incidents


def test_two_sessions_that_idle_alike_are_no_shutdown() -> None:
    tale = Tale().ready(session="a").ready(session="b").ready(session="c")
    for name in ("a", "b", "c"):
        tale.says(60, 421, "Idle for 60 seconds, closing.", session=name)
        tale.closes(60, 421, session=name)
    assert tale.told("c").cause == "idle_timeout"


def test_an_rst_without_a_word_is_lost_not_explained_away() -> None:
    told = Tale().ready().closes(12, manner=Manner.RESET).told()
    assert told.cause == "connection_lost"
    assert any("RST" in words for words in told.evidence)


def test_no_name_no_port_no_tls_no_greeting() -> None:
    for stage, cause in (
        (Stage.RESOLVE, "server_unreachable"),
        (Stage.CONNECT, "server_unreachable"),
    ):
        tale = Tale()
        tale.opened()
        fresh = Tale()
        facts = tale.watch.state.sessions["s"].target
        from ftpwatch.core.journal.events import ConnectionOpening, SessionAdded

        fresh.happens(0, SessionAdded(facts))
        fresh.happens(0, ConnectionOpening("ftp.example.com", 21, 1))
        assert fresh.fails(1, stage, "no").told().cause == cause
    told = Tale().opened().fails(1, Stage.TLS, "certificate not accepted: expired").closes(1.1)
    assert told.told().cause == "tls_failed"


def test_our_own_close_is_ours() -> None:
    told = Tale().ready().closes(5, by=ClosedBy.USER_PI, manner=Manner.LOCAL).told()
    assert told.cause == "local"


def test_our_own_close_before_the_greeting_is_ours_and_nothing_else() -> None:
    told = Tale().opened().closes(2, by=ClosedBy.USER_PI, manner=Manner.LOCAL).told()
    assert (told.cause, told.confidence, told.alternatives) == ("local", "certain", ())


def test_our_own_close_within_the_servers_limit_is_not_the_path() -> None:
    tale = Tale().ready()
    tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 600.0, "advertised"))
    told = tale.closes(100, by=ClosedBy.USER_PI, manner=Manner.LOCAL).told()
    assert (told.cause, told.confidence, told.alternatives) == ("local", "certain", ())


def test_the_explanation_is_revised_by_the_close_not_repeated() -> None:
    tale = Tale().ready().says(60, 421, "Idle for 60 seconds, closing.")
    before = tale.watch.explanations()
    tale.closes(60.1, 421)
    after = tale.watch.explanations()
    assert [e.of for e in before] == [e.of for e in after]


# Wordings that no file holds: the right family, or unknown, never a confident wrong cause.
UNSEEN = [
    (421, "Sie waren zu lange inaktiv (idle limit 300 sec)", "ready", 300, {"idle_timeout"}),
    (421, "Inactivity timer expired, closing session", "ready", 120, {"idle_timeout"}),
    (421, "Sorry, too many clients from your IP address, max 3", "greeting", 0,
     {"too_many_connections_from_address"}),
    (421, "Server is restarting, please come back soon", "ready", 33, {"server_shutdown"}),
    (421, "We are down for maintenance until noon", "greeting", 0, {"service_unavailable"}),
    (421, "Your address has been banned for an hour", "greeting", 0, {"login_abuse"}),
    (421, "You must use TLS to log in here", "login", 1, {"tls_required"}),
    (421, "Disconnected by the admin", "ready", 44, {"kicked"}),
    (421, "Maximum session time of 60 minutes reached", "ready", 3600, {"session_time_limit"}),
    (421, "Server load too high, try later", "greeting", 0, {"service_unavailable"}),
    (421, "Fiddlesticks", "ready", 17, {"unknown", "idle_timeout"}),
    (421, "\x1b]0;owned\x07", "ready", 5, {"unknown", "idle_timeout"}),
    (421, "", "ready", 5, {"unknown", "idle_timeout"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "phase", "at", "causes"), UNSEEN)
def test_unseen_wordings(code: int, text: str, phase: str, at: float, causes: set[str]) -> None:
    tale = Tale()
    if phase == "ready":
        tale.ready().says(at, code, text)
    elif phase == "greeting":
        tale.opened().says(at, code, text, Role.GREETING)
    else:
        tale.opened().greets().asks(at, "USER", Purpose.LOGIN)
        tale.says(at + 0.1, code, text, Role.FINAL)
    told = tale.told()
    assert told.cause in causes
    if "unknown" in causes:
        assert told.confidence == "possible"


def test_silence_cut_before_the_servers_own_limit_is_the_path() -> None:
    tale = Tale().ready()
    tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 600.0, "advertised"))
    tale.asks(1, "NOOP").says(1, 200, "ok", Role.FINAL)
    told = tale.closes(301, manner=Manner.RESET).told()
    assert told.cause == "path_idle_timeout"
    assert "600.0 s (advertised)" in " ".join(told.evidence)


def test_of_a_hundred_that_end_together_each_does_not_tell_all_others_anew() -> None:
    tale, lines = Tale(), list[Explained]()
    tale.watch.subscribe(lambda update: lines.extend(update.explained))
    names = [f"s{n}" for n in range(200)]
    for name in names:
        tale.ready(session=name)
    for number, name in enumerate(names):
        tale.closes(100 + number / 1_000, session=name)
    tale.watch.settle(102)
    assert len(lines) < 600
    last = {name: [line for line in lines if line.session == name][-1] for name in names}
    assert {line.explanation.cause for line in last.values()} == {"server_shutdown"}
    assert {line.incident for line in last.values()} == {last["s0"].of}
    for line in last.values():
        assert "200 sessions of this host ended within 0.2 s" in line.explanation.evidence
    assert max(line.revision for line in lines) == 2


def test_where_our_check_of_tls_failed_nobody_refused_us() -> None:
    tale = Tale().opened(tls="implicit")
    tale.fails(0.1, Stage.TLS, "certificate not accepted: self-signed certificate")
    told = tale.closes(0.1, by=ClosedBy.USER_PI, manner=Manner.LOCAL).told()
    assert told.cause == "tls_failed"
    assert told.alternatives == ()


@pytest.mark.parametrize(("tls", "hinted"), [("off", True), ("require", True), ("implicit", False)])
def test_a_port_that_waits_for_tls_is_thought_of_where_no_greeting_comes(
    tls: str, hinted: bool
) -> None:
    tale = Tale().opened(tls=tls)
    tale.fails(15, Stage.GREETING, "no answer within 15 s")
    told = tale.closes(15, by=ClosedBy.USER_PI, manner=Manner.LOCAL).told()
    assert told.cause == "no_answer"
    assert ("ftps://" in " ".join(told.advice.client)) is hinted


def test_the_421_that_ends_it_is_not_outlived() -> None:
    """It crosses a keep-alive, and counts as the answer to it."""
    tale = Tale().ready(keep_alive=20)
    tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 60.0, "advertised"))
    tale.keeps_alive(20, until=60).asks(80, "NOOP").says(80.1, 421, "Timeout.", Role.FINAL)
    judged = tale.watch.state.verdicts.get("s")
    assert judged is not None and judged.verdict is Verdict.NOT_YET
    tale.closes(80.2, 421)


@pytest.mark.parametrize(
    ("second", "cause"), [(300.3, "connection_lost"), (310, "path_idle_timeout")]
)
def test_a_limit_of_the_path_strikes_twice_not_two_at_once(second: float, cause: str) -> None:
    """Two that are cut in one moment may be a crash; at an equal gap, later, it is a limit."""
    tale = Tale().ready(0, session="a").ready(second - 300, session="b")
    tale.asks(0, "NOOP", session="a").says(0, 200, "ok", Role.FINAL, session="a")
    tale.asks(second - 300, "NOOP", session="b")
    tale.says(second - 300, 200, "ok", Role.FINAL, session="b")
    tale.closes(300, session="a", manner=Manner.RESET)
    tale.closes(second, session="b", manner=Manner.RESET)
    assert tale.told(session="b").cause == cause


def test_silence_cut_by_a_fin_may_be_the_path_where_the_server_waits_longer() -> None:
    tale = Tale().ready()
    tale.happens(0, LimitKnown("192.0.2.1", 21, "idle", 600.0, "measured"))
    tale.asks(1, "NOOP").says(1, 200, "ok", Role.FINAL)
    told = tale.closes(301).told()
    assert (told.cause, told.confidence) == ("path_idle_timeout", "likely")
    assert "connection_lost" in [other.cause for other in told.alternatives]


def limited_to(seconds: float, clock: str = "idle", source: str = "observed") -> Tale:
    tale = Tale().ready(greeting=PYFTPDLIB)
    tale.happens(0, LimitKnown("192.0.2.1", 21, clock, seconds, source))
    return tale


def test_a_limit_that_was_outlived_is_not_certain_and_the_sentence_tells_this_case() -> None:
    told = limited_to(45.1).says(179.7, 421, "Control connection timed out.").told()
    assert (told.cause, told.confidence) == ("idle_timeout", "likely")
    assert told.against == ("179.7 s is long past the limit of 45.1 s (seen here)",)
    assert told.sentence.startswith("The server closed after 179.7 s without a command, long past")
    assert told.summary.startswith(told.sentence)
    assert not any("usual limit" in words for words in told.evidence)
    assert any("NOOP every 22 s" in step for step in told.advice.client)


def test_a_limit_that_strikes_in_time_is_certain() -> None:
    told = limited_to(45.1).says(46.0, 421, "Control connection timed out.").told()
    assert (told.confidence, told.against) == ("certain", ())
    assert told.sentence == "The server closes a session after 45.1 s without a command."


def test_an_end_before_the_limit_is_not_told_as_that_limit() -> None:
    told = limited_to(300.0).says(120, 421, "Control connection timed out.").told()
    assert told.cause == "idle_timeout"
    assert "300" not in told.sentence


def test_a_limit_that_the_reply_states_may_be_outlived_too() -> None:
    tale = Tale().ready(greeting=PROFTPD)
    tale.says(900, 421, "No transfer timeout (300 seconds): closing control connection")
    told = tale.told()
    assert (told.cause, told.confidence) == ("no_transfer_timeout", "likely")
    assert "900.0 s without a listing or transfer, long past its limit of 300 s" in told.sentence


def test_a_server_that_looks_at_its_clock_when_a_keep_alive_comes_has_not_outlived_it() -> None:
    tale = Tale().ready(greeting="--------- Welcome to Pure-FTPd ---------", keep_alive=20)
    tale.keeps_alive(20, 60)
    tale.says(79, 421, "Timeout (no operation for 60 seconds)")
    told = tale.told()
    assert (told.cause, told.confidence) == ("no_transfer_timeout", "certain")
