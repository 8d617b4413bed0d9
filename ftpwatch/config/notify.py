"""Where messages go: `--notify URL`, `--notify @FILE`, FTPWATCH_NOTIFY, `[alerts]`.

Most of these URLs are secrets as a whole, so that none is shown, whatever is wrong with it. What
was given as an option is marked: whoever knows the service says whether it holds a secret, which
then does not belong there.
"""

import os
import shlex
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from ftpwatch.config.document import Problem
from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular
from ftpwatch.config.settings import AlertSettings
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.state.alert import Destination
from ftpwatch.core.text.neutral import shortened

__all__ = ["VARIABLE", "alert_problems", "find_destinations"]

VARIABLE: Final = "FTPWATCH_NOTIFY"
MOST: Final = 20
_LONGEST: Final = 4_096
_LONGEST_SHOWN: Final = 80


def find_destinations(
    options: Sequence[str], *, environment: bool, configured: Sequence[str] = ()
) -> tuple[Destination, ...]:
    """Those of `options`; without any those of the environment, where that counts, and without
    these the `configured` ones. Raises ConfigError.
    """
    found = _named(options, "--notify")
    if not options and environment:
        words = os.environ.get(VARIABLE, "").split()
        found += [_destination(f"{VARIABLE} {n}", word) for n, word in enumerate(words, 1)]
        found = found or _named(configured, "[alerts] notify")
    if len(found) > MOST:
        raise ConfigError(f"--notify: {len(found)} places are too many; {MOST} are accepted")
    return tuple(found)


def alert_problems(alerts: AlertSettings) -> list[Problem]:
    """What `[alerts]` names and is not there: files of URLs, the program."""
    problems = []
    try:
        _named(alerts.notify or (), "notify")
    except ConfigError as error:
        problems.append(Problem(("alerts", "notify"), f"[alerts] {error}"))
    program = shlex.split(alerts.on_end)[0] if alerts.on_end else None
    if program is not None and shutil.which(program) is None:
        text = f"[alerts] on_end: there is no program {shortened(repr(program), _LONGEST_SHOWN)}"
        problems.append(Problem(("alerts", "on_end"), text))
    return problems


def _named(places: Sequence[str], option: str) -> list[Destination]:
    found: list[Destination] = []
    for number, text in enumerate(places, 1):
        if text.startswith("@"):
            found += _in_file(Path(text[1:]).expanduser(), option)
        else:
            found += [Destination(f"{option} {number}", Secret(text.strip()), openly=True)]
    return found


def _in_file(path: Path, option: str) -> Iterable[Destination]:
    """A URL a line; `#` begins a line that is none."""
    try:
        lines = read_regular(path).decode("utf-8").splitlines()
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"{option} @{path} cannot be read: {reason}") from error
    except (ValueError, UnicodeDecodeError) as error:
        raise ConfigError(f"{option} @{path} cannot be read: it is not text in UTF-8") from error
    numbered = [(n, line.strip()) for n, line in enumerate(lines, 1)]
    wanted = [(n, line) for n, line in numbered if line and not line.startswith("#")]
    if not wanted:
        raise ConfigError(f"{option} @{path} names no URL; write one a line")
    return [_destination(f"line {n} of {path}", line) for n, line in wanted[: MOST + 1]]


def _destination(source: str, text: str) -> Destination:
    if len(text) > _LONGEST:
        raise ConfigError(f"{source} is longer than {_LONGEST} characters; that is not a URL")
    return Destination(source, Secret(text))
