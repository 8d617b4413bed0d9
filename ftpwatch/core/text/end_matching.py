"""Ends as a filter asks for them: `code:` is the reply that an end is explained by, words are
looked for in all that the table shows of it and in the id of its cause, the rest holds for its
close.
"""

from collections.abc import Callable

from msgspec.structs import replace

from ftpwatch.core.journal.filter import Filter, Term, code_ranges
from ftpwatch.core.state.past_end import PastEnd
from ftpwatch.core.text.cause_title import cause_title
from ftpwatch.core.text.matching import Circumstances, begins_word, matches
from ftpwatch.core.text.neutral import visible
from ftpwatch.core.text.phrasing import phrase

__all__ = ["end_reply", "end_test", "end_words"]

Test = Callable[[PastEnd], bool]


def end_reply(end: PastEnd) -> str:
    """The reply that ended it, or how it ended without one; neutralised."""
    if end.explained is None:
        return phrase(end.entry).words
    return visible(end.explained.explanation.heading)


def end_words(end: PastEnd) -> str:
    """All that the table shows of it, in lower case."""
    explained = end.explained
    confidence = explained.explanation.confidence if explained is not None else ""
    cause = "" if end.cause is None else f"{end.cause} {cause_title(end.cause)}"
    shown = (end.session, end_reply(end), phrase(end.entry).words, cause, confidence, end.cure)
    return " ".join(shown).lower()


def end_test(wanted: Filter, words: Callable[[PastEnd], str] = end_words) -> Test:
    """Whether all terms of `wanted` hold for an end; `words` are those of `end_words`."""
    tests = [_test(term, words) for term in wanted.terms]
    inverted = [term.inverted for term in wanted.terms]

    def holds(end: PastEnd) -> bool:
        return all(test(end) is not no for test, no in zip(tests, inverted, strict=True))

    return holds


def _test(term: Term, words: Callable[[PastEnd], str]) -> Test:
    match term.field:
        case "word":
            return lambda end: begins_word(term.value, words(end))
        case "inside":
            return lambda end: term.value in words(end)
        case "code":
            runs = code_ranges(term.value)
            return lambda end: end.code is not None and any(a <= end.code <= b for a, b in runs)
        case _:
            alone = Filter((replace(term, inverted=False),))
            return lambda end: matches(alone, end.entry, Circumstances(end.hosts, end.cause))
