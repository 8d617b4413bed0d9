"""Options of whatever watches: what is shown of it besides its front end, and to whom."""

from collections.abc import Callable
from typing import Any

import click

from ftpwatch.cli.configured import configuration

__all__ = ["outward_of", "outward_options"]

Command = Callable[..., Any]


def outward_options(command: Command) -> Command:
    """--metrics, --notify, --notify-terminal, --bell and --on-end."""
    for option in (
        click.option(
            "--on-end",
            metavar="COMMAND",
            help="Run this, without a shell, at each end that nobody wanted: FTPWATCH_CAUSE, ...",
        ),
        click.option(
            "--bell/--no-bell", default=None, help="Ring the terminal's bell then, or do not."
        ),
        click.option(
            "--notify-terminal",
            type=click.Choice(["auto", "osc9", "osc777", "off"]),
            help="Have the terminal notify then, by OSC 9 or OSC 777; through tmux too.",
        ),
        click.option(
            "--notify",
            multiple=True,
            metavar="URL|@FILE",
            help="Send a message at such an end, by apprise; URLs with secrets go into FILE or "
            "FTPWATCH_NOTIFY.",
        ),
        click.option(
            "--metrics",
            metavar="[ADDR:]PORT",
            help="Serve metrics for Prometheus; on loopback unless ADDR is written.",
        ),
    ):
        command = option(command)
    return command


def outward_of(options: dict[str, Any], *, environment: bool = True) -> Any:
    """The OutwardPlan that `outward_options` ask for; FTPWATCH_NOTIFY and `[alerts]` count where
    `environment` says so. Raises ConfigError.
    """
    from ftpwatch.config.listening import parse_listening
    from ftpwatch.config.notify import find_destinations
    from ftpwatch.config.settings import AlertSettings
    from ftpwatch.wiring.outward import OutwardPlan

    metrics, configured = options["metrics"], AlertSettings()
    bell = options["bell"]
    if environment:
        configured = configuration().alerts
    return OutwardPlan(
        metrics=None if metrics is None else parse_listening(metrics, "--metrics"),
        notify=find_destinations(
            options["notify"], environment=environment, configured=configured.notify or ()
        ),
        on_end=options["on_end"] or configured.on_end,
        bell=bool(configured.bell if bell is None else bell),
        notify_terminal=options["notify_terminal"] or configured.notify_terminal or "off",
    )
