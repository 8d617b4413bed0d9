"""Logs that real clients wrote about sessions whose end is known (`logs.jsonl`): against vsftpd,
ProFTPD, Pure-FTPd and pyftpdlib, on loopback; and pasted ones from issue threads (`cases.jsonl`).
Which client and server, which situation, the cause, and the setting where there is one.
"""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ftpwatch.core.journal.entry import entry_line
from ftpwatch.core.state.explanation import Confidence
from ftpwatch.core.text.phrasing import phrase
from ftpwatch.wiring.explaining import Asked, explain
from transcripts.heard import Heard, heard_log

HERE = Path(__file__).parent
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "logs.jsonl").read_text().splitlines()
]
CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (HERE / "cases.jsonl").read_text().splitlines()
]
TRUTHS = {"not FTP": "not_ftp"}


@cache
def of_log(name: str) -> Heard:
    return heard_log((HERE / "logs" / name).read_bytes())


def told(row: dict[str, Any]) -> tuple[str | None, Confidence | None, str | None]:
    end = of_log(row["log"]).end
    if end is None:
        return None, None, None
    return None if end.cause is None else str(end.cause), end.confidence, end.directive


def test_nine_of_ten_are_explained_rightly_and_nothing_wrong_is_certain() -> None:
    wrong, unsettled, settings = [], [], 0
    for row in ROWS:
        cause, confidence, directive = told(row)
        if cause != row["cause"]:
            wrong.append((row["log"], row["cause"], cause, confidence))
        elif row["setting"] is not None:
            settings += 1
            first = row["setting"].strip("-").split()[0].lower()
            if directive is None or first not in directive.lower():
                unsettled.append((row["log"], row["setting"], directive))
    assert [row for row in wrong if row[3] is Confidence.CERTAIN] == []
    assert len(wrong) <= len(ROWS) // 10, wrong
    assert len(unsettled) <= settings // 10, unsettled


@pytest.mark.parametrize("client", sorted({row["client"].split("-")[0] for row in ROWS}))
def test_of_each_client_most_are_right(client: str) -> None:
    rows = [row for row in ROWS if row["client"].split("-")[0] == client]
    right = Counter(told(row)[0] == row["cause"] for row in rows)
    assert right[True] >= 0.75 * len(rows)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["log"])
def test_no_password_comes_out_of_a_log(row: dict[str, Any]) -> None:
    heard = of_log(row["log"])
    shown = [entry_line(entry) + phrase(entry).words for entry in heard.entries]
    shown += [str(end.explanation) for end in heard.ends]
    assert "s3cret-lab" not in "\n".join(shown)


def pasted_of(case: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where there is no text to paste the case describes that, in brackets."""
    text, log = case["text"], case["log"]
    described = text is None or any(words in text for words in ("(no ", "(silent", "(client hides"))
    pasted = ([] if described else [text]) + ([] if log is None else [log])
    return [(case, text) for text in pasted]


@pytest.mark.parametrize(
    ("case", "pasted"),
    [pair for case in CASES for pair in pasted_of(case)],
    ids=lambda part: part["id"] if isinstance(part, dict) else "",
)
def test_what_people_pasted_is_explained(case: dict[str, Any], pasted: str) -> None:
    truth = TRUTHS.get(case["truth"], case["truth"])
    answer = json.loads(explain(Asked(text=pasted, as_object=True)))
    assert answer["cause"] == (None if truth.startswith("(nothing") else truth)
    assert answer["confidence"] != "certain" or answer["cause"] is not None
