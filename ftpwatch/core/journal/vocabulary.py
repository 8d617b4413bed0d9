"""The fixed words that events carry."""

from enum import StrEnum

__all__ = ["ClosedBy", "Jump", "Manner", "Role", "Stage"]


class Role(StrEnum):
    """What a reply is in the dialogue."""

    GREETING = "greeting"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    SPONTANEOUS = "spontaneous"


class Stage(StrEnum):
    """How far an attempt had come when it failed, or a wait when it was overdue."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    GREETING = "greeting"
    LOGIN = "login"
    REPLY = "reply"


class ClosedBy(StrEnum):
    """Whose FIN, RST or close came first."""

    USER_PI = "user_pi"
    SERVER_PI = "server_pi"
    NETWORK = "network"


class Manner(StrEnum):
    """How the control connection ended."""

    FIN = "fin"
    RESET = "reset"
    TLS_CLOSE = "tls_close"
    TIMEOUT = "timeout"
    LOCAL = "local"


class Jump(StrEnum):
    """Why time went on without us."""

    SLEEP = "sleep"
    STEP = "step"
    STALL = "stall"
