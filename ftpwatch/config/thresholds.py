"""By what a check is judged, as it is written: `--warning 2s`, `--warning login=1s`,
`--certificate-days 30,14`.
"""

import re
from collections.abc import Sequence
from typing import Final

from ftpwatch.config.errors import ConfigError
from ftpwatch.core.ftp.command import is_sendable
from ftpwatch.core.ftp.target import Target, TlsMode
from ftpwatch.core.state.checked import TOTAL, Limits, Thresholds
from ftpwatch.core.state.probed import Questions, Step
from ftpwatch.core.text.durations import parse_duration

__all__ = ["must_apply", "questions_of", "thresholds_of"]

_NAMES: Final = (TOTAL, *Step)
_MOST_DAYS: Final = 36_500
_DAYS: Final = re.compile(r"(\d{1,5})(?:,(\d{1,5}))?", re.ASCII)


def questions_of(file: str | None, expect: str | None, *, lists: bool) -> Questions:
    """What is asked besides the usual. Raises ConfigError for a file that no command can name."""
    if file is not None and (not file.strip() or not is_sendable(file)):
        raise ConfigError(f"--file {file!r} is not a path: it must be one line of text, in UTF-8")
    if expect == "":
        raise ConfigError("--expect '' is in every greeting; give a text that tells servers apart")
    return Questions(lists, file, expect)


def thresholds_of(
    warning: Sequence[str], critical: Sequence[str], days: str | None, max_age: str | None
) -> Thresholds:
    """Raises ConfigError that names the option, the value and what is accepted."""
    warnings, criticals = _by_name(warning, "--warning"), _by_name(critical, "--critical")
    seconds = {}
    for name in _NAMES:
        limits = Limits(warnings.get(name), criticals.get(name))
        if limits.warning and limits.critical and limits.warning > limits.critical:
            raise ConfigError(
                f"--warning of {name}, {limits.warning:g} s, is over its --critical, "
                f"{limits.critical:g} s; it must come first"
            )
        if limits != Limits():
            seconds[name] = limits
    return Thresholds(
        seconds,
        Limits() if days is None else _days(days),
        None if max_age is None else _duration(max_age, "--max-age"),
    )


def must_apply(thresholds: Thresholds, asked: Questions, targets: Sequence[Target]) -> None:
    """Nothing is asked for that would never be looked at. Raises ConfigError."""
    if thresholds.max_age_seconds is not None and asked.file is None:
        raise ConfigError("--max-age is that of a file: give --file PATH too")
    for step, wanted, option in (
        (Step.LIST, asked.lists, "--list"),
        (Step.FILE, asked.file is not None, "--file PATH"),
    ):
        if step in thresholds.seconds and not wanted:
            raise ConfigError(f"a threshold for {step} needs {option}, which makes that step")
    by_days = thresholds.certificate_days != Limits()
    for target in targets if by_days or Step.TLS in thresholds.seconds else ():
        what = "--certificate-days" if by_days else "a threshold for tls"
        if target.tls is TlsMode.OFF:
            raise ConfigError(
                f"{what} needs TLS, and {target.name} has none: write ftpes:// or ftps://, or use "
                "--tls require"
            )
        if by_days and not target.trust.verified:
            raise ConfigError(
                f"{what} needs a certificate that is verified, and {target.name} is insecure: "
                "name its CA, or the certificate itself, by --ca"
            )


def _by_name(written: Sequence[str], option: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in written:
        name, equals, duration = text.rpartition("=")
        name = name.strip().lower() if equals else TOTAL
        if name not in _NAMES:
            raise ConfigError(
                f"{option} {text!r} is for no step; write 2s for the total, or STEP=1s with one of "
                f"{', '.join(_NAMES)}"
            )
        if name in found:
            raise ConfigError(f"{option} is given twice for {name}; once is accepted")
        found[name] = _duration(duration, f"{option} {name}" if equals else option)
    return found


def _duration(text: str, name: str) -> float:
    try:
        return parse_duration(text, name)
    except ValueError as error:
        raise ConfigError(str(error)) from None


def _days(text: str) -> Limits:
    match = _DAYS.fullmatch(text.replace(" ", ""))
    numbers = [int(number) for number in match.groups() if number] if match is not None else []
    if not numbers or max(numbers) > _MOST_DAYS or sorted(numbers, reverse=True) != numbers:
        raise ConfigError(
            f"--certificate-days {text!r} is none of N and N,M: warn under N days, critical under "
            f"M, which is not more, each up to {_MOST_DAYS}"
        )
    return Limits(*map(float, numbers))
