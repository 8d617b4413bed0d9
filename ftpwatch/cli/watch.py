"""`ftpwatch watch`, and `ftpwatch` alone."""

from typing import Any, Final

import click

from ftpwatch.cli.completing import targets as complete_targets
from ftpwatch.cli.configured import configuration
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import (
    connection_options,
    keep_alive_options,
    record_option,
    seconds_of,
    session_options,
    view_of,
    view_options,
)
from ftpwatch.cli.outward import outward_of, outward_options
from ftpwatch.cli.targets import finder_of, naming_servers

__all__ = ["watch"]

_NO_TARGET: Final = (
    "no target: name a URL or a profile, e.g. ftp://ftp.example.com; ftpwatch demo needs no "
    "server, ftpwatch --help lists what else there is"
)


@click.command()
@click.argument(
    "targets", nargs=-1, metavar="[URL|PROFILE|@GROUP]...", shell_complete=complete_targets
)
@keep_alive_options
@session_options
@click.option("--for", "for_", metavar="DURATION", help="QUIT all and leave after this time.")
@record_option
@click.option("--no-record", is_flag=True, help="Keep no recording.")
@connection_options
@outward_options
@view_options
def watch(targets: tuple[str, ...], **options: Any) -> None:
    """Watch TARGETS: ftp://[user@]host[:port], ftpes:// (explicit TLS), ftps:// (implicit TLS),
    names of profiles or, with an @, of groups; without any, all profiles.
    """
    view = view_of(options)
    seconds = seconds_of(options["for_"])
    if options["record"] and options["no_record"]:
        raise click.UsageError("--record and --no-record exclude one another")
    outward = outward_of(options)
    finder = finder_of(options)
    with naming_servers(targets):
        targets_found = finder.find_all(targets)
    if not targets_found and view.mode != "tui":
        raise click.UsageError(_NO_TARGET)
    _run_watch(targets_found, finder, view, seconds, {**options, "outward": outward})


def _run_watch(targets: Any, finder: Any, view: Any, seconds: float | None, options: Any) -> None:
    from ftpwatch.core.text.headline import Headline, Keeping
    from ftpwatch.wiring import live
    from ftpwatch.wiring.recording import bounds_of, keep_of

    recordings = configuration().recordings
    insecure = any(not target.trust.verified for target in targets)
    plan = live.Plan(
        view=view,
        find_targets=finder.find_more,
        targets=targets,
        seconds=seconds,
        record=options["record"],
        kept=not options["no_record"],
        asks=options["ask"] == "once",
        remembers=not options["no_record"],
        headline=Headline(
            title="ftpwatch, certificates NOT verified" if insecure else "ftpwatch",
            keeping=Keeping.NOT_RECORDED if options["no_record"] else Keeping.RECORDED,
        ),
        outward=options["outward"],
        bounds=bounds_of(recordings),
        keep=keep_of(recordings),
    )
    exit_with(*live.watch(plan))
