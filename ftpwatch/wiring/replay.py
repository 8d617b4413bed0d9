"""A replay: a recording, or what others saw, is republished to the same Watch and the same front
ends; read-only. Long, as it is one way from the source to the exit code.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from math import inf
from pathlib import Path
from typing import Final

import msgspec

from ftpwatch.config.timezones import zone_of
from ftpwatch.core.errors import UserError
from ftpwatch.core.journal.bus import EventBus
from ftpwatch.core.judgement.watch import Watch
from ftpwatch.core.playback.pace import PacedClock
from ftpwatch.core.playback.playing import Playing
from ftpwatch.core.playback.read_only import ReadOnly
from ftpwatch.core.playback.seeking import Place
from ftpwatch.core.text.headline import Headline, Keeping
from ftpwatch.core.text.neutral import visible
from ftpwatch.headless.exit_codes import ExitCode, exit_code
from ftpwatch.headless.narration import Narration
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.record.judging import KeepsJudgements
from ftpwatch.transport.system_clock import SystemClock
from ftpwatch.wiring.converted import converted, kept
from ftpwatch.wiring.failures import Failures
from ftpwatch.wiring.fronts import Front, front_for
from ftpwatch.wiring.opening import Start, wanted_of
from ftpwatch.wiring.overhearing import Kind, is_recording, opened
from ftpwatch.wiring.scene import Scene, ScreenBroke, View
from ftpwatch.wiring.settling import Settling
from ftpwatch.wiring.stopping import Stopping, interruptible, on_signals
from ftpwatch.wiring.stories import (
    Stage,
    Story,
    followed_recording,
    followed_source,
    gaps_so_far,
    last_words,
    recorded,
)
from ftpwatch.wiring.terminal import keys_from_terminal
from ftpwatch.wiring.version import judging_version

__all__ = ["ReplayPlan", "run_replay"]

_HURRY: Final = 500.0
_UNTIMED_SPEED: Final = 10.0
_NO_STEERING: Final = "{} is read-only"


class ReplayPlan(msgspec.Struct, frozen=True):
    """What to replay and how: the file at `path`, or stdin; `follow` it as it grows; from `at` or
    its `end` on; only what the filter `wanted` asks for.
    """

    path: Path | None
    view: View
    speed: float = 1.0
    follow: bool = False
    zone: str | None = None
    at: str | None = None
    end: bool = False
    wanted: str = ""


async def run_replay(plan: ReplayPlan) -> ExitCode:
    """Replay what `plan` names. Raises UserError where it cannot be read."""
    start = Start(at=plan.at, end=plan.end, zone=zone_of(plan.zone)[0])
    with ExitStack() as stack:
        if plan.follow:
            story = stack.enter_context(_followed(plan, start))
        else:
            story = stack.enter_context(_told(plan, start))
        return await _show_story(story, plan)


@contextmanager
def _told(plan: ReplayPlan, start: Start) -> Iterator[Story]:
    with ExitStack() as stack:
        with interruptible():
            source = stack.enter_context(opened(plan.path))
            if source.kind is Kind.RECORDING:
                if plan.path is None:
                    raise UserError("a recording is read from its file, not from stdin")
                path, name, what = plan.path, plan.path.name, None
            else:
                journal = stack.enter_context(converted(source, plan.zone))
                path, name, what = journal.journal.path, source.name, journal.source
        yield stack.enter_context(recorded(path, name, what, start))


@contextmanager
def _followed(plan: ReplayPlan, start: Start) -> Iterator[Story]:
    if plan.path is not None and is_recording(plan.path):
        with followed_recording(plan.path, start) as story:
            yield story
        return
    if start.wanted:
        raise UserError("--at and --end go with what is whole, or with a recording")
    with kept() as journal, ExitStack() as stack:
        with interruptible():
            story = stack.enter_context(followed_source(plan.path, plan.zone, journal))
        yield story


async def _show_story(story: Story, plan: ReplayPlan) -> ExitCode:
    speed = plan.speed * (1.0 if story.timed else _UNTIMED_SPEED)
    clock = PacedClock(SystemClock(), speed)
    bus = EventBus(clock, asyncio.get_running_loop().call_soon)
    narration, fronts = Narration(), list[Front]()
    failures = Failures(None, lambda text: fronts[0].warn(text))
    asyncio.get_running_loop().set_exception_handler(failures.of_loop)
    advisor, stopping = KnowledgeAdvisor(), Stopping()
    watch = _learning(Watch(advisor, failures.of_watch), story)
    playing = Playing(clock, lambda: watch.state, speed=speed, seeking=story.seeking)
    with interruptible():
        story.begin(watch, clock)
    bus.subscribe("watch", watch.receive)
    settling = Settling(watch, clock)
    a_kind = f"a {story.kind}"
    scene = Scene(
        watch=watch,
        clock=clock,
        controls=ReadOnly(_NO_STEERING.format(a_kind)),
        history=story.history,
        stopping=stopping,
        narration=narration,
        headline=Headline(
            title=visible(f"{'follow' if plan.follow else 'replay'} {story.name}"),
            notice=_notice(a_kind, story, plan),
            keeping=Keeping.FOLLOWED if plan.follow else Keeping.REPLAYED,
        ),
        playing=None if plan.follow else playing,
        failed=failures.of_screen,
        wanted=wanted_of(plan.wanted, story.ends()),
        wanted_text=plan.wanted,
        state_after=partial(story.history.state_after, version=judging_version()),
    )
    if plan.path is None and plan.view.mode == "tui":
        keys_from_terminal()
    front = front_for(plan.view, scene)
    fronts.append(front)
    if plan.follow and story.unreadable():
        front.tell(gaps_so_far(story.unreadable()))
    if not story.timed:
        _without_times(playing, front)
    undo_signals = on_signals(stopping)
    try:
        async with asyncio.TaskGroup() as group:
            new_watch = partial(_unseen, advisor, story)
            stage = Stage(clock, bus, watch, new_watch, playing)
            finding = group.create_task(_find_steps(story, front))
            telling = group.create_task(_play(story, stage, front, stopping))
            showing = group.create_task(_show(front, stopping))
            await stopping.wait()
            bus.flush()
            settling.end()
            front.leave()
            await asyncio.wait([showing], timeout=2)
            for task in (finding, telling, showing):
                task.cancel()
    finally:
        undo_signals()
    return _code(story, watch, stopping, front, narration)


def _code(
    story: Story, watch: Watch, stopping: Stopping, front: Front, narration: Narration
) -> ExitCode:
    if stopping.failure is not None:
        narration.say(f"ftpwatch: {stopping.failure}")
        return ExitCode.USAGE
    if stopping.interrupted:
        return ExitCode.INTERRUPTED
    unreadable = story.unreadable()
    if unreadable or stopping.unwritable:
        if not front.is_screen:
            narration.say(f"ftpwatch: {last_words(story.kind, unreadable)}")
        return ExitCode.BADLY
    return exit_code(watch.state)


def _notice(a_kind: str, story: Story, plan: ReplayPlan) -> str | None:
    if plan.follow:
        return "what others see, as it comes"
    if not story.timed:
        return f"{a_kind} without times: it goes from end to end, in its order"
    return None


def _learning(watch: Watch, story: Story) -> Watch:
    """Where the recording does not say how its ends are explained, its history learns it."""
    if not story.history.is_judged(judging_version()):
        version = judging_version()
        story.history.learn((), version)
        judging = KeepsJudgements(lambda news, _: story.history.learn(news, version), lambda: 0.0)
        watch.subscribe(judging.receive)
    return watch


def _unseen(advisor: KnowledgeAdvisor, story: Story) -> Watch:
    """A Watch for another place of the story; what fails in it fails again once it is played."""
    return _learning(Watch(advisor, lambda _: None), story)


async def _find_steps(story: Story, front: Front) -> None:
    """Without times it begins at the first end: it goes from one to the next."""
    seeking = story.seeking
    if seeking is None or not front.is_screen:
        return
    is_first = seeking.steps is None
    seeking.steps = await story.history.steps(judging_version())
    if is_first and not story.timed and (step := seeking.first_end()) is not None:
        seeking.go(Place(step.seq, is_step=True))


def _without_times(playing: Playing, front: Front) -> None:
    """Without times nothing can be played: lines have them all at once, and a screen goes from one
    end to the next.
    """
    if front.is_screen:
        playing.toggle()
    else:
        playing.speed = _HURRY * _UNTIMED_SPEED


async def _play(story: Story, stage: Stage, front: Front, stopping: Stopping) -> None:
    while True:
        try:
            text = await story.publish(stage)
        except UserError as error:
            stopping.fail(str(error))
            return
        stage.watch.settle(inf)  # nothing more comes
        if story.seeking is None or story.unreadable() or not front.is_screen:
            front.tell(text)
        stage.playing.end(text, stands=True)
        await _find_steps(story, front)  # an incident may be known by now
        if not front.is_screen:
            stopping.stop(text)
        if story.wait_sought is None:
            return
        await story.wait_sought()


async def _show(front: Front, stopping: Stopping) -> None:
    try:
        await front.run()
    except ScreenBroke:
        stopping.fail("the screen cannot be shown")
    else:
        stopping.stop("the user left")
