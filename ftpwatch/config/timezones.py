"""Time zones by name, for times that name no offset."""

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from ftpwatch.config.errors import ConfigError

__all__ = ["zone_of"]


def zone_of(name: str | None) -> tuple[tzinfo | None, str]:
    """The zone called `name`, None for this machine's, and its name for people. Raises ConfigError
    for one that is none.
    """
    if name is None:
        here = datetime.now().astimezone()
        return None, f"this machine's zone ({here.tzname()}, UTC{here:%z})"
    try:
        return ZoneInfo(name), name
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(
            f"--timezone {name!r} is not a time zone; write a name such as Europe/Berlin or UTC"
        ) from error
