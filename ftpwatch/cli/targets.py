"""Targets as they are named on the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from ftpwatch.cli.configured import configuration, environment
from ftpwatch.cli.streams import say

__all__ = ["finder_of", "naming_servers"]


def finder_of(options: dict[str, Any]) -> Any:
    """What finds targets, with the options that were given as flags."""
    from ftpwatch.config.options import TargetFinder
    from ftpwatch.config.settings import Settings
    from ftpwatch.wiring.keyring import SystemKeyring

    flags = Settings(**{name: options.get(name) for name in Settings.__struct_fields__})
    prompt = _ask_for if sys.stdin is not None and sys.stdin.isatty() else None
    return TargetFinder(
        configuration(),
        flags,
        prompt,
        keyring=SystemKeyring(say),
        environment=environment(),
        forced=options.get("force", False),
    )


@contextmanager
def naming_servers(words: tuple[str, ...]) -> Iterator[None]:
    """Where `words` are looked for as targets: a file among them is told by what it is."""
    from ftpwatch.config.errors import ConfigError
    from ftpwatch.core.text.neutral import visible

    try:
        yield
    except ConfigError:
        from ftpwatch.wiring.named_files import no_target

        for word in words:
            if (sentence := no_target(word)) is not None:
                raise click.UsageError(visible(sentence)) from None
        raise


def _ask_for(text: str) -> str:
    from ftpwatch.core.text.neutral import visible

    return str(click.prompt(visible(text), hide_input=True, prompt_suffix="", err=True))
