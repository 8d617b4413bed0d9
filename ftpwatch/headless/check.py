"""`ftpwatch check` in the form of monitoring plugins: a line a target, performance data, exit code.

After the guidelines of monitoring-plugins.org: `STATE - text|'label'=value[UOM];warn;crit;min`.
Monitors read the bar as the begin of performance data, line feeds as further lines, and some
show angle brackets as HTML: of a server's words none of them gets through. Labels are made of the
names of targets, which the user gave, numbers of what was measured: neither of what a server said.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ftpwatch.core.state.checked import Checked, Metric, Status, worst
from ftpwatch.core.text.neutral import shortened, visible

__all__ = ["checks_status", "checks_text", "unknown_text"]

_SERVICE: Final = "FTP"
_MOST_TEXT: Final = 1_000
_FORGED: Final = str.maketrans({"|": "¦", "<": "‹", ">": "›"})
_NO_LABEL: Final = re.compile(r"[^\w.:@/#-]", re.ASCII)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_]+")
_COUNTED: Final = (Status.CRITICAL, Status.WARNING, Status.UNKNOWN, Status.OK)


def checks_status(checks: Iterable[Checked]) -> Status:
    """The worst of all; its number is the exit code."""
    return worst(*(checked.status for checked in checks))


def checks_text(checks: Sequence[Checked]) -> str:
    """One target: a line. Several: a line that sums up, a line each, and the performance data of
    all behind the last: Nagios takes whatever follows the bar for such data, Icinga 2 only what
    follows it on its line.
    """
    if len(checks) == 1:
        return _joined(_line(checks[0]), [_metrics(checks[0].metrics, "")])
    prefixes = _prefixes(checks)
    lines = "\n".join((_summary(checks), *map(_line, checks)))
    pairs = zip(checks, prefixes, strict=True)
    return _joined(lines, [_metrics(checked.metrics, prefix) for checked, prefix in pairs])


def unknown_text(problem: str) -> str:
    """What could not be checked at all, and why."""
    return f"{_SERVICE} UNKNOWN - {_clean(problem)}\n"


def _joined(lines: str, metrics: Iterable[str]) -> str:
    data = " ".join(filter(None, metrics))
    return f"{lines}|{data}\n" if data else f"{lines}\n"


def _line(checked: Checked) -> str:
    return f"{_SERVICE} {checked.status.name} - {_clean(checked.name)}: {_clean(checked.text)}"


def _summary(checks: Sequence[Checked]) -> str:
    status = checks_status(checks)
    counts = {kind: sum(checked.status is kind for checked in checks) for kind in _COUNTED}
    counted = ", ".join(f"{count} {kind.name}" for kind, count in counts.items() if count)
    text = f"{_SERVICE} {status.name} - {counted} of {len(checks)} targets"
    if status is Status.OK:
        return text
    first = next(checked for checked in checks if checked.status is status)
    return f"{text} - {_clean(first.name)}: {_clean(first.text)}"


def _clean(text: str) -> str:
    return shortened(visible(text).translate(_FORGED), _MOST_TEXT)


# --- performance data ----------------------------------------------------------------------------


def _prefixes(checks: Sequence[Checked]) -> list[str]:
    """What tells the labels of several targets apart, `name::`, as check_multi has it."""
    prefixes: list[str] = []
    for checked in checks:
        name = _NO_LABEL.sub("_", checked.name)
        while f"{name}::" in prefixes:
            name += "_"
        prefixes.append(f"{name}::")
    return prefixes


def _metrics(metrics: Iterable[Metric], prefix: str) -> str:
    return " ".join(_metric(metric, prefix) for metric in metrics)


def _metric(metric: Metric, prefix: str) -> str:
    label = f"{prefix}{metric.label}"
    label = label if _PLAIN.fullmatch(label) else f"'{label}'"
    warning, critical = (
        _threshold(limit, at_least=metric.at_least)
        for limit in (metric.limits.warning, metric.limits.critical)
    )
    least = "" if metric.at_least else "0"
    return f"{label}={_number(metric.value)}{metric.unit};{warning};{critical};{least}"


def _threshold(limit: float | None, *, at_least: bool) -> str:
    """A range of the guidelines: `10` alarms over 10, `10:` under 10."""
    return "" if limit is None else f"{_number(limit)}{':' if at_least else ''}"


def _number(value: float) -> str:
    """Without an exponent; microseconds are enough."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
