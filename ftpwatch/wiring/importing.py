"""Sites of another client become profiles: read, planned, and, once that is wanted, written."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.config.additions import Additions, added, as_toml
from ftpwatch.config.address import parse_address
from ftpwatch.config.commands import COMMANDS
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import MOST_BYTES as CONFIG_BYTES
from ftpwatch.config.files import read_regular
from ftpwatch.config.profiles import document_of, examine
from ftpwatch.config.writing import create, replace
from ftpwatch.core.counted import counted, noun
from ftpwatch.core.errors import UserError
from ftpwatch.importers.filezilla import read_filezilla, read_filezilla_defaults
from ftpwatch.importers.lftp import read_lftp
from ftpwatch.importers.plan import Known, Plan, Planned, plan_import
from ftpwatch.importers.site import Found, LeftOut, Unreadable
from ftpwatch.importers.winscp import read_winscp
from ftpwatch.wiring.keyring import SystemKeyring

__all__ = ["CLIENTS", "Import"]

MOST_BYTES: Final = 16 * 1_048_576
CLIENTS: Final[dict[str, Callable[[bytes], Found]]] = {
    "filezilla": read_filezilla,
    "winscp": read_winscp,
    "lftp": read_lftp,
}
_MOST_FOR_AN_ENTRY: Final = 80  # keyring = "NAME"
_SETTINGS: Final = "filezilla.xml"


class Import:
    """One import. `plan` is what it would add."""

    def __init__(self, client: str, file: Path, *, defaults: bool, keyring: bool) -> None:
        """Raises UserError where the file or the configuration cannot be read."""
        self._document = examine()
        known = self._document.verified()
        found = _found(client, file)
        sites = [(site, _refused(site.url)) for site in found.sites]
        refused = [LeftOut(site.name, why) for site, why in sites if why is not None]
        found = Found(
            tuple(site for site, why in sites if why is None),
            (*found.left_out, *refused),
            _defaults(found, file) if defaults else {},
        )
        said = msgspec.structs.asdict(known.defaults)
        self.plan: Plan = plan_import(
            found,
            Known(
                {name: profile.url for name, profile in known.profile.items()},
                {name: group.members for name, group in known.group.items()},
                {name: value for name, value in said.items() if value is not None},
                COMMANDS,
            ),
        )
        self._keyring = keyring

    @property
    def path(self) -> Path:
        """Where it is written to."""
        return self._document.path

    def notes(self) -> Iterator[str]:
        """What is not imported, and why, a sentence each."""
        for other in self.plan.left_out:
            yield f"not imported: {other.name}: {other.why}"
        if self.plan.there:
            sites = counted(self.plan.there, "site is a profile", "sites are profiles")
            yield f"{sites} already, of the same URL"
        for planned in self.plan.profiles:
            for note in planned.site.notes:
                yield f"profile {planned.name}: {note}"
        if not self._keyring and (kept := len(self._with_passwords())):
            passwords = counted(kept, "password is", "passwords are")
            yield f"{passwords} left out; --keyring keeps {noun(kept, 'it', 'them')} in the keyring"

    def toml(self) -> str:
        """What would be added. Raises ConfigError."""
        return as_toml(self._additions({p.name for p in self._with_passwords() if self._keyring}))

    def write(self, say: Callable[[str], None]) -> None:
        """Add it to the configuration, passwords to the keyring before. Raises UserError; nothing
        has been written to the file then.
        """
        before = self._document
        trial = added(before.text, self._additions(set()))
        document_of(trial.encode(), before.path).verified()
        if len(trial.encode()) + len(self.plan.profiles) * _MOST_FOR_AN_ENTRY > CONFIG_BYTES:
            raise UserError(
                f"{before.path}: with {counted(len(self.plan.profiles), 'profile')} more it would "
                f"be larger than {CONFIG_BYTES // 1024} KiB, which is not read; nothing is written"
            )
        kept = self._keep_passwords(say) if self._keyring else set()
        text = added(before.text, self._additions(kept))
        if before.there:
            replace(before.path, before.text.encode(), text)
        else:
            create(before.path, text)

    def _additions(self, kept: set[str]) -> Additions:
        profiles = {
            planned.name: {
                "url": planned.site.url,
                **planned.settings,
                **({"keyring": planned.name} if planned.name in kept else {}),
            }
            for planned in self.plan.profiles
        }
        return Additions(profiles, self.plan.groups, self.plan.defaults)

    def _with_passwords(self) -> list[Planned]:
        return [planned for planned in self.plan.profiles if planned.password]

    def _keep_passwords(self, say: Callable[[str], None]) -> set[str]:
        """Names of the profiles whose passwords the keyring has now."""
        keyring, kept = SystemKeyring(say), set()
        for planned in self._with_passwords():
            assert planned.password is not None
            there = keyring.read(planned.name)
            if there is None:
                keyring.keep(planned.name, planned.password)
            elif there != planned.password:
                say(f"profile {planned.name}: the keyring has another password under this name, "
                    "which stays; its own is left out")  # fmt: skip
                continue
            kept.add(planned.name)
        return kept


def _found(client: str, file: Path) -> Found:
    try:
        return CLIENTS[client](_read(file))
    except Unreadable as error:
        raise UserError(f"{file}: {error}") from None


def _defaults(found: Found, file: Path) -> dict[str, str]:
    """FileZilla's keep-alives: from this file, or its settings beside it."""
    if found.defaults:
        return found.defaults
    beside = file.with_name(_SETTINGS)
    try:
        said = read_filezilla_defaults(_read(beside))
    except Unreadable as error:
        raise UserError(f"{beside}: {error}") from None
    if not said:
        raise UserError(f"{beside}: it has no setting of keep-alives")
    return said


def _read(file: Path) -> bytes:
    try:
        return read_regular(file, MOST_BYTES)
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise UserError(f"{str(file)!r} is not a path") from None


def _refused(url: str) -> str | None:
    try:
        parse_address(url)
    except ConfigError as error:
        return str(error)
    return None
