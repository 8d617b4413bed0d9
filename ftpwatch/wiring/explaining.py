"""`ftpwatch explain`: knowledge answers, headless prints."""

from ftpwatch.core.state.phases import Phase
from ftpwatch.headless.explaining import (
    as_json,
    as_text,
    comparison_text,
    meaning_text,
    read_pasted,
    refuse,
)
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import (
    code_meaning,
    compare,
    explain_codeless,
    explain_pasted,
    find_server,
    most_telling,
)

__all__ = ["explain"]


def explain(
    text: str, *, versus: int | None, phase: str | None, server: str | None, as_object: bool
) -> str:
    """The answer to print. Raises ValueError for what cannot be explained."""
    knowledge, pasted = load(), read_pasted(text)
    code = pasted.code
    if code is None:
        explanation = explain_codeless(pasted.text, knowledge)
        if explanation is None or versus is not None:
            raise refuse(pasted)
        return as_json(explanation) if as_object else as_text(explanation, None, pasted)
    if versus is not None:
        if as_object:
            raise ValueError("--format json is for one reply; --vs compares two codes as text")
        return comparison_text(compare(code, versus, knowledge))
    if pasted.is_bare and not as_object and phase is None and server is None:
        return meaning_text(code_meaning(code, knowledge))
    table = find_server(server, knowledge) if server else None
    at = Phase(phase) if phase else None
    answers = [explain_pasted(*rival, at, table, knowledge) for rival in pasted.rivals]
    explanation = most_telling(answers)
    if as_object:
        return as_json(explanation)
    meaning = code_meaning(explanation.code or code, knowledge) if explanation.meaning else None
    return as_text(explanation, meaning, pasted)
