"""How much a piece of evidence weighs: every number of the weighing, each with its sentence.

Weights of one cause add up. From LIKELY on it may be called likely, from POSSIBLE on it may be
named; `certain` needs evidence of two kinds, none against, and LEAD over every other whose words
were said.
"""

from typing import Final

import msgspec

__all__ = [
    "CERTAIN_TOGETHER", "CLEAR", "CONCEIVABLE", "CONTESTED", "CUT_EARLY", "DECIDED", "DOUBTED",
    "FITS", "FORGOTTEN", "GENERIC", "HINT", "KNOWN_SENTENCE", "LEAD", "LIKELY", "NEAR",
    "OTHERS_TOO", "OUTWEIGHED", "OWN_SENTENCE", "PASSED_BEFORE", "POSSIBLE", "RULED_OUT", "SAYS_SO",
    "SPOKEN_TOO", "STRENGTHS", "STRUCK_AGAIN", "SUGGESTS", "TRANSLATED", "UNANSWERED", "UNASKED",
    "UNLIKELY", "WEAKER_SOURCE", "WITNESSED", "WORDING", "Strength",
]  # fmt: skip


class Strength(msgspec.Struct, frozen=True):
    """A `weight`, over 0 for a cause and under 0 against it, and what weighs so much."""

    weight: float
    meaning: str

    def less(self, by: "Strength") -> "Strength":
        """The same with a doubt, which is a strength under 0."""
        return Strength(self.weight + by.weight, f"{self.meaning}, but {by.meaning}")

    def shared(self, causes: int) -> "Strength":
        """The same words are said for so many causes."""
        return Strength(self.weight / causes, self.meaning)


# --- for a cause
DECIDED: Final = Strength(9.0, "we decided it ourselves: nothing outweighs that")
WITNESSED: Final = Strength(8.0, "the network or our own QUIT shows it, whatever was said")
OWN_SENTENCE: Final = Strength(6.0, "the server that was recognised has this wording")
KNOWN_SENTENCE: Final = Strength(5.0, "some server is known for this wording")
UNANSWERED: Final = Strength(5.0, "nothing came in the time that was given")
WORDING: Final = Strength(4.0, "words that name the cause, whoever says them")
STRUCK_AGAIN: Final = Strength(3.5, "it struck more than once, at the same age")
UNASKED: Final = Strength(3.5, "a goodbye that nobody had asked for")
CLEAR: Final = Strength(3.0, "a circumstance that few other causes have")
CUT_EARLY: Final = Strength(2.6, "cut without a word before the limit that is known")
FORGOTTEN: Final = Strength(2.4, "it ended where paths forget connections: during a long transfer")
GENERIC: Final = Strength(2.1, "the standard's own sentence names it, and servers use it freely")
FITS: Final = Strength(2.0, "a length of time, or the way it ended, is that of the cause")
SUGGESTS: Final = Strength(1.5, "a length of time is a default, or the same for several sessions")
HINT: Final = Strength(1.4, "words that point to the cause and name it not")
CONCEIVABLE: Final = Strength(1.0, "it fits, as much else would")
SAYS_SO: Final = Strength(0.5, "the words of a known sentence are plain as well")
# --- against a cause
RULED_OUT: Final = Strength(-3.0, "it cannot be, unless something is not as it looks")
UNLIKELY: Final = Strength(-2.0, "another cause explains the same better")
DOUBTED: Final = Strength(-1.5, "some live on that it should have ended")
CONTESTED: Final = Strength(-1.0, "words of another kind of cause are in it too")
OTHERS_TOO: Final = Strength(-1.0, "the same words are said for other reasons")
WEAKER_SOURCE: Final = Strength(-1.0, "this is known from weaker sources")
OUTWEIGHED: Final = Strength(-0.6, "a clock would look the same")
PASSED_BEFORE: Final = Strength(-0.4, "its limit had passed long before, and nothing ended then")
SPOKEN_TOO: Final = Strength(-0.1, "the reply speaks of something else as well")
TRANSLATED: Final = Strength(-0.1, "words of another language are known by translation")
# --- what the sums are held against
CERTAIN_TOGETHER: Final = 4.0
LIKELY: Final = 2.5
LEAD: Final = 2.0
NEAR: Final = 1.0
POSSIBLE: Final = 0.9

STRENGTHS: Final = tuple(value for value in list(vars().values()) if isinstance(value, Strength))
