"""What a demo server does, as data: its greeting, replies, clocks and limits.

An action is a reply line as sent (`421 Timeout.`), or one of these:
`@fin` close, `@rst` reset, `@wait 0.5` seconds, `@raw TEXT` bytes with Python escapes and no line
end, `@deaf` read and answer nothing more, `@epsv` and `@pasv` listen for a data connection and say
where, `@list` send a small listing over it.
"""

from typing import Final

import msgspec

__all__ = ["DEFAULT_REPLIES", "ScriptedClock", "ServerScript"]

DEFAULT_REPLIES: Final[dict[str, tuple[str, ...]]] = {
    "USER": ("331 Password required.",),
    "PASS": ("230 Logged in.",),
    "SYST": ("215 UNIX Type: L8",),
    "FEAT": ("211-Features:", " UTF8", " SIZE", "211 End"),
    "NOOP": ("200 Still here.",),
    "PWD": ('257 "/" is the current directory.',),
    "TYPE": ("200 Type set.",),
    "STAT": ("211-Status:", " All is well.", "211 End"),
    "REST": ("350 Restart position accepted.",),
    "EPSV": ("@epsv",),
    "PASV": ("@pasv",),
    "LIST": ("150 Here comes the listing.", "@list", "226 Listing sent."),
    "QUIT": ("221 Goodbye.", "@fin"),
}


class ScriptedClock(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A limit in `seconds` that only the verbs in `reset_by` reset; `*` is any line."""

    seconds: float
    does: tuple[str, ...]
    reset_by: tuple[str, ...] = ("*",)


class ServerScript(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One demo server. `places` bounds its connections; more are met with `when_full`, and after
    `bans_after` refused passwords every connection is met with `when_banned`.
    """

    name: str
    greeting: tuple[str, ...] = ("220 Demo FTP server ready.",)
    replies: dict[str, tuple[str, ...]] = {}
    unknown: tuple[str, ...] = ("502 Command not implemented.",)
    clocks: tuple[ScriptedClock, ...] = ()
    places: int | None = None
    when_full: tuple[str, ...] = ("421 Too many connections, try again later.", "@fin")
    bans_after: int | None = None
    when_banned: tuple[str, ...] = ("421 You are banned.", "@fin")

    def reply_to(self, verb: str) -> tuple[str, ...]:
        """The actions that answer `verb`."""
        return self.replies.get(verb) or DEFAULT_REPLIES.get(verb) or self.unknown
