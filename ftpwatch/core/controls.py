"""Wishes of a user, carried out by whoever runs the sessions, or refused."""

from collections.abc import Callable
from typing import Protocol

from ftpwatch.core.ftp.command import Command, Secret
from ftpwatch.core.journal.vocabulary import ChangedBy
from ftpwatch.core.state.state import ClockLimit

__all__ = ["Controls", "PasswordWanted", "Refused"]


class Refused(Exception):
    """A wish that cannot be carried out, with the reason in a sentence."""


class PasswordWanted(Refused):
    """It can be carried out with a password, which no source has."""


class Controls(Protocol):
    """Wishes of the user. Every method raises Refused where it cannot be done. `why_not` says why
    no wish is carried out; None where each is looked at.
    """

    @property
    def why_not(self) -> str | None: ...

    def add(self, target: str, password: Secret | None = None) -> None:
        """Watch another target: a URL or the name of a profile. Raises PasswordWanted where only
        that is missing.
        """
        ...

    def remove(self, session: str) -> None:
        """QUIT and watch it no longer."""
        ...

    def reconnect(self, session: str) -> None:
        """Connect now: at once where it waits, anew where it is connected."""
        ...

    def quit(self, session: str) -> None:
        """Close with QUIT and stay away."""
        ...

    def drop(self, session: str) -> None:
        """Close the socket without a word and stay away."""
        ...

    def keep_alive_now(self, session: str) -> None:
        """Send one keep-alive."""
        ...

    def send(self, session: str, command: Command, unsent: Callable[[str], None]) -> None:
        """Send one command as the user's, as soon as no reply is owed; where the connection ends
        before that, `unsent` is told in a sentence.
        """
        ...

    def set_keep_alive(
        self, session: str, interval_seconds: float | None, by: ChangedBy = ChangedBy.USER
    ) -> None:
        """Change the interval while running; None turns keep-alives off."""
        ...

    def set_keep_alive_command(self, session: str, command: str) -> None:
        """Change the command while running: one, a list, `auto`, or a preset's name."""
        ...

    def open_twin(
        self, of: str, name: str, command: str | None, interval_seconds: float | None
    ) -> str:
        """Open a session for the limits finder beside `of` (a session, or what a user types for
        a target): silent, or with its own keep-alive. It is never reconnected. Gives its name.
        """
        ...

    def know_limit(self, session: str, limit: ClockLimit) -> None:
        """A limit of the host of `session` was measured."""
        ...

    def check(self, session: str) -> None:
        """Check name, port and greeting beside the session; results are entries."""
        ...

    def mark(self, text: str) -> None:
        """Leave a mark in the journal."""
        ...
