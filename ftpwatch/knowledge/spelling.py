"""Words as they are meant: usual misspellings mended, addresses by what they are."""

import re
from typing import Final

from ftpwatch.knowledge.word_rows import SpellingTable

__all__ = ["Spelling"]

_WORD: Final = re.compile(r"[^\W\d_]{5,20}")
_ADDRESS: Final = re.compile(
    r"\[?(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[\da-f:]{0,37}::|(?:[\da-f]{1,4}:){7})[\da-f:]{2,39}"
    r"(?:\.\d{1,3}){0,3})(?![\w:])\]?",
    re.IGNORECASE,
)
_HOST: Final = re.compile(
    r"\b(from|host|client|peer) (?:host )?[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){1,6}\b", re.IGNORECASE
)
_SHORTEST_MENDED: Final = 7
_KEPT: Final = 2_000


class Spelling:
    """Mends texts for the patterns of families; what a word means is kept for the next text that
    has it.
    """

    def __init__(self, table: SpellingTable) -> None:
        self._meant = {word: word for word in (*table.exact, *table.also)}
        self._meant |= {other: word for word, others in table.also.items() for other in others}
        self._targets = [word for word in table.also if len(word) >= _SHORTEST_MENDED]
        self._known: dict[str, str] = {}

    def mend(self, text: str) -> str:
        """`text` with known words in their usual spelling, and `this address` for addresses."""
        text = _HOST.sub(r"\1 this address", _ADDRESS.sub("this address", text))
        return _WORD.sub(lambda match: self._word(match[0]), text)

    def _word(self, word: str) -> str:
        lower = word.lower()
        if lower not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[lower] = self._find(lower)
        meant = self._known[lower]
        return word if meant == lower else meant

    def _find(self, word: str) -> str:
        if word in self._meant:
            return self._meant[word]
        return next((target for target in self._targets if _is_near(word, target)), word)


def _is_near(word: str, target: str) -> bool:
    """One letter is missing, too many, wrong, or changed places with the next; the first stands."""
    if word[0] != target[0] or abs(len(word) - len(target)) > 1:
        return False
    begin = next((n for n, (a, b) in enumerate(zip(word, target, strict=False)) if a != b), -1)
    if begin < 0:
        return True
    one, other = word[begin:], target[begin:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])
