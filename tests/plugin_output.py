"""What a monitoring plugin prints, read by the grammar of the monitoring-plugins guidelines:
https://www.monitoring-plugins.org/doc/guidelines.html, "Plugin Output" and "Performance data".
"""

import re
from dataclasses import dataclass, field

_NUMBER = r"-?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"@?(?:(?:~|{_NUMBER})?:)?(?:{_NUMBER})?")
_DATUM = re.compile(
    rf"(?:'(?P<quoted>(?:[^'=|]|'')+)'|(?P<plain>[^\s'=|]+))"
    rf"=(?P<value>{_NUMBER})(?P<unit>s|us|ms|%|[KMGTP]?B|c)?"
    r"(?:;(?P<warning>[^;\s]*))?(?:;(?P<critical>[^;\s]*))?"
    rf"(?:;(?P<least>(?:{_NUMBER})?))?(?:;(?P<most>(?:{_NUMBER})?))?"
)
_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_STATUS = re.compile(rf"FTP ({'|'.join(_STATES)}) - .")


@dataclass
class Datum:
    value: float
    unit: str
    warning: str
    critical: str


@dataclass
class Output:
    """The first line, further lines, and the performance data by label."""

    text: str
    lines: list[str] = field(default_factory=list)
    data: dict[str, Datum] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.text.split()[1]


def read_output(printed: str) -> Output:
    """Raises AssertionError where `printed` is not as the guidelines have it."""
    assert printed.endswith("\n")
    first, *rest = printed[:-1].split("\n")
    text, _, data = first.partition("|")
    output = Output(text)
    assert _STATUS.match(text), text
    for line in rest:
        # Behind a bar Nagios takes all lines for data, Icinga 2 only that one: it must be the last.
        assert not data, line
        shown, _, data = line.partition("|")
        assert _STATUS.match(shown), shown
        output.lines.append(shown)
    assert "|" not in data
    _read_data(data.strip(), output)
    return output


def _read_data(data: str, output: Output) -> None:
    position = 0
    while position < len(data):
        match = _DATUM.match(data, position)
        assert match, f"no performance data: {data[position:]!r}"
        label = match["quoted"] or match["plain"]
        assert label not in output.data, f"{label} twice"
        for limit in (match["warning"], match["critical"]):
            assert _RANGE.fullmatch(limit or ""), limit
        output.data[label] = Datum(
            float(match["value"]), match["unit"] or "", match["warning"] or "",
            match["critical"] or "",
        )  # fmt: skip
        position = match.end()
        assert data[position : position + 1] in ("", " "), data[position:]
        position += 1
