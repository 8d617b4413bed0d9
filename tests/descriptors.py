"""Descriptors above those that select(2) knows, as a watch of a thousand sessions has them."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_TAKEN = 1_040


@contextmanager
def many_descriptors() -> Iterator[None]:
    """What is opened inside has a number above 1023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 2 * _TAKEN:
        pytest.skip(f"no more than {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * _TAKEN), hard))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(_TAKEN)]
    try:
        yield
    finally:
        for fd in held:
            os.close(fd)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
