"""`ftpwatch explain`: knowledge answers, headless prints."""

from ftpwatch.core.phases import Phase
from ftpwatch.headless.explaining import (
    as_json,
    as_text,
    comparison_text,
    meaning_text,
    read_pasted,
)
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import code_meaning, compare, explain_pasted, find_server

__all__ = ["explain"]


def explain(
    text: str, *, versus: int | None, phase: str | None, server: str | None, as_object: bool
) -> str:
    """The answer to print. Raises ValueError for what cannot be explained."""
    knowledge, pasted = load(), read_pasted(text)
    if versus is not None:
        return comparison_text(compare(pasted.code, versus, knowledge))
    if pasted.is_bare and not as_object and phase is None and server is None:
        return meaning_text(code_meaning(pasted.code, knowledge))
    table = find_server(server, knowledge) if server else None
    at = Phase(phase) if phase else None
    told = explain_pasted(pasted.code, pasted.text, at, table, knowledge)
    if as_object:
        return as_json(told)
    return as_text(told, code_meaning(pasted.code, knowledge), was_cut=pasted.was_cut)
