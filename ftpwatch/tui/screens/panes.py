"""The panes of a screen: which has the focus, and one zoomed to the whole screen."""

from textual.screen import Screen
from textual.widget import Widget

__all__ = ["Panes"]


class Panes:
    """Works by classes that the style sheet knows."""

    def __init__(self, screen: Screen[None], *kinds: type[Widget]) -> None:
        self._screen, self._kinds = screen, kinds

    @property
    def focused(self) -> Widget | None:
        """The pane with the focus."""
        panes = [self._screen.query_one(kind) for kind in self._kinds]
        return next((pane for pane in panes if pane.has_focus_within), None)

    def toggle_zoom(self) -> None:
        """Zoom the focused pane, or show all again."""
        pane = self.focused
        if not self.unzoom() and pane is not None:
            self._screen.add_class("-zoomed")
            pane.add_class("-zoom")
            self._screen.set_class(pane.id == "why", "-zoom-why")

    def unzoom(self) -> bool:
        """Show all panes; False where none was zoomed."""
        if not self._screen.has_class("-zoomed"):
            return False
        self._screen.remove_class("-zoomed", "-zoom-why")
        for kind in self._kinds:
            self._screen.query_one(kind).remove_class("-zoom")
        return True
