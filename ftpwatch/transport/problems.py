"""Why a host could not be reached, in words a person understands."""

import os
import re
import socket

from ftpwatch.core.ftp.target import Target

__all__ = ["problem_in_words"]


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
