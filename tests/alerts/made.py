"""Alerts that nothing happened for."""

from datetime import UTC, datetime

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.alert import Alert
from ftpwatch.core.state.explanation import Confidence


def made(**fields: object) -> Alert:
    values = {
        "seq": 1, "at": datetime(2026, 1, 1, tzinfo=UTC), "sessions": ("eu-1",), "count": 1,
        "host": "ftp.example.com", "port": 21, "was_ready": True,
        "causes": ((Cause.IDLE_TIMEOUT, 1),), "confidence": Confidence.CERTAIN,
        "summary": "It idled.", "heading": "421 Timeout.", "code": 421, "cure": "Send a NOOP.",
        **fields,
    }  # fmt: skip
    return Alert(**values)  # type: ignore[arg-type]
