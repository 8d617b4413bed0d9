"""What is shipped beside the metrics: a Grafana dashboard and alert rules, as they stand."""

from importlib.resources import files
from typing import Final

__all__ = ["SHIPPED", "shipped"]

SHIPPED: Final = {"dashboard": "dashboard.json", "alerts": "alerts.yaml"}


def shipped(what: str) -> str:
    """The text of one of SHIPPED."""
    return (files("ftpwatch.metrics") / "data" / SHIPPED[what]).read_text("utf-8")
