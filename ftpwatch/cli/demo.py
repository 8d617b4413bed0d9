"""`ftpwatch demo`."""

from typing import Any

import click

from ftpwatch.cli.completing import scenarios
from ftpwatch.cli.ending import exit_with
from ftpwatch.cli.options import Speed, checked, record_option, seconds_of, view_of, view_options
from ftpwatch.cli.outward import outward_of, outward_options
from ftpwatch.cli.streams import print_data

__all__ = ["demo"]


@click.command()
@click.argument("scenario", required=False, shell_complete=scenarios)
@click.option("--list", "list_", is_flag=True, help="Describe the scenarios, a line each.")
@click.option("--speed", type=Speed(0.1, 100), default=1.0, help="Compress the time.")
@click.option("--for", "for_", metavar="DURATION", help="Leave after this time.")
@record_option
@outward_options
@view_options
def demo(scenario: str | None, list_: bool, speed: float, **options: Any) -> None:
    """Play SCENARIO on embedded servers: no network, no account, no configuration. Without a
    name, a tour of the best of them in turn.
    """
    from ftpwatch.demo.scenario import TOUR, load, names

    if list_:
        widest = max(map(len, names()))
        print_data("".join(f"{name:<{widest}}  {load(name).title}\n" for name in names()))
        return
    import asyncio

    from ftpwatch.config.options import TargetFinder
    from ftpwatch.config.settings import Profiles, Settings
    from ftpwatch.wiring.demo import DemoPlan, run_demo

    plan = DemoPlan(
        scenarios=tuple(checked(load, name) for name in ((scenario,) if scenario else TOUR)),
        view=view_of(options),
        finder=TargetFinder(Profiles(), Settings(), None),
        speed=speed,
        seconds=seconds_of(options["for_"]),
        record=options["record"],
        outward=outward_of(options, environment=False),
    )
    exit_with(asyncio.run(run_demo(plan)))
