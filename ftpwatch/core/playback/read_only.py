"""Controls that refuse every wish: what happened cannot be changed."""

from collections.abc import Callable
from typing import NoReturn

from ftpwatch.core.controls import Refused
from ftpwatch.core.ftp.command import Command, Secret
from ftpwatch.core.journal.vocabulary import ChangedBy
from ftpwatch.core.state.state import ClockLimit

__all__ = ["ReadOnly"]


class ReadOnly:
    """Implements Controls; `why` is what people read."""

    def __init__(self, why: str) -> None:
        self.why = why

    @property
    def why_not(self) -> str | None:
        return self.why

    def add(self, target: str, password: Secret | None = None) -> None:
        self._refuse()

    def remove(self, session: str) -> None:
        self._refuse()

    def reconnect(self, session: str) -> None:
        self._refuse()

    def quit(self, session: str) -> None:
        self._refuse()

    def drop(self, session: str) -> None:
        self._refuse()

    def keep_alive_now(self, session: str) -> None:
        self._refuse()

    def send(self, session: str, command: Command, unsent: Callable[[str], None]) -> None:
        self._refuse()

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: ChangedBy = ChangedBy.USER
    ) -> None:
        self._refuse()

    def set_keep_alive_command(self, session: str, command: str) -> None:
        self._refuse()

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        self._refuse()

    def know_limit(self, session: str, limit: ClockLimit) -> None:
        self._refuse()

    def check(self, session: str) -> None:
        self._refuse()

    def mark(self, text: str) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise Refused(self.why)
