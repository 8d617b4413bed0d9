"""Wordings that any server may use: what a reply speaks of, whoever says it.

They count in replies that can end or refuse something. Where a reply does not match as it stands,
it is tried with its misspellings mended.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from ftpwatch.core.ftp.reply import ReplyClass, reply_class
from ftpwatch.knowledge.spelling import Spelling
from ftpwatch.knowledge.word_rows import FamilyRow, HarmlessRow

__all__ = ["Wording", "Wordings"]

_GOODBYE: Final = 221
_ON_ITS_WAY: Final = (ReplyClass.PRELIMINARY, ReplyClass.COMPLETION, ReplyClass.INTERMEDIATE)
_OF_A_COMMAND: Final = (501, 502, 503, 504)
_OF_DATA: Final = frozenset({425, 426})
_QUOTED: Final = 60
_KEPT: Final = 500


class Wording(msgspec.Struct, frozen=True):
    """A family that a reply speaks of, and by which of its words; none where the code says it."""

    family: FamilyRow
    words: str

    @property
    def sentence(self) -> str:
        """What it rests on, in a sentence."""
        if not self.words:
            return "its code is that of a failed data connection"
        tongue = f", in {self.family.language}" if self.family.language else ""
        return f"the reply says so{tongue}: “{self.words}”"


class Wordings:
    """Matches replies against all `families`, once for the same words: of many ends most are
    announced alike.
    """

    def __init__(
        self,
        families: tuple[FamilyRow, ...],
        harmless: tuple[HarmlessRow, ...],
        spelling: Spelling,
    ) -> None:
        self._families, self._harmless, self._spelling = families, harmless, spelling
        self._known: dict[tuple[int | None, str], tuple[Wording, ...]] = {}

    def of(self, code: int | None, text: str) -> tuple[Wording, ...]:
        """What the reply speaks of, the most specific first; a log may hide its code."""
        if (code, text) not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            refuses = self._can_refuse(code, text)
            self._known[code, text] = tuple(self._spoken(code, text)) if refuses else ()
        return self._known[code, text]

    def _spoken(self, code: int | None, text: str) -> Iterator[Wording]:
        mended = self._spelling.mend(text)
        for family in self._families:
            if not _may_say(family, code):
                continue
            if match := family.pattern.search(text):
                yield Wording(family, match[0].strip())
            elif mended != text and family.pattern.search(mended):
                yield Wording(family, text[:_QUOTED].strip())

    def _can_refuse(self, code: int | None, text: str) -> bool:
        if code is None:
            return True
        if reply_class(code) in _ON_ITS_WAY and code != _GOODBYE:
            return False
        return not any(code in row.codes and row.pattern.search(text) for row in self._harmless)


def _may_say(family: FamilyRow, code: int | None) -> bool:
    """A reply of this code may be of the family; without a code, if words tell it."""
    if code is None:
        return bool(family.text) and not (family.codes and _OF_DATA.issuperset(family.codes))
    return code in family.codes if family.codes else code not in _OF_A_COMMAND
