"""Options of a watch: flags over the environment, over the profile, over the file's defaults, over
what is built in.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from ftpwatch.config.address import Address, parse_address
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.keep_alive import keep_alive_of
from ftpwatch.config.passwords import Credentials, PasswordSources, Prompt
from ftpwatch.config.profiles import Profile, Profiles, Settings
from ftpwatch.config.trust import trust_of
from ftpwatch.core.ftp.command import Secret, is_sendable
from ftpwatch.core.ftp.target import ANONYMOUS, ANONYMOUS_PASSWORD, Reconnect, Target, TlsMode
from ftpwatch.core.text.durations import parse_duration

__all__ = ["TargetFinder"]

T = TypeVar("T")
_MOST_SESSIONS: Final = 5_000
_BUILT_IN: Final = {"timeout": "15s", "reconnect": "auto"}


class TargetFinder:
    """Makes Targets of what a user names: URLs and profiles."""

    def __init__(
        self,
        profiles: Profiles,
        flags: Settings,
        prompt: Prompt | None,
        *,
        forced: bool = False,
    ) -> None:
        self._profiles, self._flags, self._prompt = profiles, flags, prompt
        self._forced = forced

    def find_all(self, text: tuple[str, ...]) -> list[Target]:
        """All targets of `text`, or of all profiles where there is none. Raises ConfigError."""
        wanted = [self._resolve(word) for word in text or tuple(self._profiles.profile)]
        sources = PasswordSources(self._prompt, [address for address, _, _ in wanted])
        targets: list[Target] = []
        for address, name, profile in wanted:
            target = self._target(
                address, name, profile, _credentials(sources, address, name, profile)
            )
            targets += _multiplied(target, self._sessions(profile))
        return _told_apart(targets)

    def find_one(self, word: str, password: Secret | None) -> Target:
        """The target of `word`, added while running; nobody is prompted. Raises ConfigError."""
        address, name, profile = self._resolve(word)
        if password is not None:
            credentials = Credentials(password)
        else:
            sources = PasswordSources(None, [address])
            credentials = _credentials(sources, address, name, profile)
        return self._target(address, name, profile, credentials)

    def _resolve(self, word: str) -> tuple[Address, str | None, Profile | None]:
        profile = self._profiles.profile.get(word)
        if profile is None:
            return parse_address(word), None, None
        return parse_address(profile.url), word, profile

    def _sessions(self, profile: Profile | None) -> int:
        number = self._setting("sessions", profile)
        number = 1 if number is None else number
        if not 1 <= number <= _MOST_SESSIONS:
            raise ConfigError(
                f"sessions {number} is out of range; 1 to {_MOST_SESSIONS} are accepted"
            )
        return number

    def _target(
        self, address: Address, name: str | None, profile: Profile | None, login: Credentials
    ) -> Target:
        sources = [s for s in (self._flags, profile, self._profiles.defaults) if s is not None]
        keep_alive = keep_alive_of(sources, address.host, forced=self._forced)
        timeout = self._setting("timeout", profile) or _BUILT_IN["timeout"]
        reconnect = self._setting("reconnect", profile) or _BUILT_IN["reconnect"]
        if reconnect not in tuple(Reconnect):
            raise ConfigError(f"reconnect {reconnect!r} is none of auto, never, always")
        pem = (self._setting(name, profile) for name in ("ca", "cert", "key"))
        trust = trust_of(*pem, verified=not self._setting("insecure", profile))
        for what, text in (
            ("host", address.host), ("user", address.user or ""), ("password", login.password),
            ("account", login.account),
        ):  # fmt: skip
            if not is_sendable(text):
                raise ConfigError(
                    f"the {what} for {name or address.short_name} holds a control character or "
                    "bytes that are no text; it must be one line of text"
                )
        return Target(
            name=name or address.short_name,
            host=address.host,
            port=address.port,
            user=address.user or ANONYMOUS,
            password=login.password,
            account=login.account,
            tls=_tls(address.tls, self._setting("tls", profile)),
            trust=trust,
            keep_alive_seconds=keep_alive.seconds,
            keep_alive_command=keep_alive.command,
            keep_alive_jitter=keep_alive.jitter,
            forced=self._forced,
            timeout_seconds=_checked(parse_duration, timeout, "timeout"),
            reconnect=Reconnect(reconnect),
        )

    def _setting(self, name: str, profile: Profile | None) -> Any:
        """The first that says something: flags, profile, defaults of the file."""
        for source in (self._flags, profile, self._profiles.defaults):
            if (value := getattr(source, name, None)) is not None:
                return value
        return None


def _checked(read: Callable[[str, str], T], text: str, name: str) -> T:
    try:
        return read(text, name)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _credentials(
    sources: PasswordSources, address: Address, name: str | None, profile: Profile | None
) -> Credentials:
    if address.user is None or address.user == ANONYMOUS:
        return Credentials(ANONYMOUS_PASSWORD)
    return sources.find(address, name, profile.password_command if profile else None)


def _tls(scheme: TlsMode, asked: str | None) -> TlsMode:
    match asked:
        case None:
            return scheme
        case "require":
            return TlsMode.IMPLICIT if scheme is TlsMode.IMPLICIT else TlsMode.EXPLICIT
        case "try" if scheme is TlsMode.OFF:
            return TlsMode.TRY
        case "try":
            return scheme
        case "off" if scheme is TlsMode.OFF:
            return scheme
        case "off":
            raise ConfigError("tls off contradicts ftpes:// and ftps://; write ftp:// instead")
        case _:
            raise ConfigError(f"tls {asked!r} is none of require, try, off")


def _multiplied(target: Target, sessions: int) -> list[Target]:
    names = [target.name, *(f"{target.name}/{n}" for n in range(2, sessions + 1))]
    return [replace(target, name=name) for name in names]


def _told_apart(targets: list[Target]) -> list[Target]:
    """Equal names of different targets get `@user`, then `#2`."""
    taken: dict[str, Target] = {}
    for target in targets:
        name = target.name
        if name in taken:
            name = f"{target.name}@{target.user}"
        number = 2
        while name in taken:
            name = f"{target.name}#{number}"
            number += 1
        taken[name] = replace(target, name=name)
    return list(taken.values())
