"""What a probe asks of a server, and what came of it: values that engine makes, probing judges and
headless prints. Lengths of time are seconds.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

__all__ = ["Probed", "Questions", "SeenFile", "Step"]


class Step(StrEnum):
    """What a probe does, in this order; under implicit TLS the greeting comes after TLS."""

    CONNECT = "connect"
    GREETING = "greeting"
    TLS = "tls"
    LOGIN = "login"
    NOOP = "noop"
    LIST = "list"
    FILE = "file"
    QUIT = "quit"


class Questions(msgspec.Struct, frozen=True):
    """What is asked besides the usual steps: a listing of the folder after the login, whether
    `file` is there, and a text that the greeting must hold.
    """

    lists: bool = False
    file: str | None = None
    expect: str | None = None


class SeenFile(msgspec.Struct, frozen=True):
    """When a file was changed last, by which command that is known, and how exactly: a listing
    names minutes, or days.
    """

    modified_at: datetime
    by: str


class Probed(msgspec.Struct, frozen=True):
    """How a probe of one target went.

    `steps` that were done, with their seconds, and `total_seconds` where all were; the step that
    `failed`, or was under way when it was cut short (`cut`); None and `cut` where it never began.
    `problem` says why in our words, None where the server's own are the reason; `remarks` are worth
    a warning, `own_error` is one of ours. `at` is when it ended, `expires_at` when the certificate
    does, where one was verified; `in_clear` where a password goes to another machine without TLS.
    """

    name: str
    user: str
    at: datetime
    steps: tuple[tuple[Step, float], ...] = ()
    total_seconds: float | None = None
    failed: Step | None = None
    cut: bool = False
    problem: str | None = None
    remarks: tuple[str, ...] = ()
    own_error: str | None = None
    tls: str | None = None
    is_verified: bool = False
    in_clear: bool = False
    expires_at: datetime | None = None
    entries: int | None = None
    file: SeenFile | None = None
