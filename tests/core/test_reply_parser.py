"""The parser gives the same replies however the stream is cut, and keeps its limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftpwatch.core.ftp.reply import Reply
from ftpwatch.core.ftp.reply_parser import LINE_LIMIT, REPLY_LIMIT, Malformed, ReplyParser

Item = Reply | Malformed


def parse(*pieces: bytes) -> list[Item]:
    parser = ReplyParser()
    items = [item for piece in pieces for item in parser.feed(piece)]
    return [*items, *parser.finish()]


def codes(items: list[Item]) -> list[object]:
    return [item.code if isinstance(item, Reply) else item.problem for item in items]


STREAMS = {
    "one line": (b"220 Ready.\r\n", [(220, ("Ready.",))]),
    "bare code": (b"220\r\n", [(220, ("",))]),
    "bare LF": (b"200 ok\n200 more\n", [(200, ("ok",)), (200, ("more",))]),
    "CR CR LF": (b"200 ok\r\r\n", [(200, ("ok",))]),
    "CR NUL inside": (b"200 a\r\0b\r\n", [(200, ("a\rb",))]),
    "lone CR": (b"200 a\rb\r\n", [(200, ("a\rb",))]),
    "multi-line": (
        b"211-Features:\r\n UTF8\r\n SIZE\r\n211 End\r\n",
        [(211, ("Features:", " UTF8", " SIZE", "End"))],
    ),
    "other codes inside": (
        b"230-Hello\r\n331 not a reply\r\n230-still\r\n230 Done\r\n",
        [(230, ("Hello", "331 not a reply", "230-still", "Done"))],
    ),
    "final line without text": (b"211-a\r\n211\r\n", [(211, ("a", ""))]),
    "telnet commands": (b"2\xff\xf120\xff\xfd\x06 hi\xff\xfax\xff\xf0!\r\n", [(220, ("hi!",))]),
    "an escaped IAC": (b"220 \xff\xff\r\n", [(220, ("ÿ",))]),
    "Latin-1": (b"221 Au revoir, \xe0 bient\xf4t\r\n", [(221, ("Au revoir, à bientôt",))]),
    "no line end": (b"421 Server offline.", [(421, ("Server offline.",))]),
    "no line end but NUL": (b"421 Server offline.\0", [(421, ("Server offline.",))]),
    "codes of no standard": (b"000 zero\n999 nine\n633 safe\n", [
        (0, ("zero",)), (999, ("nine",)), (633, ("safe",)),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", STREAMS)
def test_streams_as_servers_write_them(name: str) -> None:
    stream, expected = STREAMS[name]
    assert [(item.code, item.lines) for item in parse(stream)] == expected  # type: ignore[union-attr]


@pytest.mark.parametrize("name", STREAMS)
def test_every_way_of_cutting_in_two_and_into_bytes_gives_the_same(name: str) -> None:
    stream, _ = STREAMS[name]
    whole = parse(stream)
    assert parse(*(stream[i : i + 1] for i in range(len(stream)))) == whole
    for cut in range(len(stream)):
        assert parse(stream[:cut], stream[cut:]) == whole


@given(st.lists(st.binary(max_size=40), max_size=8))
def test_any_bytes_are_taken_in_and_cuts_do_not_matter(pieces: list[bytes]) -> None:
    assert parse(*pieces) == parse(b"".join(pieces))


@given(
    st.integers(100, 659),
    st.lists(st.text(st.characters(exclude_categories=["C"]), max_size=20), min_size=1, max_size=5),
)
def test_what_a_server_writes_by_the_book_comes_back(code: int, lines: list[str]) -> None:
    lines = [f" {line}" for line in lines]
    first, *inner, last = lines if len(lines) > 1 else [*lines, "end"]
    wire = "\r\n".join([f"{code}-{first}", *inner, f"{code} {last}", ""])
    (reply,) = parse(wire.encode())
    assert isinstance(reply, Reply)
    assert (reply.code, reply.lines, reply.raw) == (code, (first, *inner, last), None)


@pytest.mark.parametrize(
    "line", [b"\r\n", b"4211 x\r\n", b"42\r\n", b"2x0 ok\r\n", b"421Timeout\r\n"]
)
def test_a_line_that_is_no_reply_is_shown_and_the_next_one_counts(line: bytes) -> None:
    malformed, reply = parse(line + b"200 ok\r\n")
    assert isinstance(malformed, Malformed)
    assert isinstance(reply, Reply)
    assert reply.code == 200


def test_raw_is_kept_only_where_the_lines_cannot_rebuild_it() -> None:
    assert parse(b"200 ok\r\n")[0].raw is None  # type: ignore[union-attr]
    assert parse(b"200 ok\n")[0].raw == b"200 ok\n"  # type: ignore[union-attr]


def test_a_long_line_is_cut_with_its_size() -> None:
    (reply,) = parse(b"200 " + b"x" * 70_000 + b"\r\n")
    assert isinstance(reply, Reply)
    assert len(reply.lines[0]) == LINE_LIMIT - 4
    assert reply.truncated_bytes == 70_000 + 5 - LINE_LIMIT


def test_a_long_reply_keeps_its_last_line_in_mind_and_its_limit() -> None:
    inner = b" twenty bytes of text\r\n" * 10_000
    (reply,) = parse(b"211-Start\r\n" + inner + b"211 End\r\n")
    assert isinstance(reply, Reply)
    assert sum(map(len, reply.lines)) <= REPLY_LIMIT
    assert reply.truncated_bytes > 100_000


@pytest.mark.parametrize("end", [b"211 End\r\n", b"211 " + b"e" * 9_000 + b"\r\n"])
@pytest.mark.parametrize("inner", [b" twenty bytes of text\r\n", b" " + b"x" * 5_000 + b"\r\n"])
@pytest.mark.parametrize("count", [1, 12, 13, 4_000])
def test_what_a_reply_has_beyond_its_limits_is_counted_to_the_byte(
    count: int, inner: bytes, end: bytes
) -> None:
    wire = b"211-Start\r\n" + inner * count + end
    reply, after = parse(wire + b"200 ok\r\n")
    assert isinstance(reply, Reply)
    kept = wire if reply.raw is None else reply.raw
    assert len(kept) + reply.truncated_bytes == len(wire)
    assert len(kept) <= REPLY_LIMIT
    assert (reply.truncated_bytes > 0) is (
        len(wire) > REPLY_LIMIT or max(map(len, wire.splitlines())) > LINE_LIMIT
    )
    assert reply.lines[0] == "Start"
    assert after == Reply(200, ("ok",))


def test_what_was_cut_is_counted_also_where_the_reply_has_no_end() -> None:
    wire = b"211-Start\r\n" + b" twenty bytes of text\r\n" * 10_000
    malformed, reply = parse(wire)
    assert isinstance(malformed, Malformed) and isinstance(reply, Reply)
    assert reply.raw is not None and len(reply.raw) <= REPLY_LIMIT
    assert len(reply.raw) + reply.truncated_bytes == len(wire)
    assert malformed.raw == reply.raw


def test_an_endless_line_exhausts_the_parser() -> None:
    parser = ReplyParser()
    items: list[Item] = []
    for _ in range(33):
        items += parser.feed(b"y" * 1024 * 1024)
    assert parser.exhausted
    assert isinstance(items[0], Malformed)
    assert len(items[0].raw) <= LINE_LIMIT


def test_an_endless_multi_line_reply_exhausts_the_parser() -> None:
    parser = ReplyParser()
    items = list(parser.feed(b"211-Start\r\n"))
    for _ in range(34):
        items += parser.feed((b"z" * 63 + b"\n") * 16_384)
    assert parser.exhausted
    assert any(isinstance(item, Malformed) and len(item.raw) <= REPLY_LIMIT + 64 for item in items)


def test_a_block_ended_by_another_code_is_two_replies_at_the_end_of_the_stream() -> None:
    items = parse(b"530-Server disabled.\r\n421 Reason: upgrade\r\n")
    replies = [item for item in items if isinstance(item, Reply)]
    assert [(r.code, r.lines) for r in replies] == [
        (530, ("Server disabled.",)),
        (421, ("Reason: upgrade",)),
    ]


def test_an_unfinished_block_is_a_reply_with_a_note() -> None:
    malformed, reply = parse(b"421-Too many\r\nusers are")
    assert isinstance(malformed, Malformed)
    assert isinstance(reply, Reply)
    assert reply.lines == ("Too many", "users are")


def test_between_replies_nothing_is_buffered() -> None:
    parser = ReplyParser()
    list(parser.feed(b"234 Go on\r\n"))
    assert parser.is_between_replies
    list(parser.feed(b"2"))
    assert not parser.is_between_replies


def test_the_rest_of_a_reply_that_was_ended_for_its_server_is_not_told_line_by_line() -> None:
    parser = ReplyParser()
    assert list(parser.feed(b"220-Welcome\r\nfirst\r\n")) == []
    noted, shown = parser.close_open_reply("its last line has not come")
    assert isinstance(noted, Malformed) and isinstance(shown, Reply)
    assert list(parser.feed(b"more\r\n220-more\r\nand more\r\n220 at last\r\n")) == []
    (after,) = parser.feed(b"421 Timeout.\r\n")
    assert isinstance(after, Reply) and after.code == 421
