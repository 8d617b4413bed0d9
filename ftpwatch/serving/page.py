"""The page that a browser gets, and its headers: nothing in it comes from elsewhere."""

from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Final

from ftpwatch.core.text.neutral import visible

__all__ = ["FILES", "OWN_FILES", "headers", "page", "terminal_files"]

FILES: Final = {
    "textual.js": "js/textual.js",
    "xterm.css": "css/xterm.css",
    "mono.ttf": "fonts/RobotoMono-VariableFont_wght.ttf",
    "mono-italic.ttf": "fonts/RobotoMono-Italic-VariableFont_wght.ttf",
}
OWN_FILES: Final = ("page.css", "page.js")
_FONT_PIXELS: Final = 16
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="preload" href="/static/mono.ttf" as="font" type="font/ttf" crossorigin>
<link rel="stylesheet" href="/static/xterm.css">
<link rel="stylesheet" href="/static/page.css">
<script src="/static/textual.js"></script>
<script src="/static/page.js"></script>
</head>
<body>
<p class="begins">{title} begins.<noscript> It needs JavaScript.</noscript></p>
<div class="textual-terminal" data-session-websocket-url="ws://{host}/ws"
 data-font-size="{pixels}"></div>
<p class="ended">This screen has ended, or was not read for too long. <a href="/">Look again</a></p>
</body>
</html>
"""


def page(name: str, host: str) -> str:
    """The page that shows the recording `name`, as it is reached at `host`."""
    title = escape(visible(f"ftpwatch: {name}"))
    return _PAGE.format(title=title, host=escape(host), pixels=_FONT_PIXELS)


def headers(host: str) -> dict[str, str]:
    """What a browser may do with whatever `host` gives it: show it, and connect to us alone. xterm
    makes its styles as it runs.
    """
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"font-src 'self'; img-src data:; connect-src ws://{host}; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
        "Server": "ftpwatch",
    }


def terminal_files() -> dict[str, Path]:
    """Where FILES and OWN_FILES are. Raises ModuleNotFoundError without textual-serve."""
    theirs = Path(str(files("textual_serve"))) / "static"
    return {
        **{name: theirs / file for name, file in FILES.items()},
        **{name: Path(__file__).with_name(name) for name in OWN_FILES},
    }
