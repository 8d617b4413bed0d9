"""Plain English: wordings that users did not understand are gone from all that people read."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
READ_BY_PEOPLE = [
    path
    for path in [*(ROOT / "ftpwatch").rglob("*.py"), *(ROOT / "ftpwatch").rglob("*.toml")]
    if "transcripts" not in path.parts
] + [ROOT / "README.md"]
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
""".strip().splitlines()


@pytest.mark.parametrize("wording", GONE)
def test_a_wording_is_gone(wording: str) -> None:
    found = [path.name for path in READ_BY_PEOPLE if wording in path.read_text(encoding="utf-8")]
    assert not found
