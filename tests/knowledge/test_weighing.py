"""What holds of every explanation, whatever the facts: random sessions, random ends."""

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import ClockName, ClosedBy, LimitSource, Manner
from ftpwatch.core.judgement.context import Context
from ftpwatch.core.state.explanation import Confidence, Explanation
from ftpwatch.knowledge.circumstances import from_circumstances
from ftpwatch.knowledge.finding import Finding, Kind
from ftpwatch.knowledge.identify import identify
from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.strength import STRENGTHS
from knowledge.contexts import ADVISOR, Tale

KNOWLEDGE = load()
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


@st.composite
def ended(draw: st.DrawFn) -> list[tuple[Context, Explanation]]:
    """Sessions that lived for a while and then ended, and all that was judged of it."""
    tale, interval = Noted(), draw(st.none() | SECONDS)
    for number in range(draw(st.integers(1, 4))):
        name = f"s{number}"
        tale.ready(0, name, draw(st.sampled_from(GREETINGS)), keep_alive=interval)
        if draw(st.booleans()):
            source, limit = draw(st.sampled_from(list(LimitSource))), draw(SECONDS)
            known = LimitKnown(
                "192.0.2.1", 21, draw(st.sampled_from(list(ClockName))), limit, source
            )
            tale.happens(0, known, name)
        sent = draw(st.integers(0, 3)) if interval is not None else 0
        if interval is not None:
            tale.keeps_alive(interval, interval * sent, name)
        at = (interval or 0.0) * sent + draw(SECONDS)
        sentence = draw(st.sampled_from(SENTENCES))
        code = int(sentence[:3]) if sentence[:3].isdigit() else 0
        if code:
            tale.says(at, code, sentence[4:], session=name)
        manner = draw(st.sampled_from([Manner.FIN, Manner.RESET, Manner.TIMEOUT]))
        tale.closes(at, code or None, draw(st.sampled_from(list(ClosedBy))), manner, name)
    tale.watch.settle(float("inf"))
    return tale.judged


def opposed(findings: list[Finding]) -> list[str]:
    """Causes for and against which one fact speaks: the same words, or the same silence."""
    signs: dict[tuple[str, str], set[bool]] = defaultdict(set)
    for finding in findings:
        signs[finding.cause, finding.words].add(finding.weight > 0)
        if finding.kind & (Kind.CLOCK | Kind.PLAUSIBLE) and finding.cause == "idle_timeout":
            signs[finding.cause, "how long it was silent"].add(finding.weight > 0)
    return [cause for (cause, _), both in signs.items() if len(both) > 1]


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(ended())
def test_it_is_never_certain_with_evidence_against_it_and_no_fact_speaks_both_ways(
    judged: list[tuple[Context, Explanation]],
) -> None:
    assert judged
    for context, explanation in judged:
        assert not (explanation.confidence is Confidence.CERTAIN and explanation.against)
        assert not set(explanation.evidence) & set(explanation.against)
        identity = identify(context, KNOWLEDGE.servers)
        assert opposed(list(from_circumstances(context, identity))) == []


def test_a_keep_alive_as_slow_as_the_idle_limit_speaks_for_that_limit_alone() -> None:
    tale = Tale().ready(0, keep_alive=60.0).keeps_alive(60, 120)
    tale.happens(0, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 60.0, LimitSource.ADVERTISED))
    tale.says(180, 421, "Connection closed.").closes(180, 421)
    why = tale.told()
    assert why.cause == "idle_timeout" and why.against == ()
    assert not [other for other in why.alternatives if other.cause == "idle_timeout"]


def test_every_strength_has_its_sentence() -> None:
    assert len({strength.meaning for strength in STRENGTHS}) == len(STRENGTHS) >= 20
    assert all(strength.weight for strength in STRENGTHS)
