"""The manual's table of keys, made from the actions: run it, and it is printed."""

from ftpwatch.tui.actions import LIVE_PANES, Pane
from ftpwatch.tui.keys import KeyLine, Keys

HEAD = ["| key | | key | |", "|---|---|---|---|"]


def readme_keys() -> str:
    rows = list(HEAD)
    panes = (
        *LIVE_PANES, Pane.LIST, Pane.APP, Pane.ENDS, Pane.TIMELINE, Pane.INSPECTOR, Pane.LIMITS,
        Pane.COMPARE,
    )  # fmt: skip
    for pane in panes:
        lines = Keys().lines(pane)
        height = -(-len(lines) // 2)
        rows.append(f"| **{pane}** | | | |")
        for left, right in zip(lines[:height], [*lines[height:], None], strict=False):
            rows.append(f"| {cells(left)} | {cells(right)} |")
    return "\n".join(rows)


def cells(line: KeyLine | None) -> str:
    if line is None:
        return " | "
    return f"{' '.join(f'`{key}`' for key in line.keys)} | {line.text}"


if __name__ == "__main__":
    print(readme_keys())
