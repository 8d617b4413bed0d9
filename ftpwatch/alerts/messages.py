"""Messages about alerts, through apprise. It blocks: to be used in a thread of its own.

A URL is a secret, often as a whole, and apprise's own words may hold parts of it: neither is ever
shown. Only where it stands, its scheme and the number that a service answered are.
"""

import logging
import re
import threading
from typing import Final

from apprise import Apprise, AppriseAsset, NotifyBase, NotifyFormat, NotifyType

from ftpwatch.core.errors import UserError
from ftpwatch.core.state.alert import Alert, Destination
from ftpwatch.core.text.alert_text import alert_body, alert_title

__all__ = ["Messages"]

_SCHEME: Final = re.compile(r"([a-z][a-z0-9]{0,20})://", re.IGNORECASE)
_SECRET_PART: Final = re.compile(
    r"[?&](?:[+-]|%2[bBdD]|[^=&]*(?:pass|token|key|secret|auth))", re.IGNORECASE
)
_ANSWERED: Final = re.compile(r"\berror[=: ]+(\d{3})\b")
_NOT_REACHED: Final = re.compile(r"connection|timed? ?out|unreachable", re.IGNORECASE)


class Messages:
    """One place where messages go. Raises UserError where apprise knows no such place, or a secret
    stands where everybody can read it.
    """

    def __init__(self, destination: Destination) -> None:
        self._logger = logging.getLogger("apprise")
        self._logger.addHandler(logging.NullHandler())
        self._logger.propagate = False
        match = _SCHEME.match(destination.wire)
        self.name = destination.source
        # With a timeout of its own apprise sends in threads that the program's end would wait for.
        asset = AppriseAsset(
            app_id="ftpwatch", app_desc="ftpwatch", storage_mode="memory",
            async_mode=False, service_timeout=0,
        )  # fmt: skip
        service = Apprise.instantiate(destination.wire, asset=asset) if match else None
        if match is None or not isinstance(service, NotifyBase):
            raise UserError(
                f"{self.name} is not a URL that apprise can send to; it knows json://, mailto://, "
                "ntfy:// and many others: https://appriseit.com/services/"
            )
        self.name = f"{destination.source} ({match[1].lower()}://)"
        if destination.openly and _holds_secret(service, destination.wire):
            raise UserError(
                f"{self.name} holds a secret, which others could read in the list of processes; "
                "set it in FTPWATCH_NOTIFY, or write it into a file and give --notify @FILE"
            )
        self._apprise = Apprise(asset=asset)
        self._apprise.add(service)

    def send(self, alert: Alert) -> str | None:
        """Send it; why that failed, None where it did not."""
        reason = _Reason()
        self._logger.addHandler(reason)
        try:
            sent = self._apprise.notify(
                title=alert_title(alert),
                body=alert_body(alert),
                notify_type=NotifyType.WARNING,
                body_format=NotifyFormat.TEXT,
            )
        finally:
            self._logger.removeHandler(reason)
        return None if sent else f"{self.name} took no message: {reason.words}"


class _Reason(logging.Handler):
    """Makes words of ours of what apprise logs in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._thread = threading.get_ident()
        self.words = "apprise does not say why"

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread != self._thread:
            return
        text = record.getMessage()
        if match := _ANSWERED.search(text):
            self.words = f"it answered {match[1]}"
        elif _NOT_REACHED.search(text):
            self.words = "it cannot be reached"


def _holds_secret(service: NotifyBase, url: str) -> bool:
    """apprise would mask something of it, or it carries a header or a parameter that may be one."""
    masked: str = service.url(privacy=True)
    return masked != service.url(privacy=False) or _SECRET_PART.search(url) is not None
