"""Options that several commands share, and what they mean. Rooms are imported where needed."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from ftpwatch.cli.completing import choices, files
from ftpwatch.cli.configured import from_configuration
from ftpwatch.cli.terminal import colours, writes_ascii

__all__ = [
    "Speed",
    "checked",
    "connection_options",
    "filter_option",
    "keep_alive_options",
    "reaching_options",
    "record_option",
    "screen_options",
    "seconds_of",
    "session_options",
    "timezone_option",
    "view_of",
    "view_options",
    "visitor_view_of",
]

Command = Callable[..., Any]
MODES: Final = ("tui", "stream", "json", "silent")
THEMES: Final = ("dark", "light", "contrast", "terminal")
CLIENTS: Final = ("filezilla", "winscp", "lftp", "curl", "none")


class Speed(click.FloatRange):
    """How many times as fast; what is not a number is none of them."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or a usage error that names the range."""
        if str(value).strip().lower() in ("nan", "+nan", "-nan"):
            self.fail(f"{value!r} is not in the range {self._describe_range()}.", param, ctx)
        return super().convert(value, param, ctx)


def _all(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """One decorator for several options, in the order that help shows."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


timezone_option = click.option(
    "--timezone",
    metavar="NAME",
    help="Of times without an offset, e.g. Europe/Berlin.  [default: this machine's]",
)
filter_option = click.option(
    "--filter",
    "filter_",
    metavar="EXPR",
    default="",
    help="Only what matches, e.g. 'code:4xx session:eu-* since:2h !noop'.",
)
keep_alive_options = _all(
    click.option("--keep-alive", help="Interval, e.g. 30s, or off.  [default: 30s]"),
    click.option(
        "--keep-alive-command",
        help='NOOP, PWD, TYPE, REST, STAT, LIST, "SITE IDLE", a list, or auto.  [default: NOOP]',
        shell_complete=choices("NOOP", "PWD", "TYPE", "REST", "STAT", "LIST", "SITE IDLE", "auto"),
    ),
    click.option(
        "--keep-alive-like",
        type=click.Choice(CLIENTS),
        help="Do as this client does; excludes the two above.",
    ),
    click.option("--keep-alive-jitter", help="Come sooner by up to this share.  [default: 0%]"),
    click.option("--force", is_flag=True, help="Allow an interval under 1s to another machine."),
)

reaching_options = _all(
    click.option("--timeout", help="Connect, TLS, greeting, each reply.  [default: 15s]"),
    click.option(
        "--tls",
        help="require, try or off, for ftp:// targets.  [default: off]",
        shell_complete=choices("require", "try", "off"),
    ),
    click.option("--ca", help="PEM file of the CAs to believe.", shell_complete=files),
    click.option("--cert", help="PEM file of our own certificate.", shell_complete=files),
    click.option("--key", help="PEM file of its key.", shell_complete=files),
    click.option("--insecure", is_flag=True, default=None, help="Do not verify certificates."),
)

connection_options = _all(
    reaching_options,
    click.option(
        "--ask",
        type=click.Choice(("once", "never")),
        default="once",
        show_default=True,
        callback=from_configuration("ask"),
        help="Ask servers for their limits after login, where they answer harmlessly.",
    ),
)

session_options = _all(
    click.option("--sessions", type=int, help="Sessions per target.  [default: 1]"),
    click.option(
        "--reconnect",
        help="auto, never or always.  [default: auto]",
        shell_complete=choices("auto", "never", "always"),
    ),
)

screen_options = _all(
    click.option(
        "--ascii",
        "ascii_only",
        is_flag=True,
        help="Only ASCII on the screen.",
        callback=from_configuration("ascii"),
    ),
    click.option(
        "--color",
        type=click.Choice(("auto", "always", "never")),
        default="auto",
        show_default=True,
        help="Colours; NO_COLOR is honoured.",
        callback=from_configuration("color"),
    ),
    click.option(
        "--theme",
        type=click.Choice(THEMES),
        help="Of the screen; t changes it.  [default: dark]",
        callback=from_configuration("theme"),
    ),
    click.option(
        "--motion",
        type=click.Choice(("full", "none")),
        default="full",
        show_default=True,
        help="none: no cursor blinks, nothing glides.",
        callback=from_configuration("motion"),
    ),
)

view_options = _all(
    click.option("--mode", type=click.Choice(MODES), help="Default: tui; stream in a pipe"),
    screen_options,
)

record_option = click.option(
    "--record", type=click.Path(path_type=Path), help="Record to this file, which must not exist."
)


def view_of(options: dict[str, Any], *, stdin_is_data: bool = False) -> Any:
    """The View that `view_options` ask for; raises click.UsageError where it cannot be. Where
    `stdin_is_data`, lines are written unless a screen is asked for, whose keys come from the
    terminal itself.
    """
    from ftpwatch.wiring.scene import View

    streams = (sys.stdin, sys.stdout, sys.stderr)  # Textual draws on stderr
    terminal = (
        all(s is not None and s.isatty() for s in streams) and os.environ.get("TERM") != "dumb"
    )
    mode = options["mode"] or ("tui" if terminal else "stream")
    if stdin_is_data and options["mode"] == "tui":
        terminal = all(s is not None and s.isatty() for s in streams[1:])
    if mode == "tui" and not terminal:
        raise click.UsageError(
            "--mode tui needs a terminal on stdin, stdout and stderr; use stream"
        )
    return View(
        mode=mode,
        ascii_only=options["ascii_only"] or writes_ascii(),
        colours=colours(options["color"], screen=mode == "tui"),
        moves=options["motion"] == "full",
        theme=options["theme"],
        keys=_keys() if mode == "tui" else {},
    )


def visitor_view_of(options: dict[str, Any]) -> Any:
    """The View of who looks from a browser, as `screen_options` want it: it has every colour."""
    from ftpwatch.core.text.terminal import colours_of
    from ftpwatch.wiring.scene import View

    drawn_on = {"COLORTERM": "truecolor", "NO_COLOR": os.environ.get("NO_COLOR", "")}
    return View(
        "tui",
        ascii_only=options["ascii_only"],
        colours=colours_of(options["color"], drawn_on),
        moves=options["motion"] == "full",
        theme=options["theme"],
        keys=_keys(),
        visited=True,
    )


def _keys() -> Any:
    """The keys that the user has changed; raises ConfigError where one cannot be."""
    from ftpwatch.cli.configured import document
    from ftpwatch.wiring.keys import changed_keys

    return changed_keys(document())


def seconds_of(text: str | None) -> float | None:
    """The seconds of `--for`; None where it is not given."""
    from ftpwatch.core.text.durations import parse_duration

    return None if text is None else float(checked(lambda t: parse_duration(t, "--for"), text))


def checked(load: Callable[[str], Any], text: str) -> Any:
    """What `load` makes of `text`; its ValueError is an error of usage."""
    try:
        return load(text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
