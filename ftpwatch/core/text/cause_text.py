"""Causes in words that fit into a sentence: `after idle limit`. Ids are for JSON and filters."""

from typing import Final

from ftpwatch.core.journal.vocabulary import Cause

__all__ = ["cause_words"]

_WORDS: Final = {
    Cause.IDLE_TIMEOUT: "idle limit",
    Cause.NO_TRANSFER_TIMEOUT: "no-transfer limit",
    Cause.LOGIN_TIMEOUT: "login limit",
    Cause.SESSION_TIME_LIMIT: "session time limit",
    Cause.STALLED_TRANSFER: "stalled transfer",
    Cause.TOO_MANY_CONNECTIONS: "server full",
    Cause.TOO_MANY_CONNECTIONS_FROM_ADDRESS: "too many connections from this address",
    Cause.TOO_MANY_SESSIONS_FOR_USER: "too many sessions of this user",
    Cause.CONNECTION_RATE: "connecting too often",
    Cause.SERVER_SHUTDOWN: "server stop or restart",
    Cause.SERVICE_UNAVAILABLE: "service unavailable",
    Cause.KICKED: "ended by an administrator",
    Cause.LOGIN_REFUSED: "login refused",
    Cause.LOGIN_ABUSE: "too many failed logins",
    Cause.ADDRESS_REFUSED: "address refused",
    Cause.TLS_REQUIRED: "TLS required",
    Cause.TLS_FAILED: "TLS failure",
    Cause.DATA_CONNECTION_FAILED: "data connection failure",
    Cause.CLIENT_QUIT: "QUIT",
    Cause.SERVER_GOODBYE: "goodbye without QUIT",
    Cause.CONNECTION_LOST: "lost connection",
    Cause.NO_ANSWER: "no reply",
    Cause.PATH_IDLE_TIMEOUT: "idle limit of a firewall or NAT",
    Cause.NOT_FTP: "not an FTP server",
    Cause.SERVER_UNREACHABLE: "server not reached",
    Cause.LOCAL: "closed by us",
    Cause.UNKNOWN: "unknown cause",
}


def cause_words(cause: Cause | None) -> str:
    """A few words; of no cause, that nothing ended; of a cause of another version, its id."""
    return "nothing ended" if cause is None else _WORDS.get(cause, str(cause))
