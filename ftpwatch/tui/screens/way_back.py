"""Where escape leads from what another screen opened: back to that, while it is still shown."""

from collections.abc import Callable

__all__ = ["WayBack"]


class WayBack:
    """Knows the last thing that was opened, and by which screen."""

    def __init__(self) -> None:
        self._show: Callable[[], None] | None = None
        self._stands: Callable[[], bool] = lambda: False

    def remember(self, show: Callable[[], None], stands: Callable[[], bool]) -> None:
        """`show` goes back to what opened it; it `stands` while nothing else is looked at."""
        self._show, self._stands = show, stands

    def forget(self) -> None:
        """Another screen was asked for."""
        self._show = None

    def go(self) -> bool:
        """Go back; False where there is no way."""
        show, self._show = self._show, None
        if show is None or not self._stands():
            return False
        show()
        return True
