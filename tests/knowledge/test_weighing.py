"""What holds of every explanation, whatever the facts: random sessions, random ends."""

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import Cause, ClockName, ClosedBy, LimitSource, Manner, Role
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.knowledge.circumstances import from_circumstances
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.identify import Recogniser
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.strength import STRENGTHS
from knowledge.contexts import ADVISOR, Tale

KNOWLEDGE = load()
RECOGNISER = Recogniser(KNOWLEDGE.servers)
SENTENCES = sorted(
    {row.example for table in KNOWLEDGE.servers for row in table.close if row.example}
    | {f"421 {row.example}" for row in KNOWLEDGE.families}
    | {"421 Timeout (60 seconds): closing control connection.", "421 60 s", "221 Goodbye.", ""}
)
GREETINGS = ("Welcome", "(vsFTPd 3.0.5)", "ProFTPD Server ready", "Pure-FTPd", "Serv-U FTP Server")
SECONDS = st.one_of(
    st.sampled_from([1.0, 2.0, 30.0, 60.0, 120.0, 300.0, 600.0]), st.floats(0.5, 900)
)


class Noted(Tale):
    """Keeps what was judged, and how."""

    def __init__(self) -> None:
        super().__init__()
        self.judged: list[tuple[Context, Explanation]] = []
        advisor = ADVISOR

        class Noting(type(advisor)):  # type: ignore[misc]
            def explain(noting, context: Context) -> Explanation:
                explanation = advisor.explain(context)
                self.judged.append((context, explanation))
                return explanation

        from ftpwatch.core.judgement.watch import Watch

        self.watch = Watch(Noting())


PLANS = st.fixed_dictionaries(
    {
        "greeting": st.sampled_from(GREETINGS),
        "interval": st.none() | SECONDS,
        "limit": st.none()
        | st.tuples(st.sampled_from(list(ClockName)), SECONDS, st.sampled_from(list(LimitSource))),
        "sent": st.integers(0, 3),
        "silence": SECONDS,
        "sentence": st.sampled_from(SENTENCES),
        "by": st.sampled_from(list(ClosedBy)),
        "manner": st.sampled_from([Manner.FIN, Manner.RESET, Manner.TIMEOUT]),
        "before": st.booleans(),
        "together": st.integers(1, 4),
    }
)


def ended(plan: dict[str, Any]) -> list[tuple[Context, Explanation]]:
    """Sessions that lived and ended as planned, alike and in one moment, perhaps a second time."""
    tale, interval, start = Noted(), plan["interval"], 0.0
    for round_ in range(1 + plan["before"]):
        names = [f"s{round_}{number}" for number in range(plan["together"])]
        for name in names:
            tale.ready(start, name, plan["greeting"], keep_alive=interval)
        if plan["limit"] is not None:
            clock, seconds, source = plan["limit"]
            tale.happens(start, LimitKnown("192.0.2.1", 21, clock, seconds, source), names[0])
        sent = plan["sent"] if interval is not None else 0
        for number in range(1, sent + 1):
            for name in names:
                at = start + number * (interval or 0.0)
                tale.asks(at, "NOOP", session=name).says(at, 200, "ok", Role.FINAL, name)
        at = start + (interval or 0.0) * sent + plan["silence"]
        code = int(plan["sentence"][:3]) if plan["sentence"][:3].isdigit() else 0
        for name in names:
            if code:
                tale.says(at, code, plan["sentence"][4:], session=name)
            tale.closes(at, code or None, plan["by"], plan["manner"], name)
        start = at + 60
    tale.watch.settle(float("inf"))
    return tale.judged


def opposed(findings: list[Finding]) -> list[str]:
    """Causes for and against which one fact speaks: the same words, or the same silence."""
    signs: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for finding in findings:
        signs[finding.cause, finding.words].add(finding.weight > 0)
        if finding.kind & (Kind.CLOCK | Kind.PLAUSIBLE) and finding.cause is Cause.IDLE_TIMEOUT:
            signs[finding.cause, "how long it was silent"].add(finding.weight > 0)
    return [cause for (cause, _), both in signs.items() if len(both) > 1]


@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(PLANS)
def test_it_is_never_certain_with_evidence_against_it_and_no_fact_speaks_both_ways(
    plan: dict[str, Any],
) -> None:
    judged = ended(plan)
    assert judged
    for context, explanation in judged:
        assert not (explanation.confidence is Confidence.CERTAIN and explanation.against)
        assert not set(explanation.evidence) & set(explanation.against)
        identity = RECOGNISER.of(context)
        assert opposed(list(from_circumstances(context, identity))) == []


def test_a_keep_alive_as_slow_as_the_idle_limit_speaks_for_that_limit_alone() -> None:
    tale = Tale().ready(0, keep_alive=60.0).keeps_alive(60, 120)
    tale.happens(121, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 60.0, LimitSource.ADVERTISED))
    tale.says(180, 421, "Connection closed.").closes(180, 421)
    why = tale.told()
    assert why.cause == "idle_timeout" and why.against == ()
    assert not [other for other in why.alternatives if other.cause == "idle_timeout"]


def test_every_strength_has_its_sentence() -> None:
    assert len({strength.meaning for strength in STRENGTHS}) == len(STRENGTHS) >= 20
    assert all(strength.weight for strength in STRENGTHS)
