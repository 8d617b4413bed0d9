"""A week of 50 sessions: it stays within its bounds, opens at once at its end, and is found in."""

import time
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import finding, week
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.state import WatchState
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.reader import Reader
from ftpwatch.record.retention import Keep, parts_in
from ftpwatch.wiring.opening import bring_to

pytestmark = [pytest.mark.long, pytest.mark.timeout(1_200)]
A_WEEK = 2_016_000  # 50 sessions, a command and its reply every 30 s


@pytest.fixture(scope="module")
def a_week(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, WatchState]:
    path = tmp_path_factory.mktemp("week") / "week.ftpwatch"
    return path, week.judged(path, A_WEEK)


async def test_a_week_is_bounded_opened_and_found_in(a_week: tuple[Path, WatchState]) -> None:
    path, state = a_week
    parts = parts_in(path.parent)
    assert len(parts) >= 7 and sum(part.bytes for part in parts) < Keep().bytes
    assert finding.share_of_indexes(path) <= 1 / 3
    with closing(Reader(path)) as reader:
        last = reader.last
        assert last is not None
        for upto, seconds in ((last.seq, 3.0), *((last.seq * n // 7, 2.0) for n in range(1, 7))):
            watch, began = Watch(KnowledgeAdvisor()), time.monotonic()
            bring_to(reader, watch, upto)
            assert watch.state.seq == upto and time.monotonic() - began < seconds
        # Two million entries in ten parts, on whatever else the machine does.
        for text in (*finding.STRUCTURED, "cause:idle_timeout"):
            assert await finding.first_page(reader, text, last.seq) <= 30, text
        for text in finding.WORDS:
            assert await finding.first_page(reader, text, last.seq) <= 150, text
    assert state.seq == last.seq
