"""Help: the keys of the pane that has the focus, then those that work everywhere."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from ftpwatch.tui.fence import fenced

__all__ = ["Help"]

_PANES = {
    "sessions": """SESSIONS
  j k ↑ ↓      choose a session      [ ]   the same from anywhere
  ●  connected   ◌  on its way   ○  waits to reconnect   ✗  closed   ◐  a reply is overdue
  IDLE is the time since our last command: the server's idle clock runs with it.
  VERDICT says whether the keep-alive holds: … not yet told   ✓ holding: it outlived the limit
  ✗ useless: closed by a clock it did not reset   ✗ too slow   ! refused by the server
  (where there is no room for the word, its sign stands before KEEP-ALIVE)
""",
    "dialogue": """DIALOGUE
  j k ↑ ↓ pgup pgdn g G home end     move; the end follows again
  ▲ sent   ▼ 2xx   ◆ 1xx and 3xx   ! 4xx   ✗ 5xx or a close   ∙ keep-alive and its answer
  enter or x   explain the selected row        w   unfold multi-line replies
  T   time: wall, since start, since the row before
""",
    "why": """EXPLANATION
  j k ↑ ↓      scroll      ← →   the one before, the next that waits
  y            copy as Markdown      esc   close the panel
""",
}
_EVERYWHERE = """EVERYWHERE
  /  filter: words, !word, code:421, session:eu-*     ctrl+f  filter on and off
  n N  next and previous match of the filter          e E  next and previous 4xx, 5xx, close
  space  freeze (recording goes on)                   f  follow
  m  drop a mark    '  jump to the last mark          u U  next and previous mark
  a  add a session  r  reconnect now                  D  say QUIT    X  drop the socket
  c  check name, port, greeting
  .  keep-alive now i  set the interval               < >  shorter, longer
  K  keep-alive command, auto, or filezilla, winscp, lftp, curl, none
  R  watch the session no longer                      y  copy the line
  tab  next pane    z  zoom the pane                  t  theme       : ctrl+p  all commands
  L  find this host's limits: twins side by side, one of them silent
  4  compare: promised and observed, codes side by side
  p  pause and play on     { }  look back, to the next step     - +  pace  (demo, replay)
  q  quit           Q  quit now                       ctrl+c  quit now, exit code 130
  ctrl+z  suspend; fg in the shell returns
"""


@fenced
class Help(ModalScreen[None]):
    """Any key leaves."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape,q,question_mark,f1", "dismiss", "leave")]

    def __init__(self, pane: str | None, *, ascii_only: bool) -> None:
        super().__init__()
        self._pane, self._ascii = pane, ascii_only

    def compose(self) -> ComposeResult:
        own = _PANES.get(self._pane or "", "")
        others = "\n".join(text for name, text in _PANES.items() if name != self._pane)
        text = f"{own}\n{_EVERYWHERE}\n{others}"
        if self._ascii:
            glyphs = str.maketrans("●◌○✗◐▲▼◆∙↑↓←→…✓", "o-.x?><*.^v<>~+")
            text = text.translate(glyphs)
        with VerticalScroll(classes="dialog help"):
            yield Static(text, markup=False)
