"""What ended together, in lines: told once; NDJSON keeps one object for each."""

import json

from knowledge.contexts import Tale

from ftpwatch.headless.lines import Json, Stream


def thirty(tale: Tale) -> None:
    for n in range(30):
        tale.ready(session=f"s{n}")
    for n in range(30):
        tale.says(50 + n / 100, 421, "Timeout.", session=f"s{n}")
        tale.closes(50 + n / 100, 421, session=f"s{n}")
    tale.watch.settle(60)


def test_a_stream_tells_it_once() -> None:
    tale, lines = Tale(), list[str]()
    tale.watch.subscribe(Stream(lines.append).show)
    thirty(tale)
    # Two alone, before it is known; the third, as it is; once when it is settled.
    assert sum("why: " in line for line in lines) <= 5
    assert "together: 30 sessions of 192.0.2.1, within 0.3 s" in "".join(lines)


def test_json_has_each_with_the_same_incident_and_revised_once() -> None:
    tale, lines = Tale(), list[str]()
    tale.watch.subscribe(Json(lines.append).show)
    thirty(tale)
    told = [json.loads(line) for line in lines if '"explained"' in line]
    last = {line["session"]: line for line in told}
    assert len(last) == 30
    assert len({line["incident"] for line in last.values()}) == 1
    assert max(line["revision"] for line in told) == 2
    closes = [json.loads(line) for line in lines if '"connection_closed"' in line]
    assert last["s0"]["incident"] == closes[0]["seq"]
