"""Plain English: wordings that users did not understand are gone from all that people read."""

import re
from pathlib import Path

import pytest

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.demo.scenario import load

ROOT = Path(__file__).parent.parent
READ_BY_PEOPLE = [
    path
    for path in [*(ROOT / "ftpwatch").rglob("*.py"), *(ROOT / "ftpwatch").rglob("*.toml")]
    if "transcripts" not in path.parts
] + [ROOT / "README.md", *(ROOT / "ftpwatch" / "manual").glob("*.md")]
GONE = """
no: unasked
its words speak of
says exactly this
is known to say this
if its words are genuine
not a word before it
its replies stayed away
A reply stayed away
closed by server-PI
"server-PI"
closed by us after
not reconnecting until asked
does not reconnect by itself
to outlive {
without a command of another kind
✗ useless
though {succeeded} were answered
What shall keep
no longer? It gets a QUIT
Say QUIT to
connect it anew
A mark: what happens now
enter accepts
is no reply code
is no duration
is no URL
is the shortest of the usual
this watch is live
what happened cannot be steered
no further 4xx
Nothing ended here
is concluded from
One test session is silent
stop and conclude
measure anew
nothing that these checks see
(beside it)
none ended against our will
ends to explain
one end to explain
Say QUIT
Drop the socket
Drop a mark
Watch the session no longer
Find this host's limits
421 ▸
Often said
In truth
connect anew
Some servers send it and stay
free the place of a session
starts it anew
under way: it is probably
more slowly each time
forgot the connection while
Nobody was asked
should it not?
limit is far away
Most people stop thinking
Somebody presses
That makes three
'kept alive'
was learnt from
In a moment somebody
dismissed comes back
That was all.
Why did {
it shows that the server answers
PROOF
▸ you:
▸ server:
a FIN and not
and we gave up
ended from here
the way there
to outlive
every line starts
LOOKING BACK
NOT RECORDED
NO TIMES
Wait, then connect
First, after the connection
looks abandoned
noop-10m should
Close too.
That is the whole
Twins are never
} as wished
ends in order
orderly end
orderly QUIT
came unasked
ended unasked
goodbye unasked
is none of 0%
Send a message then
: login_abuse
: no_answer
a dead path
is told as such
checks the way
a wish of yours
""".strip().splitlines()
_SPOKEN = r"(summary|why|title|truth|claim|seen|todo|means) = "


@pytest.mark.parametrize("wording", GONE)
def test_a_wording_is_gone(wording: str) -> None:
    found = [path.name for path in READ_BY_PEOPLE if wording in path.read_text(encoding="utf-8")]
    assert not found


def test_no_scenario_says_an_id_where_it_speaks() -> None:
    ids = [cause for cause in Cause if "_" in cause]
    for path in (ROOT / "ftpwatch" / "demo" / "scenarios").glob("*.toml"):
        scenario = load(path.stem)
        spoken = [scenario.title, *(step.look for step in scenario.step)]
        assert not [id for id in ids for text in spoken if id in text], path.stem


def test_no_sentence_of_knowledge_says_an_id() -> None:
    ids = [cause for cause in Cause if "_" in cause]
    for name in ("causes", "codes", "mistakes"):
        text = (ROOT / "ftpwatch" / "knowledge" / "data" / f"{name}.toml").read_text("utf-8")
        spoken = [line for line in text.splitlines() if re.match(_SPOKEN, line)]
        assert len(spoken) > 5 and not [id for id in ids for line in spoken if id in line], name


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (5_000, "5000 entries")],
)
def test_a_count_and_its_noun_agree(count: int, words: str) -> None:
    assert counted(count, "entry", "entries") == words
