"""`ftpwatch check`."""

from datetime import UTC
from typing import Any, NoReturn

import click

from ftpwatch.cli.completing import targets as complete_targets
from ftpwatch.cli.options import reaching_options, seconds_of
from ftpwatch.cli.streams import drop_stdout, print_text, say
from ftpwatch.cli.targets import finder_of, naming_servers
from ftpwatch.core.errors import UserError

__all__ = ["check"]


class _Plugin(click.Command):
    """A command whose every refusal is a line on stdout and the exit code of UNKNOWN: a monitor
    reads nothing else.
    """

    def make_context(self, *args: Any, **settings: Any) -> click.Context:
        try:
            return super().make_context(*args, **settings)
        except click.UsageError as error:
            _give_up(error.format_message())

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            _give_up(error.format_message())
        except UserError as error:
            _give_up(str(error))


def _give_up(problem: str) -> NoReturn:
    from ftpwatch.core.state.checked import Status
    from ftpwatch.headless.check import unknown_text

    _print_and_exit(unknown_text(problem), Status.UNKNOWN)


@click.command(cls=_Plugin)
@click.argument(
    "targets",
    nargs=-1,
    required=True,
    metavar="URL|PROFILE|@GROUP...",
    shell_complete=complete_targets,
)
@click.option("--list", "lists", is_flag=True, help="Read the listing of the first folder too.")
@click.option("--file", metavar="PATH", help="Look whether this file is there.")
@click.option("--max-age", metavar="D", help="CRITICAL where the file is older, e.g. 1h.")
@click.option(
    "--warning",
    multiple=True,
    metavar="[STEP=]D",
    help="WARNING over this time: 2s in total, login=1s for a step. May be repeated.",
)
@click.option(
    "--critical", multiple=True, metavar="[STEP=]D", help="CRITICAL over this time, likewise."
)
@click.option(
    "--certificate-days",
    metavar="N[,M]",
    help="WARNING where the certificate ends in fewer days, CRITICAL in fewer than M.",
)
@click.option("--expect", metavar="TEXT", help="The greeting must hold it; else no login is tried.")
@click.option(
    "--for",
    "for_",
    metavar="D",
    default="50s",
    show_default=True,
    help="The whole check takes no longer.",
)
@click.option("--timezone", metavar="NAME", help="Of the times in a listing.  [default: UTC]")
@reaching_options
def check(targets: tuple[str, ...], **options: Any) -> None:
    """Check TARGETS once and leave, as a monitoring plugin: a line each with performance data, exit
    code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.

    Steps, each timed: connect, greeting, tls, login, noop, list, file, quit.
    """
    import asyncio

    from ftpwatch.headless.check import checks_status, checks_text
    from ftpwatch.headless.exit_codes import ExitCode
    from ftpwatch.wiring.check import run_checks

    checks, interrupted = asyncio.run(run_checks(_plan(targets, options)))
    code = ExitCode.INTERRUPTED if interrupted else checks_status(checks)
    _print_and_exit(checks_text(checks), code)


def _plan(targets: tuple[str, ...], options: dict[str, Any]) -> Any:
    from ftpwatch.config.thresholds import must_apply, questions_of, thresholds_of
    from ftpwatch.config.timezones import zone_of
    from ftpwatch.wiring.check import CheckPlan

    asked = questions_of(options["file"], options["expect"], lists=options["lists"])
    thresholds = thresholds_of(
        options["warning"], options["critical"], options["certificate_days"], options["max_age"]
    )
    with naming_servers(targets):
        found = finder_of({**options, "sessions": 1}).find_all(tuple(dict.fromkeys(targets)))
    must_apply(thresholds, asked, found)
    zone = None if options["timezone"] is None else zone_of(options["timezone"])[0]
    seconds = seconds_of(options["for_"]) or 0.0
    return CheckPlan(found, asked, thresholds, seconds, zone or UTC)


def _print_and_exit(text: str, code: int) -> NoReturn:
    """The exit code stands, whether or not somebody reads the line."""
    try:
        print_text(text)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            say(f"ftpwatch: cannot write to stdout: {error.strerror}; {text.rstrip()}")
        drop_stdout(code)
    raise click.exceptions.Exit(int(code))
