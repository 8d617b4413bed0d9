"""The panes of the Live screen: which has the focus, moving in it, and one zoomed to the whole
screen.
"""

from typing import Final

from textual.screen import Screen
from textual.widget import Widget

from ftpwatch.tui.widgets.dialogue import DialogueView
from ftpwatch.tui.widgets.explanation import ExplanationPanel
from ftpwatch.tui.widgets.session_list import SessionList

__all__ = ["Panes"]

_KINDS: Final = (SessionList, DialogueView, ExplanationPanel)


class Panes:
    """Zooms by classes that the style sheet knows. Where no pane has the focus, what moves is the
    dialogue.
    """

    def __init__(self, screen: Screen[None]) -> None:
        self._screen = screen

    @property
    def focused(self) -> Widget | None:
        """The pane with the focus."""
        panes = [self._screen.query_one(kind) for kind in _KINDS]
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
        for kind in _KINDS:
            self._screen.query_one(kind).remove_class("-zoom")
        return True

    async def move(self, by: int) -> None:
        """Down by so many rows or lines, up by as many where negative."""
        match self.focused:
            case SessionList() as sessions:
                sessions.move(by)
            case ExplanationPanel() as panel:
                panel.scroll_relative(y=by, animate=False)
            case _:
                await self._dialogue.move(by)

    async def page(self, by: int) -> None:
        """The same by whole pages."""
        match self.focused:
            case SessionList() as sessions:
                sessions.page(by)
            case ExplanationPanel() as panel:
                panel.scroll_relative(y=by * (panel.size.height - 1), animate=False)
            case _:
                await self._dialogue.page(by)

    async def to_start(self) -> None:
        """The first row there is."""
        match self.focused:
            case SessionList() as sessions:
                sessions.to_start()
            case ExplanationPanel() as panel:
                panel.scroll_home(animate=False)
            case _:
                await self._dialogue.to_start()

    def to_end(self) -> bool:
        """The last one; False in the dialogue, whose end is now."""
        match self.focused:
            case SessionList() as sessions:
                sessions.to_end()
            case ExplanationPanel() as panel:
                panel.scroll_end(animate=False)
            case _:
                return False
        return True

    @property
    def _dialogue(self) -> DialogueView:
        return self._screen.query_one(DialogueView)
