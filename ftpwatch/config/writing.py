"""The configuration file as the program writes it: private, whole or not at all, never over what
somebody else has written meanwhile.
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.files import read_regular

__all__ = ["create", "replace"]

_PRIVATE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700


def create(path: Path, text: str) -> None:
    """A new file at `path`, and its directory. Raises ConfigError, also where something is there:
    a file, or a link to nowhere.
    """
    try:
        path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
    except FileExistsError:
        raise ConfigError(
            f"{path} is there already and is left as it is; `ftpwatch config show` shows it"
        ) from None
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from None
    try:
        _write(fd, text.encode())
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise _unwritable(path, error) from None


def replace(path: Path, before: bytes, text: str) -> None:
    """`text` in the place of `before`, which must be there still; its mode stays, and where `path`
    is a link, what it points to is replaced. Raises ConfigError.
    """
    name = ""
    try:
        real = path.resolve()
        mode = stat.S_IMODE(real.stat().st_mode)
        fd, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
        _write(fd, text.encode())
        Path(name).chmod(mode)
        if read_regular(real) != before:
            raise ConfigError(f"{path} was changed by somebody else meanwhile; nothing is written")
        Path(name).replace(real)
        name = ""
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        if name:
            with suppress(OSError):
                Path(name).unlink()


def _write(fd: int, data: bytes) -> None:
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(fd)


def _unwritable(path: Path, error: OSError | ValueError) -> ConfigError:
    return ConfigError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}")
