"""Keep-alives fire on time, whatever else the watch does: measured against bare timers."""

import pytest
from on_time import lateness, measure, percentile

from ftpwatch.core.journal.entry import Entry


@pytest.mark.long
@pytest.mark.timeout(150)
def test_200_sessions_are_late_by_at_most_three_times_bare_timers() -> None:
    ratios = []
    for _ in range(3):  # another process may have had the processor
        bare, ours = measure(200, 8)
        ratios.append(ours / bare)
        if ratios[-1] <= 3:
            return
    pytest.fail(f"ratios {ratios}")


def test_the_measure_sees_a_late_keep_alive() -> None:
    from datetime import UTC, datetime

    from ftpwatch.core.ftp.command import Purpose
    from ftpwatch.core.journal.events import CommandSent

    def sent(seq: int, at: float) -> Entry:
        event = CommandSent(seq, "NOOP", None, Purpose.KEEP_ALIVE)
        return Entry(seq, datetime(2026, 1, 1, tzinfo=UTC), at, "s", 1, event)

    late = lateness([sent(1, 9.0), sent(2, 10.0), sent(3, 11.5)])
    assert [round(seconds, 3) for seconds in late] == [0.0, 0.5]
    assert percentile(late, 0.99) == 0.5
