"""What the configuration holds: `[defaults]`, `[profile.NAME]`, `[group.NAME]`, `[keys]`,
`[recordings]`, `[alerts]`.

A table that is added gets a class here, a field in Profiles and a reader in `profiles.py`.
"""

from typing import Final

import msgspec

__all__ = [
    "BUILT_IN", "BUILT_IN_TABLES", "AlertSettings", "Defaults", "Group", "Profile", "Profiles",
    "RecordingSettings", "Settings",
]  # fmt: skip

BUILT_IN: Final[dict[str, str | int | bool | None]] = {
    "keep_alive": "30s",
    "keep_alive_command": "NOOP",
    "keep_alive_like": None,
    "keep_alive_jitter": "0%",
    "timeout": "15s",
    "reconnect": "auto",
    "sessions": 1,
    "tls": None,
    "ca": None,
    "cert": None,
    "key": None,
    "insecure": False,
    "ask": "once",
    "theme": "dark",
    "ascii": False,
    "color": "auto",
    "motion": "full",
}
BUILT_IN_TABLES: Final[dict[str, str | int | bool | None]] = {
    "part_size": "64MiB",
    "part_hours": 24,
    "keep_size": "2GiB",
    "keep_days": 30,
    "notify": None,
    "on_end": None,
    "bell": False,
    "notify_terminal": "off",
}


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of one target: what flags, the environment, a profile and `[defaults]` may set; durations as
    written, None where unsaid.
    """

    keep_alive: str | None = None
    keep_alive_command: str | None = None
    keep_alive_like: str | None = None
    keep_alive_jitter: str | None = None
    timeout: str | None = None
    reconnect: str | None = None
    sessions: int | None = None
    tls: str | None = None
    ca: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool | None = None


class Profile(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One `[profile.NAME]`: its URL, its settings, where its password comes from; `keyring` is the
    name under which the keyring has it.
    """

    url: str
    password_command: str | None = None
    keyring: str | None = None


class Defaults(Settings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[defaults]`, and the environment: also what is about a whole watch and how it is shown."""

    ask: str | None = None
    theme: str | None = None
    ascii: bool | None = None
    color: str | None = None
    motion: str | None = None


class Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[group.NAME]`: names of profiles, and of groups with an @ before them."""

    members: tuple[str, ...]


class RecordingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[recordings]`: when a part ends, and how much is kept of all; sizes as written."""

    part_size: str | None = None
    part_hours: int | None = None
    keep_size: str | None = None
    keep_days: int | None = None


class AlertSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[alerts]`: what the options of these names are where they are not given."""

    notify: tuple[str, ...] | None = None
    on_end: str | None = None
    bell: bool | None = None
    notify_terminal: str | None = None


class Profiles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file; `keys` are those of actions of the screens, as they are written."""

    defaults: Defaults = Defaults()
    profile: dict[str, Profile] = {}
    group: dict[str, Group] = {}
    keys: dict[str, tuple[str, ...]] = {}
    recordings: RecordingSettings = RecordingSettings()
    alerts: AlertSettings = AlertSettings()
