"""`ftpwatch import`."""

import sys
from pathlib import Path

import click

from ftpwatch.cli.streams import print_data, say

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
    if not yes:
        _confirm(f"Add {profiles} profiles and {groups} groups to {work.path}?")
    work.write(say)
    for planned in work.plan.profiles:
        print_data(f"{planned.name} {planned.site.url}\n")
    for group, members in work.plan.groups.items():
        print_data(f"@{group} {' '.join(members)}\n")
    say(f"{profiles} profiles and {groups} groups added to {work.path}")


def _confirm(question: str) -> None:
    from ftpwatch.core.text.neutral import visible

    if sys.stdin is None or not sys.stdin.isatty():
        raise click.UsageError("nobody can be asked here: --yes adds them, --dry-run shows them")
    if not click.confirm(visible(question), err=True):
        raise click.Abort
