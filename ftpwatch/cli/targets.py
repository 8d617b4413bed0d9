"""Targets as they are named on the command line."""

import sys
from typing import Any

import click

from ftpwatch.cli.configured import configuration, environment
from ftpwatch.cli.streams import say

__all__ = ["finder_of"]


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


def _ask_for(text: str) -> str:
    from ftpwatch.core.text.neutral import visible

    return str(click.prompt(visible(text), hide_input=True, prompt_suffix="", err=True))
