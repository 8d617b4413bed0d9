"""Probes judged by thresholds."""

from datetime import UTC, datetime, timedelta

import pytest

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.checked import Limits, Status, Thresholds
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.core.state.probed import Probed, Questions, SeenFile, Step
from ftpwatch.probing.judge import Judge

NOW = datetime(2026, 1, 1, tzinfo=UTC)
STEPS = ((Step.CONNECT, 0.1), (Step.LOGIN, 3.04))


def probed(**facts: object) -> Probed:
    fields = {"steps": STEPS, "total_seconds": 3.2, **facts}
    return Probed("one", "bob", NOW, **fields)  # type: ignore[arg-type]


def why(code: int | None, cause: Cause | None, heading: str, **fields: object) -> Explanation:
    return Explanation(
        code=code, cause=cause, confidence=Confidence.LIKELY, heading=heading, meaning="",
        summary="", solicited=False, **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def judged(
    facts: Probed,
    thresholds: Thresholds | None = None,
    file: str | None = None,
) -> tuple[Status, str]:
    checked = Judge(Questions(file=file), thresholds or Thresholds()).check(facts, None)
    return checked.status, checked.text


def test_a_slow_step_and_a_slow_total_name_what_took_long() -> None:
    limits = {"total": Limits(1.0, 3.0), Step.LOGIN: Limits(3.0)}
    assert judged(probed(), Thresholds(limits)) == (
        Status.CRITICAL,
        "total took 3.20 s, over 3 s, of it login 3.04 s / login took 3.04 s, over 3 s",
    )
    assert judged(probed(), Thresholds({Step.LOGIN: Limits(3.04, 4.0)}))[0] is Status.OK


@pytest.mark.parametrize(
    ("left", "status", "text"),
    [
        (timedelta(days=30, seconds=1), Status.OK, "good for 30 days"),
        (timedelta(days=29, hours=23), Status.WARNING, "ends in 29 days, under 30"),
        (timedelta(days=1, hours=1), Status.CRITICAL, "ends in 1 day, under 7"),
        (timedelta(hours=-1), Status.CRITICAL, "ends in -1 days, under 7"),
    ],
)
def test_days_of_a_certificate(left: timedelta, status: Status, text: str) -> None:
    thresholds = Thresholds(certificate_days=Limits(30.0, 7.0))
    facts = probed(tls="TLSv1.3", is_verified=True, expires_at=NOW + left)
    found, said = judged(facts, thresholds)
    assert (found, text in said) == (status, True), said


def test_tls_that_is_not_there_has_no_certificate() -> None:
    """`--tls try`, and the server did not offer it."""
    found, said = judged(probed(), Thresholds(certificate_days=Limits(30.0)))
    assert (found, said) == (Status.CRITICAL, "no TLS, so that no certificate was shown")


@pytest.mark.parametrize(
    ("age", "status", "text"),
    [
        (timedelta(minutes=59), Status.OK, "in.csv is 59m old by MLST"),
        (timedelta(hours=2), Status.CRITICAL, "in.csv is 2h00m old by MLST, over 1h00m"),
        (timedelta(minutes=-4), Status.OK, "in.csv is 0s old by MLST"),
        (timedelta(hours=-2), Status.WARNING, "dated 2h00m ahead by MLST"),
    ],
)
def test_the_age_of_a_file(age: timedelta, status: Status, text: str) -> None:
    facts = probed(file=SeenFile(NOW - age, "MLST"))
    found, said = judged(facts, Thresholds(max_age_seconds=3600.0), "in.csv")
    assert (found, text in said) == (status, True), said


def test_a_file_of_any_age_will_do_where_none_is_asked_for() -> None:
    facts = probed(file=SeenFile(NOW - timedelta(days=900), "MDTM"))
    assert judged(facts, file="in.csv")[0] is Status.OK


def test_a_failed_step_names_cause_words_and_setting() -> None:
    facts = probed(failed=Step.GREETING, total_seconds=None)
    reason = why(
        421, Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS, "421 Too many.", server="vsftpd",
        directive="max_per_ip",
    )  # fmt: skip
    checked = Judge(Questions(), Thresholds()).check(facts, reason)
    assert checked.status is Status.CRITICAL
    assert checked.text == (
        "greeting: 421 too many connections from address (likely): Too many. [vsftpd max_per_ip]"
    )


@pytest.mark.parametrize(
    ("reason", "problem", "text"),
    [
        (why(550, Cause.UNKNOWN, "550 Gone."), None, "550 Gone."),
        (why(550, None, "550 Gone."), None, "550 Gone."),
        (why(None, Cause.NO_ANSWER, "x"), "no answer", "no answer (likely): no answer"),
        (None, "it is a folder", "it is a folder"),
        (None, None, "the connection ended"),
    ],
)
def test_what_nobody_knows_is_given_in_its_words(
    reason: Explanation | None, problem: str | None, text: str
) -> None:
    facts = probed(failed=Step.LIST, problem=problem, total_seconds=None)
    assert Judge(Questions(), Thresholds()).check(facts, reason).text == f"list: {text}"


def test_what_was_cut_short_is_the_servers_fault_only_where_it_was_slow() -> None:
    begun = probed(failed=Step.LOGIN, cut=True, total_seconds=None)
    not_begun = Probed("one", "bob", NOW)
    slow = Judge(Questions(), Thresholds(), "the 5s of --for were over")
    told = Judge(Questions(), Thresholds(), "SIGTERM came", too_slow=False)
    assert slow.check(begun, None).status is Status.CRITICAL
    assert told.check(begun, None).status is Status.UNKNOWN
    assert {j.check(not_begun, None).status for j in (slow, told)} == {Status.UNKNOWN}
    assert told.check(begun, None).text == "login: not done when SIGTERM came"


def test_an_error_of_our_own_is_no_state_of_the_server() -> None:
    facts = probed(own_error="ValueError: x", failed=Step.NOOP, total_seconds=None)
    assert judged(facts) == (Status.UNKNOWN, "an error of ftpwatch itself: ValueError: x")


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({}, "logged in as bob, all"),
        ({"in_clear": True}, "logged in as bob in clear, all"),
        ({"tls": "TLSv1.3", "is_verified": True}, "logged in as bob over TLSv1.3, all"),
        ({"tls": "TLSv1.3"}, "over TLSv1.3, certificate NOT verified, all"),
    ],
)
def test_what_protects_the_password_is_said(facts: dict[str, object], text: str) -> None:
    assert text in judged(probed(**facts))[1]
