"""Whether a demo went as its scenario says."""

from typing import Final

from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.state.phases import Phase
from ftpwatch.demo.scenario import Expected

__all__ = ["differences"]

_OUR_OWN_ENDS: Final = (Cause.LOCAL, Cause.CLIENT_QUIT)
_CONNECTED: Final = (Phase.READY, Phase.TRANSFER)


def differences(expected: tuple[Expected, ...], watch: Watch) -> list[str]:
    """What went otherwise than the scenario says, a sentence each: the causes for which a session
    ended, whether it is connected, the verdict on its keep-alive.
    """
    otherwise: list[str] = []
    for want in expected:
        causes = _causes(want.session, watch)
        if causes[: len(want.causes)] != want.causes or (causes and not want.causes):
            ended, expect = (", ".join(c) or "nothing" for c in (causes, want.causes))
            otherwise.append(f"{want.session} was to end by {expect}, and ended by {ended}")
        session = watch.state.sessions.get(want.session)
        if want.connected and (session is None or session.phase not in _CONNECTED):
            otherwise.append(f"{want.session} was to be connected, and is not")
        judged = watch.state.verdicts.get(want.session)
        verdict = judged.verdict if judged is not None else None
        if want.verdict is not None and verdict != want.verdict:
            otherwise.append(f"{want.session} was to be judged {want.verdict}, and is {verdict}")
    return otherwise


def _causes(session: str, watch: Watch) -> tuple[str, ...]:
    causes = [e.explanation.cause for e in watch.explanations() if e.session == session]
    return tuple(cause for cause in causes if cause is not None and cause not in _OUR_OWN_ENDS)
