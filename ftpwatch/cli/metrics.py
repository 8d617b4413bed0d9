"""`ftpwatch metrics`."""

import click

from ftpwatch.cli.streams import print_data

__all__ = ["metrics"]


@click.command()
@click.argument("what", type=click.Choice(("dashboard", "alerts")))
def metrics(what: str) -> None:
    """Print what goes with the metrics of a watch: a Grafana dashboard (JSON), or alert rules for
    Prometheus (YAML).

    A watch serves its metrics with --metrics PORT.
    """
    from ftpwatch.metrics.shipped import shipped

    print_data(shipped(what))
