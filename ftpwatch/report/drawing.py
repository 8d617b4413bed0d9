"""The timeline as SVG inside a page: bars of ends, stacked by cause, over lines for what the server
refused, with marks where several sessions ended together.
"""

from html import escape
from typing import Final

from ftpwatch.core.counted import counted
from ftpwatch.report.document import Chart
from ftpwatch.report.tallies import Bucket

__all__ = ["drawn"]

_WIDTH, _HEIGHT, _TOP, _LEFT = 960, 200, 24, 40
_COLOURS: Final = 6


def drawn(chart: Chart) -> str:
    """The chart, a legend under it."""
    timeline = chart.timeline
    causes = _causes(timeline.buckets)
    most = max((sum(bucket.ends.values()) for bucket in timeline.buckets), default=0) or 1
    parts = [
        f'<line class="axis" x1="{_LEFT}" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>',
        f'<text class="label" x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{most}</text>',
        f'<text class="label" x="{_LEFT - 6}" y="{_HEIGHT}" text-anchor="end">0</text>',
    ]
    for start, bucket in zip(chart.starts, timeline.buckets, strict=True):
        parts += _column(chart, bucket, start, causes, most)
    parts += [_mark(chart, at) for at in chart.marks]
    anchors = ((_LEFT, "start"), ((_LEFT + _WIDTH) / 2, "middle"), (_WIDTH, "end"))
    for (x, anchor), label in zip(anchors, chart.axis, strict=True):
        parts.append(
            f'<text class="label" x="{x:g}" y="{_HEIGHT + 18}" text-anchor="{anchor}">'
            f"{escape(label)}</text>"
        )
    box = f'viewBox="0 0 {_WIDTH} {_HEIGHT + 26}" role="img" aria-label="Ends over time, by cause"'
    return f"<svg {box}>\n{chr(10).join(parts)}\n</svg>\n{_legend(causes, chart)}"


def _causes(buckets: tuple[Bucket, ...]) -> dict[str, int]:
    """The number of the colour of each cause; those that are rare share the last."""
    totals: dict[str, int] = {}
    for bucket in buckets:
        for cause, count in bucket.ends.items():
            totals[cause] = totals.get(cause, 0) + count
    ranked = sorted(totals, key=lambda cause: -totals[cause])
    return {cause: min(number, _COLOURS - 1) for number, cause in enumerate(ranked)}


def _x(chart: Chart, at: float) -> float:
    timeline = chart.timeline
    span = max(timeline.end + timeline.width - timeline.start, timeline.width)
    share = min(1.0, max(0.0, (at - timeline.start) / span))
    return _LEFT + share * (_WIDTH - _LEFT)


def _column(
    chart: Chart, bucket: Bucket, start: str, causes: dict[str, int], most: int
) -> list[str]:
    left = _x(chart, bucket.start)
    width = max(3.0, _x(chart, bucket.start + chart.timeline.width) - left - 1)
    room, y = _HEIGHT - _TOP, float(_HEIGHT)
    parts = []
    if bucket.refusals:
        title = f"{start}: {counted(bucket.refusals, 'reply', 'replies')} 4xx or 5xx"
        tick = f'<rect class="refused" x="{left:.1f}" y="{_HEIGHT + 1}" width="{width:.1f}"'
        parts.append(f'{tick} height="3"><title>{escape(title)}</title></rect>')
    for cause, count in bucket.ends.items():
        height = count / most * room
        y -= height
        title = escape(f"{start}: {cause} {count}")
        parts.append(
            f'<rect class="c{causes[cause]}" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" '
            f'height="{height:.1f}"><title>{title}</title></rect>'
        )
    return parts


def _mark(chart: Chart, at: float) -> str:
    x = _x(chart, at)
    shape = f"{x:.1f},{_TOP - 6} {x - 5:.1f},{_TOP - 15} {x + 5:.1f},{_TOP - 15}"
    return f'<polygon class="mark" points="{shape}"><title>incident</title></polygon>'


def _legend(causes: dict[str, int], chart: Chart) -> str:
    items = [f'<li><span class="key k{n}"></span>{escape(c)}</li>' for c, n in causes.items()]
    if any(bucket.refusals for bucket in chart.timeline.buckets):
        items.append('<li><span class="key refused"></span>replies 4xx and 5xx</li>')
    if chart.marks:
        items.append("<li>▼ several sessions at once</li>")
    return f'<ul class="legend">{"".join(items)}</ul>'
