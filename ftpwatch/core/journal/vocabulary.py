"""The fixed words that events carry."""

from enum import StrEnum

__all__ = [
    "Cause", "ChangedBy", "ClockName", "ClosedBy", "Jump", "LimitSource", "Manner", "Role",
    "SourceKind", "Stage",
]  # fmt: skip


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


class Cause(StrEnum):
    """Why a connection or an attempt ended; `causes.toml` says what each means."""

    IDLE_TIMEOUT = "idle_timeout"
    NO_TRANSFER_TIMEOUT = "no_transfer_timeout"
    LOGIN_TIMEOUT = "login_timeout"
    SESSION_TIME_LIMIT = "session_time_limit"
    STALLED_TRANSFER = "stalled_transfer"
    TOO_MANY_CONNECTIONS = "too_many_connections"
    TOO_MANY_CONNECTIONS_FROM_ADDRESS = "too_many_connections_from_address"
    TOO_MANY_SESSIONS_FOR_USER = "too_many_sessions_for_user"
    CONNECTION_RATE = "connection_rate"
    SERVER_SHUTDOWN = "server_shutdown"
    SERVICE_UNAVAILABLE = "service_unavailable"
    KICKED = "kicked"
    LOGIN_REFUSED = "login_refused"
    LOGIN_ABUSE = "login_abuse"
    ADDRESS_REFUSED = "address_refused"
    TLS_REQUIRED = "tls_required"
    TLS_FAILED = "tls_failed"
    DATA_CONNECTION_FAILED = "data_connection_failed"
    CLIENT_QUIT = "client_quit"
    SERVER_GOODBYE = "server_goodbye"
    CONNECTION_LOST = "connection_lost"
    NO_ANSWER = "no_answer"
    PATH_IDLE_TIMEOUT = "path_idle_timeout"
    NOT_FTP = "not_ftp"
    SERVER_UNREACHABLE = "server_unreachable"
    LOCAL = "local"
    UNKNOWN = "unknown"


class ClockName(StrEnum):
    """What a limit is counted by: since the last command, since the last transfer, from the
    connection to the login, the whole session, a data connection that stands still; and something
    between us and the server that forgets connections.
    """

    IDLE = "idle"
    NO_TRANSFER = "no_transfer"
    LOGIN = "login"
    SESSION = "session"
    DATA = "data"
    PATH = "path"


class LimitSource(StrEnum):
    """How a limit is known, the surest first: measured by a limits run, seen in closes, stated by
    the server, known from an earlier watch, derived from another clock, the default of its kind.
    """

    MEASURED = "measured"
    OBSERVED = "observed"
    ADVERTISED = "advertised"
    REMEMBERED = "remembered"
    DERIVED = "derived"
    DEFAULT = "default"


class SourceKind(StrEnum):
    """What others saw, and how it came to us."""

    LOG = "log"
    CAPTURE = "capture"
    TAP = "tap"


class ChangedBy(StrEnum):
    """Who changed a keep-alive: the user, the configuration, or ftpwatch by what it knows."""

    USER = "user"
    CONFIG = "config"
    AUTO = "auto"
