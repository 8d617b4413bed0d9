"""`ftpwatch limits`."""

from typing import Any

import click

from ftpwatch.cli.completing import targets as complete_targets
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import checked, connection_options
from ftpwatch.cli.streams import drop_stdout, print_data, say
from ftpwatch.cli.targets import finder_of, naming_servers

__all__ = ["limits"]


@click.command()
@click.argument("target", metavar="URL|PROFILE", shell_complete=complete_targets)
@click.option(
    "--max-wait", default="20m", show_default=True, help="Watch each test session so long."
)
@click.option(
    "--twins",
    type=click.IntRange(1, 4),
    default=4,
    show_default=True,
    help="Sessions to open: silent, NOOP, STAT, LIST. It never logs in more often.",
)
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text")
@connection_options
def limits(target: str, max_wait: str, twins: int, format_: str, **options: Any) -> None:
    """Measure which clocks the server at URL runs, what resets them, and which keep-alive holds.

    Opens test sessions side by side: one silent, the others each with a command of its own.
    """  # fmt: skip
    import asyncio

    from ftpwatch.core.text.durations import parse_duration
    from ftpwatch.headless.limits import limits_json, limits_text
    from ftpwatch.wiring.limits import LimitsPlan, run_limits

    seconds = float(checked(lambda text: parse_duration(text, "--max-wait"), max_wait))
    finder = finder_of(options)
    with naming_servers((target,)):
        found_target = finder.find_only(target)
    plan = LimitsPlan(found_target, seconds, twins, options["ask"] == "once")
    code, limits_found = asyncio.run(run_limits(plan))
    text = limits_json(limits_found) if format_ == "json" else limits_text(limits_found)
    try:
        print_data(text)
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            say(f"ftpwatch: cannot write to stdout: {error.strerror}; what was measured:")
        say(text.rstrip("\n"))
        drop_stdout(code)
    exit_with(code)
