"""The commands by name, each loaded when it is called, and how every one of them ends."""

import os
import sys
from importlib import import_module
from keyword import iskeyword
from typing import Final

import click
from click.shell_completion import CompletionItem

from ftpwatch import __version__
from ftpwatch.cli.bash import complete_in_bash
from ftpwatch.cli.completing import target_items
from ftpwatch.cli.streams import drop_stdout, flush, open_stdout, print_data, say, unwritable
from ftpwatch.config.commands import COMMANDS
from ftpwatch.core.errors import UserError

__all__ = ["main"]

_USAGE: Final = 2
_INTERRUPTED: Final = 130
_SIGNALLED: Final = 128


class _WatchFirst(click.Group):
    """`ftpwatch URL` is `ftpwatch watch URL`; a command is the function of its name in the file of
    its name, with a `_` behind it where Python has the word for itself.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_") + ("_" if iskeyword(cmd_name) else "")
        module = import_module(f"ftpwatch.cli.{name}")
        command: click.Command = getattr(module, name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        completes_first_word = ctx.resilient_parsing and not args
        if not completes_first_word and (
            not args or args[0] not in (*COMMANDS, "--help", "--version")
        ):
            args = ["watch", *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, and what `watch` takes."""
        items = super().shell_complete(ctx, incomplete)
        if incomplete.startswith("-"):
            watch = self.get_command(ctx, "watch")
            assert watch is not None
            with click.Context(watch, parent=ctx, info_name="watch") as below:
                return [*items, *watch.shell_complete(below, incomplete)]
        return [*items, *target_items(incomplete)]


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


def _show_version(context: click.Context) -> None:
    print_data(f"ftpwatch {__version__}\n")
    context.exit()


def main() -> None:
    """Entry point: every foreseeable error is one sentence on stderr."""
    open_stdout()
    if "_FTPWATCH_COMPLETE" in os.environ:
        complete_in_bash()
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
        say(f"ftpwatch: {error.format_message()}".replace("\n\t", " "))
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
