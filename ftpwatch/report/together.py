"""Incidents: ends of several sessions that were one event, as far as they are reported."""

from datetime import datetime, timedelta
from typing import Final

import msgspec
from immutables import Map

from ftpwatch.core.judgement.watch import Update
from ftpwatch.core.state.state import Incident

__all__ = ["SeenIncident", "Together"]

_MOST: Final = 1_000


class SeenIncident(msgspec.Struct, frozen=True):
    """An incident and the moment of its first end."""

    incident: Incident
    at: datetime | None
    order: float


class Together:
    """The incidents of a watch, which itself keeps only those of late."""

    def __init__(self) -> None:
        self._seen: dict[int, SeenIncident] = {}
        self._looked_at: Map[int, Incident] = Map()
        self._now: tuple[datetime, float, bool] | None = None
        self.dropped = 0

    def receive(self, update: Update) -> None:
        """Keep those that are new or told anew; one that was none after all is forgotten."""
        if update.entry is not None:
            self._now = update.entry.at, update.entry.elapsed_seconds, update.entry.timed
        incidents = update.state.incidents
        if incidents is self._looked_at:
            return
        gone = [seq for seq in self._looked_at if seq not in incidents]
        oldest = min(incidents, default=0)
        for seq in gone:
            if seq > oldest or not incidents:
                self._seen.pop(seq, None)
        self._looked_at = incidents
        for seq, incident in incidents.items():
            known = self._seen.get(seq)
            if known is None or known.incident != incident:
                self._seen[seq] = self._placed(incident)
        while len(self._seen) > _MOST:
            del self._seen[next(iter(self._seen))]
            self.dropped += 1

    def _placed(self, incident: Incident) -> SeenIncident:
        if self._now is None:
            return SeenIncident(incident, None, incident.first_at)
        at, elapsed, timed = self._now
        try:
            began = at - timedelta(seconds=elapsed - incident.first_at)
        except OverflowError:  # a damaged recording may say anything
            began = at
        return SeenIncident(incident, began if timed else None, began.timestamp())

    def of(self, seqs: set[int]) -> list[SeenIncident]:
        """Those of `seqs`, in their order."""
        return [seen for seq, seen in sorted(self._seen.items()) if seq in seqs]
