"""Replies are paired by counting."""

from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.conversation.dialogue import Dialogue
from ftpwatch.core.ftp.command import Command, Purpose
from ftpwatch.core.ftp.reply import Reply
from ftpwatch.core.journal.vocabulary import Role


def greeted() -> Dialogue:
    dialogue = Dialogue()
    dialogue.receive(Reply(220, ("hi",)), 0.0)
    return dialogue


def test_the_first_reply_is_the_greeting_and_120_comes_before_it() -> None:
    dialogue = Dialogue()
    assert dialogue.receive(Reply(120, ("soon",)), 0.0).role is Role.PRELIMINARY
    assert not dialogue.greeted
    assert dialogue.receive(Reply(421, ("full",)), 1.0).role is Role.GREETING


def test_a_reply_when_nothing_is_owed_is_spontaneous() -> None:
    said = greeted().receive(Reply(421, ("Timeout",)), 5.0)
    assert (said.role, said.in_reply_to, said.latency_seconds) == (Role.SPONTANEOUS, None, None)


def test_1xx_does_not_answer_and_the_final_reply_does() -> None:
    dialogue = greeted()
    dialogue.send(Command("LIST"), Purpose.USER, 1.0)
    assert dialogue.receive(Reply(150, ("opening",)), 1.5).role is Role.PRELIMINARY
    final = dialogue.receive(Reply(226, ("done",)), 3.0)
    assert final.role is Role.FINAL
    assert final.latency_seconds == 2.0
    assert final.in_reply_to is not None
    assert final.in_reply_to.verb == "LIST"
    assert dialogue.owed is None


@given(st.lists(st.sampled_from(["send", "final", "preliminary"]), max_size=60))
def test_commands_are_answered_in_order_and_never_twice(steps: list[str]) -> None:
    dialogue, sent, answered = greeted(), 0, []
    for at, step in enumerate(steps):
        if step == "send":
            sent += 1
            assert dialogue.send(Command("NOOP"), Purpose.KEEP_ALIVE, at).number == sent
            continue
        said = dialogue.receive(Reply(200 if step == "final" else 150, ("x",)), at)
        if said.role is Role.FINAL:
            assert said.in_reply_to is not None
            answered.append(said.in_reply_to.number)
        if said.role is Role.SPONTANEOUS:
            assert len(answered) == sent
    assert answered == list(range(1, len(answered) + 1))
    assert (dialogue.owed is None) == (len(answered) == sent)
