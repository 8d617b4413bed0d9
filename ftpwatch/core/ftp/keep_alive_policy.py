"""Keep-alive policies: which command is sent to keep a session alive, one or several in turn, and
what clients that people use do. Lengths of time are seconds.

FileZilla sends one of NOOP, TYPE and PWD at random and stops half an hour after the last command
of its user; WinSCP goes through four commands; lftp sends nothing and leaves after three idle
minutes (net:idle); curl sends nothing.
"""

from functools import lru_cache
from math import inf
from typing import Final

import msgspec

from ftpwatch.core.ftp.command import Command
from ftpwatch.core.ftp.jitter import share
from ftpwatch.core.ftp.target import is_loopback

__all__ = [
    "ACCEPTED_COMMANDS",
    "AUTO",
    "PRESETS",
    "Policy",
    "command_of",
    "is_too_fast",
    "longer",
    "policy_of",
    "rests_at",
    "shorter",
]

AUTO: Final = "auto"
ACCEPTED_COMMANDS: Final = "NOOP, PWD, TYPE, REST, STAT, LIST, SITE IDLE, a list like NOOP,STAT"
_WRITTEN: Final = {
    "NOOP": "NOOP",
    "PWD": "PWD",
    "TYPE": "TYPE I",
    "TYPE A": "TYPE A",
    "TYPE I": "TYPE I",
    "REST": "REST 0",
    "REST 0": "REST 0",
    "STAT": "STAT",
    "LIST": "LIST",
    "SITE IDLE": "SITE IDLE",
}
_HALF_AN_HOUR: Final = 1800.0
_LFTP_IDLE: Final = 180.0
SHORTEST_SECONDS: Final = 1.0
_STEPS: Final = (1, 2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)


class Policy(msgspec.Struct, frozen=True):
    """What a session sends. `interval_seconds` is a preset's own; `rests_after_seconds` and
    `leaves_after_seconds` count from the last command that was no keep-alive.
    """

    name: str
    commands: tuple[str, ...] = ("NOOP",)
    interval_seconds: float | None = None
    at_random: bool = False
    rests_after_seconds: float | None = None
    leaves_after_seconds: float | None = None
    imitates: bool = False

    @property
    def is_auto(self) -> bool:
        """The command follows what becomes known of the server."""
        return self.name == AUTO

    def choice(self, session: str, connection: int, number: int) -> str:
        """The command of keep-alive `number` (0, 1, ...): the same for the same three."""
        count = len(self.commands)
        if self.at_random:
            return self.commands[int(share(session, connection, number) * count) % count]
        return self.commands[number % count]

    def without(self, command: str) -> "Policy | None":
        """The policy where `command` was refused; None where nothing is left of it."""
        left = tuple(other for other in self.commands if other != command)
        return Policy(",".join(left), left) if left else None


PRESETS: Final[dict[str, Policy]] = {
    "filezilla": Policy(
        "filezilla", ("NOOP", "TYPE I", "PWD"), 30.0, at_random=True,
        rests_after_seconds=_HALF_AN_HOUR, imitates=True,
    ),
    "winscp": Policy("winscp", ("PWD", "REST 0", "TYPE A", "TYPE I"), 30.0, imitates=True),
    "lftp": Policy("lftp", (), leaves_after_seconds=_LFTP_IDLE, imitates=True),
    "curl": Policy("curl", (), imitates=True),
    "none": Policy("none", (), imitates=True),
}  # fmt: skip


@lru_cache(maxsize=256)
def policy_of(text: str) -> Policy:
    """The policy that `text` names: a command, a list of them, `auto`, or a preset. Raises
    ValueError that names what is accepted.
    """
    wanted = text.strip()
    if wanted.lower() in PRESETS:
        return PRESETS[wanted.lower()]
    if wanted.lower() == AUTO:
        return Policy(AUTO)
    commands = [" ".join(word.upper().split(" ")) for word in wanted.split(",")]
    unknown = [word.strip() for word in commands if word.strip() not in _WRITTEN]
    if unknown:
        raise ValueError(
            f"keep-alive command {unknown[0]!r} is none of {ACCEPTED_COMMANDS}, auto"
            f", or what {', '.join(PRESETS)} do"
        )
    written = tuple(_WRITTEN[word.strip()] for word in commands)
    return Policy(",".join(written), written)


def command_of(text: str) -> Command:
    """The command as it is sent."""
    verb, _, argument = text.partition(" ")
    return Command(verb, argument or None)


def rests_at(policy: Policy, last_user_command_at: float | None) -> float:
    """From when on the client that `policy` imitates sends none; infinity where it goes on."""
    after = policy.rests_after_seconds
    return inf if after is None else (last_user_command_at or 0.0) + after


def is_too_fast(interval_seconds: float | None, host: str) -> bool:
    """An interval that would be a burden to a host that is not this machine."""
    too_short = interval_seconds is not None and interval_seconds < SHORTEST_SECONDS
    return too_short and not is_loopback(host)


def shorter(interval_seconds: float | None) -> float:
    """The next shorter interval of the usual ones; from off, the longest of them."""
    if interval_seconds is None:
        return float(_STEPS[-1])
    return float(max((step for step in _STEPS if step < interval_seconds), default=_STEPS[0]))


def longer(interval_seconds: float | None) -> float | None:
    """The next longer interval of the usual ones; after the longest, off."""
    if interval_seconds is None:
        return None
    following = min((step for step in _STEPS if step > interval_seconds), default=None)
    return None if following is None else float(following)
