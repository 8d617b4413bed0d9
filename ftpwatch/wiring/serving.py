"""The screens in browsers: each visitor's is a process that follows a recording and only looks."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from ftpwatch.config.child_environment import child_environment
from ftpwatch.core.errors import UserError
from ftpwatch.core.text.neutral import visible
from ftpwatch.headless.exit_codes import ExitCode
from ftpwatch.headless.narration import Narration
from ftpwatch.record.files import family
from ftpwatch.record.retention import newest_written
from ftpwatch.serving.only_look import only_look
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.recording import recordings_folder
from ftpwatch.wiring.replay import ReplayPlan, run_replay
from ftpwatch.wiring.scene import View
from ftpwatch.wiring.stopping import Stopping, on_signals

if TYPE_CHECKING:
    from ftpwatch.serving.server import WebServer

__all__ = [
    "ServePlan", "chosen_recording", "command_of", "environment_of_visitors", "run_serve",
    "show_visitor",
]  # fmt: skip

# The place of this package is looked at last, so that where it is installed nothing else changes.
_BEGIN: Final = (
    "import sys; sys.path.append(sys.argv.pop(1)); from ftpwatch.cli import main; main()"
)
_PACKAGE: Final = Path(__file__).parents[2]


class ServePlan(msgspec.Struct, frozen=True):
    """The `recording` to show, at an address and port, by `words` of the command line that show it
    to one visitor.
    """

    recording: Path
    listen: tuple[str, int]
    words: tuple[str, ...]


def chosen_recording(named: Path | None) -> Path:
    """The recording at `named`, or the newest that a watch is writing. Raises UserError."""
    if named is not None:
        return family(named)[0].path
    folder = recordings_folder()
    newest = newest_written(folder)
    if newest is None:
        raise UserError(
            f"no watch is recording in {folder}; start one, or name a recording: "
            "ftpwatch serve RECORDING"
        )
    return newest


async def run_serve(plan: ServePlan) -> ExitCode:
    """Show what `plan` names until a signal ends it. Raises UserError."""
    narration, stopping = Narration(), Stopping()

    def say(text: str) -> None:
        narration.say(f"ftpwatch: {text}")

    failures = Failures(None, narration.say)
    asyncio.get_running_loop().set_exception_handler(failures.of_loop)
    server = _server(plan, say, failures)
    undo_signals = on_signals(stopping)
    try:
        url = await server.open(*plan.listen)
        name = visible(plan.recording.name)
        say(f"{name} is shown at {url} to browsers of this machine; ctrl+c ends it")
        await stopping.wait()
    finally:
        await server.close()
        undo_signals()
    return ExitCode.INTERRUPTED if stopping.interrupted else ExitCode.WELL


async def show_visitor(recording: Path, view: View) -> ExitCode:
    """The screen of one visitor, drawn on stdout in Textual's packets."""
    only_look()
    return await run_replay(ReplayPlan(path=recording, view=view, follow=True))


def command_of(plan: ServePlan) -> tuple[str, ...]:
    """The command that runs for each visitor."""
    path = str(plan.recording.absolute())
    return sys.executable, "-P", "-c", _BEGIN, str(_PACKAGE), *plan.words, "--", path


def environment_of_visitors() -> dict[str, str]:
    """Ours, without secrets, and without what tells Textual to write files."""
    kept = {
        name: text for name, text in child_environment().items() if not name.startswith("TEXTUAL")
    }
    return {**kept, "TEXTUAL_COLOR_SYSTEM": "truecolor", "TERM_PROGRAM": "textual"}


def _server(plan: ServePlan, say: Callable[[str], None], failures: Failures) -> "WebServer":
    try:
        from ftpwatch.serving.server import Shown, WebServer

        shown = Shown(plan.recording.name, command_of(plan), environment_of_visitors())
        return WebServer(shown, say, failures.of_outward)
    except ModuleNotFoundError as error:
        raise UserError(
            "the page is textual-serve's, which is not installed: pip install 'ftpwatch[web]'"
        ) from error
