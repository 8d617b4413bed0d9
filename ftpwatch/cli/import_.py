"""`ftpwatch import`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ftpwatch.cli.streams import print_data, say
from ftpwatch.core.counted import counted

__all__ = ["import_"]

_CLIENTS = ("filezilla", "winscp", "lftp")


@click.command("import")
@click.argument("client", type=click.Choice(_CLIENTS), metavar="|".join(_CLIENTS))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Print what would be added, as TOML; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--keyring", is_flag=True, help="Keep passwords in the keyring; else they are left.")
@click.option(
    "--defaults",
    is_flag=True,
    help="FileZilla's keep-alives too, into [defaults]; from FILE or the filezilla.xml beside it.",
)
def import_(
    client: str, file: Path, dry_run: bool, yes: bool, keyring: bool, defaults: bool
) -> None:
    """Make profiles and groups of another client's sites: of FileZilla's sitemanager.xml or what
    its Export writes, of WinSCP.ini, of lftp's bookmarks. What is in the configuration stays.
    """
    if defaults and client != "filezilla":
        raise click.UsageError("--defaults is FileZilla's: the others keep nothing for all sites")
    from ftpwatch.wiring.importing import Import

    work = Import(client, file, defaults=defaults, keyring=keyring)
    for note in work.notes():
        say(note)
    if work.plan.is_empty:
        say("nothing to add")
        return
    if dry_run:
        print_data(work.toml())
        return
    profiles, groups = len(work.plan.profiles), len(work.plan.groups)
    if not yes and not _is_wanted(work.plan, work.path):
        say("nothing is changed")
        return
    work.write(say)
    print_data("".join(f"{line}\n" for line in _lines(work.plan)))
    added = f"{counted(profiles, 'profile')} and {counted(groups, 'group')}"
    say(f"{added} added to {work.path}")


def _lines(plan: Any) -> Iterator[str]:
    from ftpwatch.core.text.neutral import visible

    for planned in plan.profiles:
        yield visible(f"{planned.name} {planned.site.url}")
    for group, members in plan.groups.items():
        yield visible(f"@{group} {' '.join(members)}")
    for name, value in plan.defaults.items():
        yield visible(f"[defaults] {name} = {value}")


def _is_wanted(plan: Any, path: Path) -> bool:
    from ftpwatch.core.text.neutral import visible

    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: --yes adds them, --dry-run shows them")
    for line in _lines(plan):
        say(line)
    return click.confirm(visible(f"Add this to {path}?"), err=True)
