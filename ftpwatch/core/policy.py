"""Keep-alive policies: which command is sent to keep a session alive, one or several in turn, and
what clients that people use do. Lengths of time are seconds.

FileZilla sends one of NOOP, TYPE and PWD at random and stops half an hour after the last command
of its user; WinSCP goes through four commands; lftp sends nothing and leaves after three idle
minutes (net:idle); curl sends nothing.
"""

from functools import lru_cache
from typing import Final

import msgspec

from ftpwatch.core.command import Command
from ftpwatch.core.spread import share

__all__ = ["ACCEPTED_COMMANDS", "AUTO", "PRESETS", "Policy", "command_of", "policy_of"]

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
