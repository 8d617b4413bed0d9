"""The keep-alives of one session: which command, when it is due, and when they end.

Polite: a command that the server refuses is not sent again; the next harmless one takes its place,
and only where all are refused they stop. A policy that imitates a client goes on as that client
does, and a test session of the limits finder tries no other command than its own. After a wait
that lasted too long (the machine slept) they are spread, so that many sessions do not speak at
once.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from ftpwatch.core.ftp.command import Command
from ftpwatch.core.ftp.jitter import next_interval, share
from ftpwatch.core.ftp.keep_alive_policy import Policy, command_of, policy_of, rests_at
from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.core.ftp.target import Target
from ftpwatch.core.journal.events import AnyEvent, KeepAliveChanged, KeepAliveSkipped

__all__ = ["Keeping"]

LATE_SECONDS: Final = 1.5
SPREAD_SECONDS: Final = 5.0
_LOGIN_LOST: Final = 530
_LOST_AT_MOST: Final = 3
_NEVER: Final = float("inf")
# What changes nothing: TYPE A is how every session begins (RFC 959 §3.1.1.5.1).
_HARMLESS: Final = ("NOOP", "TYPE A", "PWD")


class Keeping:
    """Moments are seconds of the watch. `publish` is bound to the session."""

    def __init__(self, target: Target, publish: Callable[[AnyEvent], object]) -> None:
        self._publish = publish
        self._name = target.name
        self._policy: Policy = policy_of(target.keep_alive_command)
        self._auto = self._policy.is_auto
        self._jitter = target.keep_alive_jitter
        self.interval = target.keep_alive_seconds
        self._connection = 0
        self._sent = 0
        self._last: str | None = None
        self._refusals = 0
        self._refused: set[str] = set()
        self._tries_others = not target.twin
        self._lost = 0
        self._not_before = 0.0
        self._rests = False

    @property
    def command_text(self) -> str:
        """As keep_alive_changed names it."""
        return self._policy.name

    def begin(self, connection: int) -> None:
        """A new connection stands."""
        self._connection, self._sent, self._rests = connection, 0, False

    def due_at(self, last_command_at: float, last_real_at: float | None) -> float:
        """When the next is due; infinity where none is."""
        if self.interval is None or not self._policy.commands or self._rests:
            return _NEVER
        due = last_command_at + next_interval(
            self.interval, self._jitter, self._name, self._connection, self._sent
        )
        if due > rests_at(self._policy, last_real_at):
            self._rests = True
            self._publish(KeepAliveSkipped(f"as {self._policy.name} does, they rest now"))
            return _NEVER
        return max(due, self._not_before)

    def leaves_at(self, last_real_at: float | None) -> float:
        """When the client that is imitated leaves by itself; infinity where it does not."""
        after = self._policy.leaves_after_seconds
        return _NEVER if after is None or last_real_at is None else last_real_at + after

    def next_command(self) -> Command:
        """What to send now."""
        policy = self._policy if self._policy.commands else Policy("NOOP")
        self._last = policy.choice(self._name, self._connection, self._sent)
        self._sent += 1
        return command_of(self._last)

    def woke(self, due: float, now: float) -> None:
        """A wait until `due` ended `now`: too late, it is spread."""
        if now - due > LATE_SECONDS:
            spread = min(SPREAD_SECONDS, (self.interval or SPREAD_SECONDS) / 2)
            self._not_before = now + spread * share(self._name, self._connection, self._sent)

    def answered(self, code: int, verb: str | None = None) -> None:
        """The reply to what was sent last, or to the `verb` before it; a refusal ends it."""
        refused = reply_class(code) is ReplyClass.PERMANENT_NEGATIVE and code != _LOGIN_LOST
        self._lost = self._lost + 1 if code == _LOGIN_LOST else 0
        if self._lost == _LOST_AT_MOST:
            self._publish(KeepAliveSkipped("the server no longer knows the login (530): stopped"))
            self._stop()
            return
        self._refusals = self._refusals + 1 if refused else 0
        # With auto another command is chosen elsewhere, where one is known.
        patient = self._auto and self._refusals <= 1
        if not refused or self._policy.imitates or patient or self._last is None:
            return
        self._refused.add(self._last)
        told = f"the server refuses {verb or self._last} with {code:03d}"
        instead = self._instead()
        if instead is None:
            self._publish(KeepAliveSkipped(f"{told}: nothing harmless is left to send"))
            self._stop()
        else:
            self._publish(KeepAliveSkipped(f"{told}: {instead.name} is sent instead"))
            self._policy = instead
            self._tell("auto")

    def _instead(self) -> Policy | None:
        """What is left of the policy, or the next harmless command; None where all are refused."""
        assert self._last is not None
        left = self._policy.without(self._last)
        if left is not None or not self._tries_others:
            return left
        harmless = [command for command in _HARMLESS if command not in self._refused]
        return Policy(harmless[0], (harmless[0],)) if harmless else None

    def _stop(self) -> None:
        self.interval = None
        self._tell("auto")

    def change(
        self, *, interval: float | None, command: str | None = None, by: str = "user"
    ) -> None:
        """Another interval, which counts from the last command, or another command too."""
        if command is not None:
            self._policy, self._sent = policy_of(command), 0
            self._refused = self._refused if by == "auto" else set()
            self._auto = self._policy.is_auto or (by == "auto" and self._auto)
            interval = self._policy.interval_seconds or interval
        elif interval is not None and not self._policy.commands:
            self._policy = Policy("NOOP")
        self.interval = interval if self._policy.commands else None
        self._rests = False
        self._tell(by)

    def _tell(self, by: str) -> None:
        self._publish(KeepAliveChanged(self.interval, self.command_text, by))

    def as_target(self, target: Target) -> Target:
        """`target` with what is kept to now."""
        return replace(
            target, keep_alive_seconds=self.interval, keep_alive_command=self.command_text
        )
