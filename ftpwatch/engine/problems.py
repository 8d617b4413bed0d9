"""Why an attempt to connect failed, in words a person understands."""

import ssl
from typing import Final

import aioftp

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import LOGIN_NOT_TRIED
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.engine.control_connection import ConnectionEnded, ControlConnection, NoAccount
from ftpwatch.engine.logins import LoginNotTried
from ftpwatch.transport.problems import problem_in_words
from ftpwatch.transport.tls import problem_of
from ftpwatch.transport.waiting import Overdue

__all__ = ["OPENING_ERRORS", "fail_attempt", "problem_of_attempt"]

OPENING_ERRORS: Final = (
    OSError,
    ssl.SSLError,
    Overdue,
    aioftp.StatusCodeError,
    ConnectionEnded,
    NoAccount,
    LoginNotTried,
)


def fail_attempt(connection: ControlConnection, error: Exception) -> None:
    """Say that an attempt failed for `error`, one of OPENING_ERRORS; close what is of no use."""
    attempt, target = connection.attempt, connection.target
    stage = attempt.stage
    attempt.fail(problem_of_attempt(error, stage, target), stage)
    if stage is Stage.TLS or (stage is Stage.REPLY and isinstance(error, Overdue)):
        connection.receiver.close_local()


def problem_of_attempt(error: Exception, stage: Stage, target: Target) -> str | None:
    """Why an attempt failed, in words; None where the server's last words say it."""
    match error:
        case ConnectionEnded() | aioftp.StatusCodeError():
            return None
        case Overdue() if stage is Stage.RESOLVE:
            return f"the name {target.host} did not resolve within {target.timeout_seconds:g} s"
        case Overdue():
            return f"no answer within {target.timeout_seconds:g} s"
        case LoginNotTried():
            return LOGIN_NOT_TRIED
        case NoAccount():
            return str(error)
        case ssl.SSLError():
            return problem_of(error)
        case OSError() if stage is Stage.TLS:
            return problem_of(error)
        case _:
            return problem_in_words(error, target)
