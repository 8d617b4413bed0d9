"""The fence around what a screen shows: an error costs the row, the key or the draw that it struck.

Textual ends the program at an error, or stops hearing the messages of the widget that made it.
Here it is told to the app, which tells whoever runs it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from rich.text import Text
from textual.app import App
from textual.message import Message
from textual.strip import Strip

__all__ = ["fenced", "shielded"]

C = TypeVar("C", bound=type[Any])


def shielded(app: App[Any], call: Callable[[], None]) -> None:
    """Do `call`; an error in it is told, and what comes after it goes on."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 the fence around what a screen shows
        app._handle_exception(error)


def fenced(cls: C) -> C:
    """Class decorator for screens and widgets."""
    dispatch = cls._dispatch_message

    @wraps(dispatch)
    async def dispatch_fenced(self: Any, message: Message) -> None:
        try:
            await dispatch(self, message)
        except Exception as error:  # noqa: BLE001 the fence around what a screen shows
            self.app._handle_exception(error)

    cls._dispatch_message = dispatch_fenced
    for name, blank in (("render_line", _blank_line), ("render", _blank)):
        if name in vars(cls):
            setattr(cls, name, _drawn_fenced(vars(cls)[name], blank))
    return cls


def _drawn_fenced(draw: Callable[..., Any], blank: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(draw)
    def draw_fenced(self: Any, *where: Any) -> Any:
        try:
            return draw(self, *where)
        except Exception as error:  # noqa: BLE001 the fence around what a screen shows
            self.app._handle_exception(error)
            return blank(self)

    return draw_fenced


def _blank_line(widget: Any) -> Strip:
    return Strip.blank(widget.size.width, widget.rich_style)


def _blank(_: Any) -> Text:
    return Text("")
