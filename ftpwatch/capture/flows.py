"""The TCP connections of a capture, told apart, and which of them are FTP: by the port, or by what
is said. What only a capture can show is seen here: who sent an RST and from how far away, that
nobody answered any more, and the data connections that a session opened. Long, as which flow is FTP
and how it ends are told by one table.
"""

from datetime import datetime
from heapq import heappop, heappush
from itertools import islice
from typing import Final

from ftpwatch.capture.flow import REPLY, End, Flow, shown
from ftpwatch.capture.offers import Offers
from ftpwatch.capture.packets import Segment
from ftpwatch.core.conversation.overheard import Overheard
from ftpwatch.core.conversation.overheard_session import OverheardSession
from ftpwatch.core.journal.vocabulary import ClosedBy, Manner, Stage

__all__ = ["Flows"]

_FTP_PORTS: Final = (21, 990)
_IMPLICIT: Final = 990
_UNANSWERED: Final = 3  # SYNs
_FLOWS_AT_MOST: Final = 20_000
_LOOKED_AT: Final = 50
_TLS_RECORD: Final = (0x14, 0x15, 0x16, 0x17)
_TLS_BEGINS: Final = b"234"


class _Places:
    """The sessions of the same two ends, each with its last connection; `free` are the numbers of
    those that have none open, a heap.
    """

    def __init__(self) -> None:
        self.last: list[tuple[OverheardSession, Flow]] = []
        self.free: list[int] = []


class Flows:
    """All of a capture: told `segment` by segment. `overheard` gives the entries."""

    def __init__(self, overheard: Overheard) -> None:
        self._overheard, self._offers = overheard, Offers()
        self._flows: dict[tuple[End, End], Flow] = {}
        self._places: dict[tuple[str, End], _Places] = {}

    def take(self, segment: Segment) -> None:
        """The next segment of the capture."""
        flow, from_client = self._flow(segment)
        if flow is None:
            return
        stream, other = (flow.up, flow.down) if from_client else (flow.down, flow.up)
        if not segment.rst:
            stream.ttls.add(segment.ttl)
        if segment.syn:
            stream.begin(segment.seq)
            self._asked_again(flow, segment.at, from_client=from_client)
            if not from_client and segment.acks:
                self._stands(flow, segment.at)
        elif segment.acks:
            for data in other.acknowledged(segment.ack):
                self._said(flow, data, segment.at, from_client=not from_client)
        for data in stream.take(segment.seq, segment.payload):
            self._said(flow, data, segment.at, from_client=from_client)
        if segment.rst and stream.may_reset(segment.seq):
            self._reset(flow, segment, from_client=from_client)
        elif segment.fin and not segment.rst:
            stream.end(segment.seq + len(segment.payload))
        self._end_if_all_is_there(flow, segment.at, from_client=from_client)

    def _end_if_all_is_there(self, flow: Flow, at: datetime, *, from_client: bool) -> None:
        """A FIN counts once nothing is missing before it; the side that just spoke comes first."""
        ends = ((flow.up, ClosedBy.USER_PI), (flow.down, ClosedBy.SERVER_PI))
        for stream, by in ends if from_client else reversed(ends):
            if stream.has_ended and not flow.is_over:
                self._over(flow, by, Manner.FIN, at)

    def finish(self, at: datetime | None) -> None:
        """The capture is over: what nobody answered any more is told."""
        for flow in list(self._flows.values()):
            if flow.session is not None and not flow.is_over and flow.is_dead:
                self._leave(flow)
                flow.session.ended(ClosedBy.NETWORK, Manner.TIMEOUT, at)

    # --- which connection ------------------------------------------------------------------

    def _flow(self, segment: Segment) -> tuple[Flow | None, bool]:
        """The connection of `segment`, and whether the client sent it."""
        there = self._flows.get((segment.source, segment.target))
        back = self._flows.get((segment.target, segment.source))
        opens = segment.syn and not segment.acks
        if there is not None and not (opens and there.is_over):
            return there, True
        if back is not None and not opens:
            return back, False
        return (None, True) if segment.rst else self._new_flow(segment)

    def _new_flow(self, segment: Segment) -> tuple[Flow, bool]:
        """By its SYN, or by who is the server of what is heard from its middle on."""
        from_server = segment.acks if segment.syn else _is_server(segment)
        client, server = segment.source, segment.target
        if from_server:
            client, server = server, client
        if len(self._flows) >= _FLOWS_AT_MOST:
            self._drop_one()
        flow = Flow(client, server, segment.at, from_start=segment.syn)
        flow.serves = (self._offers.take(server) or self._lossy(flow)) if segment.syn else None
        self._flows[client, server] = flow
        if not segment.syn:
            self._recognise_by_port(flow)
        return flow, not from_server

    def _recognise_by_port(self, flow: Flow) -> None:
        """On FTP's own port: once somebody answers, or as nobody does; anybody can send a SYN."""
        if flow.session is None and flow.server[1] in _FTP_PORTS and flow.serves is None:
            self._recognise(flow)

    def _lossy(self, flow: Flow) -> Flow | None:
        """The control connection of the same two ends on which the capture lacks an answer: that
        may have named the port.
        """
        if flow.server[1] in _FTP_PORTS:
            return None
        places = self._places.get((flow.client[0], (flow.server[0], _FTP_PORTS[0])))
        last = () if places is None else places.last[:_LOOKED_AT]
        return next((c for _, c in last if c.down.is_short and not c.is_over), None)

    def _drop_one(self) -> None:
        """The oldest that is over or no FTP, or else the oldest."""
        oldest = list(islice(self._flows.items(), _LOOKED_AT))
        idle = (pair for pair, flow in oldest if flow.is_over or flow.session is None)
        self._leave(self._flows.pop(next(idle, oldest[0][0])))

    def _leave(self, flow: Flow) -> None:
        """It is over, or out of sight: another may have its place."""
        if not flow.is_over:
            flow.is_over = True
            if flow.place is not None:
                heappush(self._places[flow.client[0], flow.server].free, flow.place)

    def _recognise(self, flow: Flow) -> None:
        """It is FTP: its session is the first of the same two ends that has none open."""
        places = self._places.setdefault((flow.client[0], flow.server), _Places())
        if places.free:
            flow.place = heappop(places.free)
            session, _ = places.last[flow.place]
            places.last[flow.place] = session, flow
        else:
            flow.place = len(places.last)
            key = (flow.client[0], flow.server, flow.place)
            session = self._overheard.session(key, flow.client[0], *flow.server)
            places.last.append((session, flow))
        flow.session = session
        if flow.from_start:
            session.connecting(*flow.server, flow.began_at)
            if flow.opened_at is not None:
                self._stands(flow, flow.opened_at)
        for from_client, data, moment in flow.protocol.held:
            self._told(flow, session, data, moment, from_client=from_client)

    # --- what happens on it ----------------------------------------------------------------

    def _stands(self, flow: Flow, at: datetime) -> None:
        flow.opened_at = at
        if flow.session is None:
            self._recognise_by_port(flow)
        elif not flow.is_over:
            flow.session.opened(at, shown(flow.client), shown(flow.server))
        if (served := flow.served) is not None and flow.serves is not None:
            own = flow.client[0] == flow.serves.client[0]
            served.data_opened(
                shown(flow.server), ClosedBy.USER_PI if own else ClosedBy.SERVER_PI, at
            )

    def _asked_again(self, flow: Flow, at: datetime, *, from_client: bool) -> None:
        """One more SYN: the third says that nobody answers."""
        flow.syns += from_client
        if flow.syns == _UNANSWERED and flow.opened_at is None:
            self._recognise_by_port(flow)
        served = flow.served
        if flow.syns == _UNANSWERED and flow.opened_at is None and served is not None:
            problem = f"nobody answered at {shown(flow.server)}: {flow.syns} SYNs were sent"
            served.data_closed(flow.as_data(None, None, at, problem), at)

    def _said(self, flow: Flow, data: bytes, at: datetime, *, from_client: bool) -> None:
        flow.sizes[0 if from_client else 1] += len(data)
        if flow.session is not None:
            self._told(flow, flow.session, data, at, from_client=from_client)
        elif flow.serves is None and not flow.protocol.is_other:
            flow.protocol.hear(data, at, from_client=from_client)
            if flow.protocol.is_ftp:
                self._recognise(flow)

    def _told(
        self,
        flow: Flow,
        session: OverheardSession,
        data: bytes,
        at: datetime,
        *,
        from_client: bool,
    ) -> None:
        if from_client:
            flow.last_sent_at = at
        if flow.is_secured or flow.is_over:
            return
        if data[0] in _TLS_RECORD and (flow.expects_tls or flow.server[1] == _IMPLICIT):
            flow.is_secured = True
            session.secured("TLS", "", at, hidden=True)
        elif from_client:
            self._offers.client_said(flow, data)
            session.client_said(data, at)
        else:
            flow.expects_tls = flow.expects_tls or data.startswith(_TLS_BEGINS)
            self._offers.server_said(flow, data)
            session.server_said(data, at)

    # --- how it ends -----------------------------------------------------------------------

    def _reset(self, flow: Flow, segment: Segment, *, from_client: bool) -> None:
        """An RST: from one of the two ends, from something between them, or as nobody answers."""
        if flow.is_over:
            return
        if flow.opened_at is None and flow.from_start and not from_client:
            self._refused(flow, segment.at)
            return
        own = (flow.up if from_client else flow.down).ttls
        if bool(own) and segment.ttl not in own:
            self._over(flow, ClosedBy.NETWORK, Manner.RESET, segment.at, differs=True)
        elif flow.is_dead:
            self._over(flow, ClosedBy.NETWORK, Manner.TIMEOUT, segment.at)
        else:
            by = ClosedBy.USER_PI if from_client else ClosedBy.SERVER_PI
            self._over(flow, by, Manner.RESET, segment.at)

    def _refused(self, flow: Flow, at: datetime) -> None:
        """An RST in answer to a SYN."""
        self._recognise_by_port(flow)
        self._leave(flow)
        if flow.session is not None:
            flow.session.failed(Stage.CONNECT, "the connection was refused by an RST", at)
        elif (served := flow.served) is not None:
            problem = f"{shown(flow.server)} refused it with an RST"
            served.data_closed(flow.as_data(None, None, at, problem), at)

    def _over(
        self, flow: Flow, by: ClosedBy, manner: Manner, at: datetime, *, differs: bool = False
    ) -> None:
        self._leave(flow)
        if flow.session is not None:
            flow.session.ended(
                by,
                manner,
                at,
                reset_ttl_differs=differs if manner is Manner.RESET else None,
                idle_seconds=flow.idle_seconds(at) if flow.is_secured else None,
            )
        elif (served := flow.served) is not None:
            served.data_closed(flow.as_data(by, manner, at), at)


def _is_server(segment: Segment) -> bool:
    """Of a connection without its beginning: who speaks in replies, or has the lower port."""
    if segment.source[1] in _FTP_PORTS or segment.target[1] in _FTP_PORTS:
        return segment.source[1] in _FTP_PORTS
    return bool(REPLY.match(segment.payload)) or segment.source[1] < segment.target[1]
