"""Options of a watch: flags over the environment, over the profile, over the file's defaults, over
what is built in. What names a profile may name a group: `@eu`.
"""

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeVar

from msgspec.structs import replace

from ftpwatch.config.address import Address, parse_address
from ftpwatch.config.checks import MOST_SESSIONS
from ftpwatch.config.commands import COMMANDS
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.groups import expanded
from ftpwatch.config.keep_alive import keep_alive_of
from ftpwatch.config.passwords import Credentials, Keyring, PasswordSources, Prompt
from ftpwatch.config.settings import BUILT_IN, Defaults, Profile, Profiles, Settings
from ftpwatch.config.trust import trust_of
from ftpwatch.core.ftp.command import Secret, is_sendable
from ftpwatch.core.ftp.target import ANONYMOUS, ANONYMOUS_PASSWORD, Reconnect, Target, TlsMode
from ftpwatch.core.text.durations import parse_duration

__all__ = ["TargetFinder"]

T = TypeVar("T")


class TargetFinder:
    """Makes Targets of what a user names: URLs, profiles, groups."""

    def __init__(
        self,
        profiles: Profiles,
        flags: Settings,
        prompt: Prompt | None,
        *,
        keyring: Keyring | None = None,
        environment: Settings | None = None,
        forced: bool = False,
    ) -> None:
        self._profiles, self._prompt, self._keyring = profiles, prompt, keyring
        self._above = (flags, environment or Defaults())
        self._forced = forced

    def find_all(self, text: tuple[str, ...]) -> list[Target]:
        """All targets of `text`, or of all profiles where there is none. Raises ConfigError."""
        names = expanded(text, self._profiles) or tuple(self._profiles.profile)
        wanted = [self._resolve(word) for word in names]
        sources = PasswordSources(self._prompt, [a for a, _, _ in wanted], self._keyring)
        targets: list[Target] = []
        for address, name, profile in wanted:
            target = self._target(
                address, name, profile, _credentials(sources, address, name, profile)
            )
            targets += _multiplied(target, self._sessions(profile))
        return _told_apart(targets)

    def find_only(self, word: str) -> Target:
        """The one target of `word`, where several cannot be. Raises ConfigError."""
        names = expanded((word,), self._profiles)
        if len(names) > 1:
            raise ConfigError(f"{word} has {len(names)} profiles, and one is wanted: name it")
        return self.find_all(names)[0]

    def find_more(self, word: str, password: Secret | None) -> list[Target]:
        """The targets of `word`, added while running; a host alone is one of ftp://, and nobody is
        prompted. Raises ConfigError.
        """
        names = expanded((_as_url(word, self._profiles),), self._profiles)
        if password is not None and len(names) > 1:
            raise ConfigError(f"{word} has {len(names)} profiles, and a password is for one login")
        wanted = [self._resolve(name) for name in names]
        sources = PasswordSources(None, [a for a, _, _ in wanted], self._keyring, quiet=True)
        return [
            self._target(
                address, name, profile,
                Credentials(password) if password is not None
                else _credentials(sources, address, name, profile),
            )
            for address, name, profile in wanted
        ]  # fmt: skip

    def _resolve(self, word: str) -> tuple[Address, str | None, Profile | None]:
        profile = self._profiles.profile.get(word)
        if profile is None:
            return self._address(word), None, None
        return parse_address(profile.url), word, profile

    def _address(self, word: str) -> Address:
        """Of a word that is not a profile; where it is not a URL either it may be mistyped."""
        try:
            return parse_address(word)
        except ConfigError as error:
            known = () if ":" in word else (*COMMANDS, *self._profiles.profile)
            near = get_close_matches(word, known, 1)
            raise ConfigError(f"{error}; is {near[0]} meant?" if near else str(error)) from None

    def _sessions(self, profile: Profile | None) -> int:
        number: int = self._setting("sessions", profile)
        if not 1 <= number <= MOST_SESSIONS:
            raise ConfigError(
                f"sessions {number} is out of range; 1 to {MOST_SESSIONS} are accepted"
            )
        return number

    def _target(
        self, address: Address, name: str | None, profile: Profile | None, login: Credentials
    ) -> Target:
        keep_alive = keep_alive_of(self._sources(profile), address.host, forced=self._forced)
        timeout = self._setting("timeout", profile)
        reconnect = self._setting("reconnect", profile)
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

    def _sources(self, profile: Profile | None) -> list[Settings]:
        """Flags, environment, profile, defaults of the file."""
        return [s for s in (*self._above, profile, self._profiles.defaults) if s is not None]

    def _setting(self, name: str, profile: Profile | None) -> Any:
        """What the first source says that says something, or what is built in."""
        said = (getattr(source, name) for source in self._sources(profile))
        return next((value for value in said if value is not None), BUILT_IN[name])


def _as_url(word: str, profiles: Profiles) -> str:
    """A name that has a dot, a colon or an @ inside is that of a host."""
    is_host = word == "localhost" or any(char in word[1:] for char in ".:@")
    named = word in profiles.profile or word.startswith("@") or "://" in word
    return f"ftp://{word}" if is_host and not named else word


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
    command, entry = (profile.password_command, profile.keyring) if profile else (None, None)
    return sources.find(address, name, command, entry)


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
