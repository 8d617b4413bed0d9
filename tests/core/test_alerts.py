"""Which ends are alerts, how many, and in what words."""

from datetime import UTC, datetime

import pytest
from knowledge.contexts import Tale

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Cause, ClosedBy, Manner, Role, Stage
from ftpwatch.core.judgement.alerts import MOST_A_MINUTE, AlertRate, Alerts
from ftpwatch.core.judgement.settled_ends import SettledEnds
from ftpwatch.core.state.alert import Alert
from ftpwatch.core.state.explanation import Confidence
from ftpwatch.core.text.alert_text import alert_body, alert_title, alert_variables


class Told:
    """A tale, and the alerts that it gives."""

    def __init__(self) -> None:
        self.tale, self.alerts = Tale(), list[Alert]()
        self.ends = SettledEnds(self.tale.watch)
        Alerts(self.ends).subscribe(self.alerts.append)

    def over(self) -> list[Alert]:
        self.ends.settle(1e9)
        return self.alerts


def test_an_unexpected_end_says_what_when_why_and_what_to_do() -> None:
    told = Told()
    told.tale.ready(session="eu-1")
    told.tale.says(300, 421, "Idle for 300 seconds.", session="eu-1").closes(
        300, 421, session="eu-1"
    )
    (alert,) = told.over()
    assert (alert.sessions, alert.count, alert.cause) == (("eu-1",), 1, Cause.IDLE_TIMEOUT)
    assert alert_title(alert).startswith("ftpwatch: eu-1 ended: idle limit (")
    lines = alert_body(alert).splitlines()
    assert lines[0] == "421 Idle for 300 seconds."
    assert "No command came for so long" in lines[1]
    assert lines[2].startswith("What to do: ") and "keep-alive" in lines[2]
    assert lines[-1] == "eu-1 on ftp.example.com:21, 2026-01-01 00:05:00 UTC"


def test_what_we_ended_ourselves_is_none() -> None:
    told = Told()
    tale = told.tale.ready(session="quits").ready(session="drops").opened(session="leaves")
    tale.asks(5, "QUIT", Purpose.QUIT, "quits").says(5, 221, "Bye", Role.FINAL, "quits")
    tale.closes(5, 221, session="quits", solicited=True)
    tale.closes(6, session="drops", by=ClosedBy.USER_PI, manner=Manner.LOCAL)
    tale.fails(7, Stage.GREETING, "stopped by us before it stood", "leaves")
    tale.closes(7, session="leaves", by=ClosedBy.USER_PI, manner=Manner.LOCAL)
    assert told.over() == []


def test_500_sessions_that_end_in_one_moment_are_one_alert() -> None:
    told = Told()
    for n in range(500):
        told.tale.ready(session=f"s{n:03}")
    for n in range(500):
        told.tale.says(100 + n / 500, 421, "Shutting down.", session=f"s{n:03}")
        told.tale.closes(100 + n / 500, 421, session=f"s{n:03}")
    (alert,) = told.over()
    assert alert.count == 500 and len(alert.sessions) == 5
    assert "500 sessions of ftp.example.com:21 ended: server stop or restart" in alert_title(alert)
    assert "s000, s001, s002, s003, s004 and 495 more" in alert_body(alert)


def test_stragglers_of_an_incident_are_no_second_alert() -> None:
    told = Told()
    for n in range(60):
        told.tale.ready(session=f"s{n}")
    for n in range(60):
        told.tale.closes(50 + 0.4 * n, session=f"s{n}")
    counts = [alert.count for alert in told.over()]
    # An incident takes what follows without a pause for ten seconds; what comes then is another.
    assert len(counts) <= 3 and sum(counts) >= 55


def test_two_that_end_together_are_one_alert_with_both_causes() -> None:
    told = Told()
    tale = told.tale.ready(session="a").ready(session="b")
    tale.says(50, 421, "Idle timeout.", session="a").closes(50, 421, session="a")
    tale.says(51, 421, "Too many connections from your IP.", session="b")
    tale.closes(51, 421, session="b")
    (alert,) = told.over()
    assert {cause for cause, _ in alert.causes} == {
        Cause.IDLE_TIMEOUT, Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS,
    }  # fmt: skip
    assert "2 sessions of ftp.example.com:21 ended: for different reasons" in alert_title(alert)
    assert "idle limit (1)" in alert_body(alert)


def test_attempts_that_fail_again_and_again_are_told_once_for_each_cause() -> None:
    told = Told()
    for at in (0, 60, 120):
        told.tale.opening(at).fails(at + 1, Stage.CONNECT, "connection refused")
    told.tale.opened(180).greets(at=180).asks(180, "USER", Purpose.LOGIN)
    told.tale.says(180, 530, "No.", Role.FINAL).fails(180, Stage.LOGIN, "530 No.")
    told.tale.closes(181, by=ClosedBy.USER_PI, manner=Manner.LOCAL)
    assert [alert.cause for alert in told.over()] == [
        Cause.SERVER_UNREACHABLE, Cause.LOGIN_REFUSED,
    ]  # fmt: skip
    assert "did not get ready" in alert_title(told.alerts[0])
    told.tale.ready(300).closes(500)
    told.tale.opening(560).fails(561, Stage.CONNECT, "connection refused")
    assert [alert.was_ready for alert in told.over()] == [False, False, True, False]


def made(seq: int, **fields: object) -> Alert:
    values = {
        "sessions": ("s",), "count": 1, "host": "h", "port": 21, "was_ready": True,
        "causes": ((Cause.KICKED, 1),), "confidence": Confidence.LIKELY, "summary": "It is so.",
        "heading": "421 Out.", **fields,
    }  # fmt: skip
    return Alert(seq=seq, at=datetime(2026, 1, 1, tzinfo=UTC), **values)  # type: ignore[arg-type]


def test_too_many_are_held_and_the_last_says_how_many() -> None:
    now, sent = [0.0], list[Alert]()
    rate = AlertRate(sent.append, lambda: now[0])
    for n in range(MOST_A_MINUTE + 20):
        now[0] = n / 10
        rate.receive(made(n))
    assert len(sent) == MOST_A_MINUTE
    assert rate.settles_at == 60
    rate.settle(59)
    assert len(sent) == MOST_A_MINUTE
    now[0] = 60.0
    rate.settle(60)
    assert (sent[-1].seq, sent[-1].more) == (MOST_A_MINUTE + 19, 19)
    assert "19 more alerts were not told" in alert_body(sent[-1])
    assert rate.settles_at is None


def test_the_rate_holds_over_any_minute_and_nothing_is_kept_for_ever() -> None:
    now, sent = [0.0], list[float]()
    rate = AlertRate(lambda _: sent.append(now[0]), lambda: now[0])
    for n in range(3000):
        now[0] = n / 10
        rate.settle(now[0])
        rate.receive(made(n))
    assert all(later - sent[at] > 59.99 for at, later in enumerate(sent[MOST_A_MINUTE:]))
    rate.settle(1e9)
    assert rate.settles_at is None


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;owned\x07\x00", "‮evil\u2066", "a\r\nBcc: x@y", "\udcff"]
)
def test_nothing_from_the_wire_is_obeyed_in_messages_or_variables(hostile: str) -> None:
    text = hostile * 2000
    alert = made(1, heading=text, summary=text, cure=text, sessions=(text,), host=text)
    shown = [alert_title(alert), *alert_body(alert).split("\n"), *alert_variables(alert).values()]
    for part in shown:
        assert all(line.isprintable() for line in part.split("\n"))
        assert len(part) < 3_000
        part.encode()
    assert "\n" not in alert_title(alert)
