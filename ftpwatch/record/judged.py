"""What is judged of a recording, kept beside its entries so that opening it need not judge anew:
explanations, and the whole state now and then.

It is no source: each row names the version of fold and knowledge that it comes from, and is passed
over by any other.
"""

import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import suppress
from types import GenericAlias
from typing import Final, get_args

import msgspec
from immutables import Map

from ftpwatch.core.state.explanation import Explained
from ftpwatch.core.state.state import WatchState
from ftpwatch.record.schema import READ_ERRORS

__all__ = [
    "JudgedRow", "Snapshot", "explained_of", "explanation_text", "explanations", "has_snapshot",
    "judged_row", "snapshot_of", "state_of", "states",
]  # fmt: skip

_MOST_BYTES: Final = 256 * 1024 * 1024
_LONGEST_EXPLANATION: Final = 256 * 1024
_LEVEL: Final = 1
_REVISED_WITHIN: Final = 100_000  # entries
_FIELDS: Final = msgspec.structs.fields(WatchState)
_ITEMS: Final = {
    f.name: GenericAlias(tuple, get_args(f.type)) for f in _FIELDS if isinstance(f.default, Map)
}
_MAPS: Final = tuple(_ITEMS)


class JudgedRow(msgspec.Struct, frozen=True):
    """An explanation as a row of the table `explained`."""

    of: int
    seq: int
    cause: str | None
    confidence: str
    session: str
    connection: int
    incident: int | None
    body: bytes
    by: str


class Snapshot(msgspec.Struct, frozen=True):
    """The state after the entry `seq`, as a row of the table `snapshot`."""

    seq: int
    body: bytes
    by: str


def judged_row(explained: Explained, version: str) -> JudgedRow:
    """As it is kept."""
    return JudgedRow(
        of=explained.of,
        seq=explained.by.seq,
        cause=explained.explanation.cause,
        confidence=explained.explanation.confidence,
        session=explained.session,
        connection=explained.connection,
        incident=explained.incident,
        body=zlib.compress(msgspec.json.encode(explained), _LEVEL),
        by=version,
    )


def explained_of(body: bytes) -> Explained:
    """Inverse of `judged_row`. Raises ValueError."""
    return msgspec.json.decode(explanation_text(body), type=Explained)


def explanation_text(body: bytes) -> bytes:
    """What `explained_of` reads, which tells how large it is. Raises ValueError."""
    return _inflated(body, _LONGEST_EXPLANATION)


def snapshot_of(state: WatchState, version: str) -> Snapshot:
    """`state` as it is kept: a line for each session and host, so that in a thread of its own it
    does not hold up others for as long as thousands of them take.
    """
    squeezed = zlib.compressobj(_LEVEL)
    pieces = [
        squeezed.compress(msgspec.json.encode(piece, enc_hook=_listed) + b"\n")
        for piece in _pieces(state)
    ]
    return Snapshot(state.seq, b"".join([*pieces, squeezed.flush()]), version)


def state_of(body: bytes) -> WatchState:
    """Inverse of `snapshot_of`. Raises ValueError."""
    head, *rest = _inflated(body).splitlines()
    state = msgspec.json.decode(head, type=WatchState, dec_hook=_mapped)
    items: dict[str, list[tuple[object, object]]] = {name: [] for name in _MAPS}
    for line in rest:
        name, item = msgspec.json.decode(line, type=tuple[str, msgspec.Raw])
        if name not in items:
            raise ValueError(f"a state has no {name[:50]!r}")
        items[name].append(msgspec.json.decode(item, type=_ITEMS[name], dec_hook=_mapped))
    return msgspec.structs.replace(state, **{name: Map(some) for name, some in items.items()})


def states(database: sqlite3.Connection, after: int, upto: int, version: str) -> Iterator[bytes]:
    """Snapshots that `version` judged after the seq `after` and up to `upto`, the newest first, of
    moments at which nothing was explained that was explained otherwise later.
    """
    sql = (
        "select body from snapshot s where seq > ? and seq <= ? and by = ? and not exists ("
        "select 1 from explained where of between s.seq - ? and s.seq and seq > s.seq) "
        "order by seq desc limit 5"
    )
    with suppress(*READ_ERRORS):
        found = database.execute(sql, [after, upto, version, _REVISED_WITHIN])
        yield from (body for (body,) in found)


def has_snapshot(database: sqlite3.Connection, seq: int, version: str) -> bool:
    """The state after the entry `seq`, which `version` judged, is kept."""
    sql = "select 1 from snapshot where seq = ? and by = ?"
    with suppress(*READ_ERRORS):
        return database.execute(sql, [seq, version]).fetchone() is not None
    return False


def explanations(
    database: sqlite3.Connection, upto: int, version: str, most: int
) -> Iterator[bytes]:
    """The last explanations that `version` gave by the seq `upto`, the newest first."""
    sql = "select body from explained where by = ? and seq <= ? order by of desc limit ?"
    with suppress(*READ_ERRORS):
        yield from (body for (body,) in database.execute(sql, [version, upto, most]))


def _pieces(state: WatchState) -> Iterator[object]:
    """The state without its maps, then their items one by one."""
    yield msgspec.structs.replace(state, **dict.fromkeys(_MAPS, Map()))
    for name in _MAPS:
        for item in getattr(state, name).items():
            yield name, item


def _inflated(body: bytes, most: int = _MOST_BYTES) -> bytes:
    unpacking = zlib.decompressobj()
    try:
        text = unpacking.decompress(body, most)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise ValueError("it is larger than any state, or cut")
    return text


def _listed(value: object) -> object:
    if isinstance(value, Map):
        return list(value.items())
    raise NotImplementedError


def _mapped(kind: type, value: object) -> object:
    key, item = get_args(kind)
    return Map(msgspec.convert(value, list[tuple[key, item]], dec_hook=_mapped))  # type: ignore[valid-type]
