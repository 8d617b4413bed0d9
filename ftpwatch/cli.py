"""The command line. Heavy rooms are imported inside the commands that need them. One file: its
commands and their options are what --help prints.
"""

import sys
from pathlib import Path
from typing import Any, Final

import click

from ftpwatch import __version__
from ftpwatch.cli_options import (
    Speed,
    checked,
    connection_options,
    keep_alive_options,
    record_option,
    seconds_of,
    timezone_option,
    view_of,
    view_options,
)
from ftpwatch.cli_streams import drop_stdout, flush, open_stdout, print_data, say, unwritable
from ftpwatch.core.errors import UserError

__all__ = ["main"]

PHASES: Final = ("connecting", "greeting", "tls", "login", "ready", "transfer", "quit")
_USAGE: Final = 2
_INTERRUPTED: Final = 130
_SIGNALLED: Final = 128


class _WatchFirst(click.Group):
    """`ftpwatch URL` is `ftpwatch watch URL`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = {*self.commands, "--help", "--version"}
        if not args or args[0] not in known:
            args = ["watch", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_WatchFirst, context_settings={"help_option_names": ["--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    help="Show the version.",
    callback=lambda context, _, wanted: _show_version(context) if wanted else None,
)
def cli() -> None:
    """Watch FTP sessions live: every reply, keep-alives, and why a session ended.

    `ftpwatch [URL|PROFILE]...` opens the screen over these targets, e.g. `ftpwatch
    ftp://ops@ftp.example.com`; `ftpwatch demo` shows it without a server.
    """


@cli.command()
@click.argument("targets", nargs=-1, metavar="[URL|PROFILE]...")
@keep_alive_options
@click.option("--sessions", type=int, help="Sessions per target.  [default: 1]")
@click.option("--for", "for_", metavar="DURATION", help="QUIT all and leave after this time.")
@click.option("--reconnect", help="auto, never or always.  [default: auto]")
@record_option
@click.option("--no-record", is_flag=True, help="Keep no recording.")
@connection_options
@view_options
def watch(targets: tuple[str, ...], **options: Any) -> None:
    """Watch TARGETS: ftp://[user@]host[:port], ftpes:// (explicit TLS), ftps:// (implicit TLS),
    or names of profiles; without any, all profiles.
    """
    view = view_of(options)
    seconds = seconds_of(options["for_"])
    if options["record"] and options["no_record"]:
        raise click.UsageError("--record and --no-record exclude one another")
    finder = _finder(options)
    targets_found = finder.find_all(targets)
    if not targets_found and view.mode != "tui":
        raise click.UsageError("no target: name a URL or a profile, e.g. ftp://ftp.example.com")
    _run_watch(targets_found, finder, view, seconds, options)


def _show_version(context: click.Context) -> None:
    print_data(f"ftpwatch {__version__}\n")
    context.exit()


def _finder(options: dict[str, Any]) -> Any:
    """What finds targets, with the options that were given as flags."""
    from ftpwatch.config.options import TargetFinder
    from ftpwatch.config.profiles import Settings, read_profiles

    flags = Settings(**{name: options.get(name) for name in Settings.__struct_fields__})
    prompt = _prompt if sys.stdin is not None and sys.stdin.isatty() else None
    return TargetFinder(read_profiles(), flags, prompt, forced=options.get("force", False))


def _run_watch(targets: Any, finder: Any, view: Any, seconds: float | None, options: Any) -> None:
    from ftpwatch.core.text.headline import Headline, Keeping
    from ftpwatch.wiring import live

    insecure = any(not target.trust.verified for target in targets)
    plan = live.Plan(
        view=view,
        find_target=finder.find_one,
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
    )
    _exit(*live.watch(plan))


@cli.command()
@click.argument("scenario", required=False)
@click.option("--list", "list_", is_flag=True, help="Describe the scenarios, a line each.")
@click.option("--speed", type=Speed(0.1, 100), default=1.0, help="Compress the time.")
@click.option("--for", "for_", metavar="DURATION", help="Leave after this time.")
@record_option
@view_options
def demo(scenario: str | None, list_: bool, speed: float, **options: Any) -> None:
    """Play SCENARIO on embedded servers: no network, no account, no configuration. Without a
    name, a tour of the best of them in turn.
    """
    from ftpwatch.demo.scenario import TOUR, load, names

    if list_:
        print_data("".join(f"{name:<15} {load(name).title}\n" for name in names()))
        return
    import asyncio

    from ftpwatch.config.options import TargetFinder
    from ftpwatch.config.profiles import Profiles, Settings
    from ftpwatch.wiring.demo import DemoPlan, run_demo

    plan = DemoPlan(
        scenarios=tuple(checked(load, name) for name in ((scenario,) if scenario else TOUR)),
        view=view_of(options),
        finder=TargetFinder(Profiles(), Settings(), None),
        speed=speed,
        seconds=seconds_of(options["for_"]),
        record=options["record"],
    )
    _exit(asyncio.run(run_demo(plan)))


@cli.command()
@click.argument("recording", metavar="RECORDING|LOG|CAPTURE|-", type=click.Path(path_type=Path))
@click.option("--speed", type=Speed(0.1, 10_000), default=1.0, help="Times as fast.")
@click.option("--follow", is_flag=True, help="Show a log or capture as it grows.")
@timezone_option
@view_options
def replay(
    recording: Path, speed: float, follow: bool, timezone: str | None, **options: Any
) -> None:
    """Show a recording again, or the log or capture of somebody else's sessions; read-only, without
    a network. - reads a log or a capture from stdin, as in

    tcpdump -U -w - port 21 | ftpwatch replay - --follow
    """
    import asyncio

    from ftpwatch.wiring.replay import ReplayPlan, run_replay

    path = None if str(recording) == "-" else recording
    view = view_of(options, stdin_is_data=path is None)
    plan = ReplayPlan(path=path, view=view, speed=speed, follow=follow, zone=timezone)
    _exit(asyncio.run(run_replay(plan)))


@cli.command()
@click.argument("target", metavar="URL|PROFILE")
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
    finder = _finder(options)
    found_target = finder.find_all((target,))[0]
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
    _exit(code)


@cli.command()
@click.argument("pasted", nargs=-1, metavar="FILE|-|TEXT|CODE")
@click.option("--vs", type=click.IntRange(0, 999), help="Put another code beside it.")
@click.option("--phase", type=click.Choice(PHASES), help="Where the session was.")
@click.option("--server", help="Which server said it, e.g. ProFTPD.")
@timezone_option
@click.option("--all", "all_", is_flag=True, help="Explain every end that is found.")
@click.option("--format", "format_", type=click.Choice(("text", "json")), default="text")
def explain(pasted: tuple[str, ...], **options: Any) -> None:
    """Say why a session ended: of a log that a client or server wrote, of a capture, of a reply.

    FILE is a log, a capture (pcap, pcapng) or a recording; - reads one from stdin. TEXT is a pasted
    log or a reply, CODE a bare reply code.
    """
    from ftpwatch.wiring.explaining import Asked
    from ftpwatch.wiring.explaining import explain as answer

    text = " ".join(pasted)
    path = Path(text) if text and text != "-" and _is_file(text) else None
    asked = Asked(
        text=None if path is not None or text == "-" else text,
        path=path,
        versus=options["vs"],
        phase=options["phase"],
        server=options["server"],
        zone=options["timezone"],
        all_ends=options["all_"],
        as_object=options["format_"] == "json",
    )
    try:
        answer_text = answer(asked)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    print_data(answer_text)


def _is_file(text: str) -> bool:
    """A pasted log may be longer than any name."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _prompt(text: str) -> str:
    from ftpwatch.core.text.neutral import visible

    return str(click.prompt(visible(text), hide_input=True, prompt_suffix="", err=True))


def _exit(code: int, failure: str | None = None) -> None:
    if failure is not None:
        say(f"ftpwatch: an error of its own: {failure}")
    raise click.exceptions.Exit(int(code))


def main() -> None:
    """Entry point: every foreseeable error is one sentence on stderr."""
    open_stdout()
    sys.exit(flush(_main()))


def _main() -> int:
    try:
        code = cli.main(standalone_mode=False, prog_name="ftpwatch")
    except SystemExit as left:
        if isinstance(left.code, int) and left.code > _SIGNALLED:
            return left.code
        return drop_stdout(0)  # nobody reads what click prints
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.UsageError as error:
        say(f"ftpwatch: {error.format_message()}")
        return _USAGE
    except (click.Abort, KeyboardInterrupt):
        say("")
        return _INTERRUPTED
    except UserError as error:
        say(f"ftpwatch: {error}")
        return _USAGE
    except BrokenPipeError:
        return drop_stdout(0)
    except OSError as error:
        return unwritable(error)
    return code if isinstance(code, int) else 0
