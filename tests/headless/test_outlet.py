"""Writing where perhaps nobody reads."""

import os

from descriptors import many_descriptors

from ftpwatch.headless.outlet import write_within


def test_a_full_pipe_is_waited_for_also_with_descriptors_above_1023() -> None:
    with many_descriptors():
        read_end, write_end = os.pipe()
        os.set_blocking(write_end, False)
        data = b"x" * 1_000_000
        left = write_within(write_end, data, 0.05)
        assert 0 < len(left) < len(data)
        os.read(read_end, 65_536)
        assert len(write_within(write_end, left, 0.05)) < len(left)
        os.close(read_end)
        os.close(write_end)
