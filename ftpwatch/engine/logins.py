"""One login of an account goes first: a wrong password is tried once, not by every session.

Whether a refusal is one of the login is not known here; the Watch's judgement says it.
"""

import asyncio
from typing import Final

from ftpwatch.core.clock import Clock
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import ANONYMOUS, Target
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.transport.waiting import Overdue, within

__all__ = ["NEVER_BY_ITSELF", "LoginNotTried", "Logins"]

NEVER_BY_ITSELF: Final = frozenset({Cause.LOGIN_REFUSED, Cause.LOGIN_ABUSE, Cause.KICKED})
_OF_THE_ACCOUNT: Final = frozenset({Cause.LOGIN_REFUSED, Cause.LOGIN_ABUSE})
_Account = tuple[str, int, str, Secret, Secret]


class LoginNotTried(Exception):
    """Another session of the same account was refused, and this would be too."""


class _Gate:
    """What is known of one account: who tries it now, whether it was taken or refused."""

    def __init__(self) -> None:
        self.trying: str | None = None
        self.is_open = self.is_refused = False
        self.changed = asyncio.Event()

    def change(
        self, trying: str | None, *, is_open: bool = False, is_refused: bool = False
    ) -> None:
        self.trying, self.is_open, self.is_refused = trying, is_open, is_refused
        self.changed.set()
        self.changed = asyncio.Event()


class Logins:
    """By host, port, user and password."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._gates: dict[_Account, _Gate] = {}
        self._trying: dict[str, _Gate] = {}

    async def wait_turn(self, session: str, target: Target) -> None:
        """Return when `session` may log in: at once where the account was taken before, else after
        the one that tries it now. Raises LoginNotTried where it was refused.
        """
        if target.user == ANONYMOUS:
            return
        gate = self._gates.setdefault(_account(target), _Gate())
        while not gate.is_open:
            if gate.is_refused:
                raise LoginNotTried
            if gate.trying in (None, session):
                gate.change(session)
                self._trying[session] = gate
                return
            try:
                await within(self._clock, 2 * target.timeout_seconds, gate.changed.wait())
            except Overdue:
                gate.change(None)  # whoever tried it has been forgotten

    def was_taken(self, session: str, target: Target) -> None:
        """The account is good: everybody may log in."""
        self._trying.pop(session, None)
        if target.user != ANONYMOUS:
            gate = self._gates.setdefault(_account(target), _Gate())
            if not gate.is_open:
                gate.change(None, is_open=True)

    def judge(self, session: str, cause: Cause | None) -> None:
        """How the attempt of `session` is explained: it was refused, or the next may try."""
        gate = self._trying.pop(session, None)
        if gate is not None and gate.trying == session:
            gate.change(None, is_refused=cause in _OF_THE_ACCOUNT)

    def was_refused(self, session: str, target: Target, cause: Cause | None) -> None:
        """An account that was good once is refused now."""
        self.judge(session, cause)
        if cause in _OF_THE_ACCOUNT and target.user != ANONYMOUS:
            self._gates.setdefault(_account(target), _Gate()).change(None, is_refused=True)

    def try_anew(self, target: Target) -> None:
        """The user wants it tried again."""
        gate = self._gates.get(_account(target))
        if gate is not None and gate.is_refused:
            gate.change(None)


def _account(target: Target) -> _Account:
    return target.host, target.port, target.user, target.password, target.account
