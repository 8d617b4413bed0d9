"""What the screen says of what was: how many 421s, which end, and when it comes again."""

from pathlib import Path

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import ConnectionOpened, ConnectionOpening, KeepAliveChanged
from ftpwatch.core.journal.vocabulary import ChangedBy, Role
from ftpwatch.tui.screens.holding import Holding
from tui.screens import Shown, settled, shown


async def test_what_came_while_those_of_before_were_counted_counts_once(tmp_path: Path) -> None:
    async with shown(tmp_path) as (tale, _):
        holding = Holding()
        tale.watch.subscribe(holding.note)
        tale.ready()
        for at in (10, 20, 30):
            tale.says(at, 421, "Timeout.")
        counted_up_to = tale.watch.state.seq
        tale.says(40, 421, "Timeout.")
        holding.know_refusals(7, counted_up_to)  # four of them were there before
        assert holding.refusals(tale.watch.state) == 8


async def test_x_explains_the_end_of_the_session_where_no_row_is_chosen(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        lost_and_back(tale)
        await settled(pilot)
        await pilot.press("escape", "x")
        await settled(pilot)
        assert "Idle limit" in tale.text() and "The user is logged in" not in tale.text()


async def test_a_keep_alive_that_is_off_again_is_cut_again(tmp_path: Path) -> None:
    async with shown(tmp_path, (160, 40)) as (tale, pilot):
        lost_and_back(tale)
        await settled(pilot)
        assert "cut again in" in tale.text()
        for at, interval in ((82, 22.0), (84, None)):
            tale.happens(at, KeepAliveChanged(interval, "NOOP", ChangedBy.USER), "s")
            await settled(pilot)
            assert ("cut again in" in tale.text()) is (interval is None)


def lost_and_back(tale: Shown) -> None:
    """Cut after 60 s without a command, and logged in again."""
    tale.ready()
    tale.says(60, 421, "Idle for 60 seconds, closing.").closes(60, 421)
    tale.watch.settle(65)
    tale.connection = 2
    tale.happens(80, ConnectionOpening("ftp.example.com", 21, 1), "s")
    tale.happens(80, ConnectionOpened("10.0.0.1:5", "192.0.2.1:21"), "s")
    tale.greets("Welcome to this server", 80)
    for verb, code in (("USER", 331), ("PASS", 230)):
        tale.asks(80, verb, Purpose.LOGIN).says(80, code, "ok", Role.FINAL)
