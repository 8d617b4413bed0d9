"""Sessions that all end in one moment, on a real server and a real recording: one event, told once,
and a screen that goes on answering. `python tests/together.py` prints the figure.
"""

import resource
from pathlib import Path

import pytest
from together import measure


@pytest.mark.long
@pytest.mark.timeout(180)
@pytest.mark.parametrize("count", [30, 500])
async def test_all_that_end_in_one_moment_are_told_once_and_keys_are_answered(
    tmp_path: Path, count: int
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    seen = await measure(count, tmp_path)
    assert seen.longest < 0.15  # 0.05 and 0.06 to 0.1 s on two cores that do nothing else
    ends = [e for e in seen.explained if not e.explanation.solicited]
    assert len({e.session for e in ends}) == count
    last = {e.session: e for e in ends}.values()
    assert len({e.incident for e in last}) == 1 and None not in {e.incident for e in last}
    assert max(e.revision for e in ends) == 2
    assert seen.limits == 0
    assert not [e for e in last if e.explanation.confidence == "certain"]
    assert f"{count} sessions of 127.0.0.1" in seen.text
    assert f"{count} sessions: closed by the server" in seen.text
    assert "more ▸" not in seen.text
