"""Why an attempt to connect failed, in words a person understands."""

import os
import re
import socket
import ssl

import aioftp

from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import LOGIN_NOT_TRIED
from ftpwatch.core.journal.vocabulary import Stage
from ftpwatch.engine.control_connection import ConnectionEnded, NoAccount
from ftpwatch.engine.logins import LoginNotTried
from ftpwatch.engine.tls import problem_of
from ftpwatch.engine.waiting import Overdue

__all__ = ["problem_in_words", "problem_of_attempt"]


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


def problem_in_words(error: Exception, target: Target, port: int | None = None) -> str:
    """Why the name or a port of `target`, its own where none is given, could not be reached."""
    match error:
        case socket.gaierror():
            return f"the name {target.host} does not resolve: {error.strerror}"
        case OSError():
            return f"{target.host} port {port or target.port}: {_reason(error)}"
        case _:
            return str(error)


def _reason(error: OSError) -> str:
    """asyncio joins the errors of several addresses into one without a number."""
    numbers = re.findall(r"\[Errno (\d+)\]", str(error)) if error.errno is None else [error.errno]
    texts = dict.fromkeys(os.strerror(int(number)).lower() for number in numbers)
    return " and ".join(texts) or str(error)
