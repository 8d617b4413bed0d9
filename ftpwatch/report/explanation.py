"""One explanation, as a report shows it; and as Markdown of its own, for `y` and ctrl+s."""

from ftpwatch.core.state.explanation import Explained, Explanation
from ftpwatch.core.text.neutral import visible
from ftpwatch.report.cleaning import Cleaning, clean_explanation
from ftpwatch.report.document import Block, Bullets, Document, Labelled, Line, Section, Wire
from ftpwatch.report.markdown import as_markdown

__all__ = ["explanation_blocks", "explanation_markdown"]


def explanation_markdown(explained: Explained) -> str:
    """`explained` to paste into a ticket."""
    clean = Cleaning()
    why = clean_explanation(explained.explanation, clean)
    when = f"{explained.by.at.astimezone():%Y-%m-%d %H:%M:%S %z}" if explained.by.timed else ""
    title: Line = ("FTP: ", Wire(clean.wire(explained.session)), f" {when}".rstrip())
    advice = [("Our side", step) for step in why.advice.client]
    advice += [("The server's side", step) for step in why.advice.server]
    steps = tuple((f"{whose}: {step}",) for whose, step in advice)
    sections = [Section(("Why",), explanation_blocks(why))]
    if steps:
        sections.append(Section(("What to do",), (Bullets(steps),)))
    return as_markdown(Document(title, tuple(sections)))


def explanation_blocks(why: Explanation) -> tuple[Block, ...]:
    """What came, what it means here, and what it rests on; `why` is cleaned already."""
    which = " ".join(filter(None, (why.server, why.directive)))
    rows: list[tuple[str, Line]] = [
        ("What came", (Wire(why.heading),)),
        ("Cause", (f"{why.cause or 'nothing ended'} ({why.confidence})",)),
        ("In words", (why.summary,)),
    ]
    if which:
        rows.append(("Setting" if why.directive else "Server", (which,)))
    items: list[Line] = [(f"because {line}",) for line in why.evidence]
    items += [(f"although {line}",) for line in why.against]
    for other in why.alternatives:
        against = f", but {'; '.join(other.against)}" if other.against else ""
        items.append((f"or {other.cause} ({other.confidence}){against}",))
    if why.meaning:
        items.append((f"by the standards: {visible(why.meaning)}",))
    return (Labelled(tuple(rows)), Bullets(tuple(items)))
