"""A small share of the soak: `python tests/soak.py` runs it in full."""

import pytest
from soak import main


@pytest.mark.long
@pytest.mark.timeout(170)
def test_hostile_and_heavy_use_breaks_no_promise() -> None:
    assert main(0.05)
