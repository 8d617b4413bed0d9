"""A process that can only look: whatever its keys lead to, it writes no file, starts no program and
reaches nobody, however that is written that tries.

It holds for all of the process, and for as long as it lives: Python takes an audit hook back never.
What SQLite does with the recording that is looked at is not seen by it.
"""

import os
import sys
from typing import Final

__all__ = ["OnlyLooks", "only_look"]

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# https://docs.python.org/3/library/audit_events.html
_ACTS: Final = frozenset(
    {
        "os.chmod", "os.chown", "os.exec", "os.fork", "os.forkpty", "os.kill", "os.killpg",
        "os.link", "os.mkdir", "os.posix_spawn", "os.remove", "os.removexattr", "os.rename",
        "os.rmdir", "os.setxattr", "os.spawn", "os.startfile", "os.symlink", "os.system",
        "os.truncate", "os.utime", "pty.spawn", "socket.bind", "socket.connect",
        "socket.getaddrinfo", "socket.gethostbyaddr", "socket.gethostbyname", "socket.getnameinfo",
        "socket.sendmsg", "socket.sendto", "subprocess.Popen", "tempfile.mkdtemp",
        "tempfile.mkstemp", "webbrowser.open",
    }
)  # fmt: skip


class OnlyLooks(PermissionError):
    """Something was to be done where one may only look."""


def only_look() -> None:
    """From now on this process does nothing but look."""
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)


def _refuse(event: str, args: tuple[object, ...]) -> None:
    acts = event in _ACTS and not (event == "os.kill" and args[1] == 0)  # 0 asks if there is one
    if acts or (event == "open" and _writes(args)):
        raise OnlyLooks(f"who visits may only look: {event}")


def _writes(args: tuple[object, ...]) -> bool:
    """`args` of open: the path, or a descriptor that is open already; the mode; the flags."""
    path, _, flags = args
    is_new = not isinstance(path, int) and path != os.devnull
    return is_new and isinstance(flags, int) and bool(flags & _WRITING)
