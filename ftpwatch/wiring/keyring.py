"""The keyring of this machine (extra `keyring`), which is somebody else's program: it may be
missing, locked, broken, or never answer. It is asked in a thread of its own and waited for so long.
"""

import queue
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import Secret

__all__ = ["SERVICE", "KeyringFailed", "SystemKeyring"]

SERVICE: Final = "ftpwatch"
SECONDS: Final = 10.0
_ABSENT: Final = "the package keyring is missing; pip install 'ftpwatch[keyring]'"
_NONE_HERE: Final = "this machine has none that can be used"


class KeyringFailed(UserError):
    """Why it does not answer."""


class SystemKeyring:
    """Passwords by the name of their entry, all under one service. What fails once is not asked
    again; why is said to `say`, once.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._failed: str | None = None
        self._said: set[str] = set()

    def find(self, entry: str, *, wanted: bool, quiet: bool) -> Secret | None:
        """The password kept as `entry`; None, with a word where that is a surprise, where there is
        none or the keyring does not answer.
        """
        try:
            password = self.read(entry)
        except KeyringFailed as problem:
            if wanted or str(problem) not in (_ABSENT, _NONE_HERE):
                self._tell(f"the keyring gave no password: {problem}", quiet)
            return None
        if password is None and wanted:
            self._tell(f"the keyring has no entry {entry!r} of the service {SERVICE}", quiet)
        return password

    def read(self, entry: str) -> Secret | None:
        """The password kept as `entry`. Raises KeyringFailed."""
        text = self._ask(lambda: _backend().get_password(SERVICE, entry))
        return None if text is None else Secret(text)

    def keep(self, entry: str, password: Secret) -> None:
        """Keep `password` as `entry`. Raises KeyringFailed."""
        self._ask(lambda: _backend().set_password(SERVICE, entry, password._revealed()))

    def _tell(self, word: str, quiet: bool) -> None:
        if not quiet and word not in self._said:
            self._said.add(word)
            self._say(f"ftpwatch: {word}; it is looked for elsewhere")

    def _ask(self, call: Callable[[], str | None]) -> str | None:
        if self._failed is None and find_spec("keyring") is None:
            self._failed = _ABSENT
        if self._failed is not None:
            raise KeyringFailed(self._failed)
        answers: queue.SimpleQueue[str | Exception | None] = queue.SimpleQueue()
        threading.Thread(target=_answer, args=(call, answers), daemon=True).start()
        try:
            answer = answers.get(timeout=SECONDS)
        except queue.Empty:
            answer = TimeoutError()
        if isinstance(answer, Exception):
            self._failed = _reason(answer)
            raise KeyringFailed(self._failed)
        return answer


def _answer(
    call: Callable[[], str | None], answers: "queue.SimpleQueue[str | Exception | None]"
) -> None:
    try:
        answers.put(call())
    except Exception as error:  # noqa: BLE001 a backend is foreign code, and may raise anything
        answers.put(error)


def _backend() -> ModuleType:
    return import_module("keyring")


def _reason(error: Exception) -> str:
    """By its kind: what a backend says of itself may hold anything."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, TimeoutError):
        return f"it did not answer within {SECONDS:g} s"
    if names & {"NoKeyringError", "InitError"}:
        return _NONE_HERE
    if "KeyringLocked" in names:
        return "it is locked"
    return f"it failed ({type(error).__name__})"
