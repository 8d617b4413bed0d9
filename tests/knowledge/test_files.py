"""The knowledge files: strict, and each row's example gets its own cause."""

import re

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.core.state.phases import Phase
from ftpwatch.knowledge.advisor import KnowledgeAdvisor
from ftpwatch.knowledge.loader import KnowledgeError, check_server, load, read_server, words_of
from ftpwatch.knowledge.model import CloseRow, ServerTable
from ftpwatch.knowledge.reference import explain_pasted
from knowledge.contexts import Tale

KNOWLEDGE = load()
SPOKEN = [
    (server, row) for server in KNOWLEDGE.servers for row in server.close if row.text is not None
]
GREETINGS = {
    "vsftpd": "(vsFTPd 3.0.3)", "ProFTPD": "ProFTPD Server", "Pure-FTPd": "Welcome to Pure-FTPd",
    "pyftpdlib": "pyftpdlib 2.2.0 ready.", "FileZilla Server": "FileZilla Server 1.9.4",
    "FileZilla Server 0.9": "FileZilla Server 0.9.60 beta",
    "Microsoft IIS": "Microsoft FTP Service",
    "aioftp": "welcome", "SFTPGo": "SFTPGo_2.5", "Apache FtpServer": "Service ready for new user.",
    "FubarDev FtpServer": "FTP Server Ready", "DrFTPD": "DrFTPD 4",
    "wu-ftpd": "h FTP server (Version wu-2.6.2) ready.",
    "GNU inetutils ftpd": "h FTP server (GNU inetutils 2.4) ready.",
    "bftpd": "bftpd 5.2 at h ready.",
    "Serv-U": "Serv-U FTP Server v15", "CrushFTP": "CrushFTP Server Ready!",
    "Cerberus FTP": "Cerberus FTP Server", "Titan FTP": "Titan FTP Server",
    "IBM z/OS FTP": "FTPD1 IBM FTP CS V2R4", "Wing FTP": "Wing FTP Server", "ebftpd": "ebftpd",
}  # fmt: skip
# Free text of an administrator or a library's caller: the words are anybody's.
ANYBODYS = re.compile(r"^\^?(\.\*|Access denied|Host .* banned)")


# Told by what it answers, where its greeting is anybody's.
ANSWERS = {
    "aioftp": (("FEAT", 502, "not implemented"),),
    "Apache FtpServer": (("SYST", 215, "UNIX Type: Apache FtpServer"),),
}  # fmt: skip
NOT_RECOGNISED = ("FubarDev FtpServer", "ftpserverlib")


def introduced(tale: Tale, server: ServerTable) -> None:
    tale.ready(session="other", greeting=GREETINGS.get(server.name, "Welcome"))
    for verb, code, text in ANSWERS.get(server.name, ()):
        tale.asks(0, verb, Purpose.SETUP, "other").says(0, code, text, Role.FINAL, "other")


def tale_of(server: ServerTable, row: CloseRow) -> Tale:
    """The row's example, said by its server in its phase; by one that is known by another session
    where others say it too.
    """
    tale = Tale()
    if row.common:
        introduced(tale, server)
    text, code = words_of(row.example), row.code or 0
    phase = row.phases[0] if row.phases else "ready"
    greeting = GREETINGS.get(server.name, "Welcome")
    match phase:
        case "greeting":
            return tale.opened().says(0.1, code, text, Role.GREETING)
        case "login" | "tls":
            tale.opened().greets(greeting).asks(1, "PASS", Purpose.LOGIN)
            return tale.says(1.1, code, text, Role.FINAL)
        case "quit":
            tale.ready(greeting=greeting).asks(5, "QUIT", Purpose.QUIT)
            return tale.says(5.1, code, text, Role.FINAL)
        case "transfer":
            tale.ready(greeting=greeting).asks(5, "RETR", Purpose.USER)
            tale.says(5.1, 150, "opening", Role.PRELIMINARY)
            return tale.says(90, code, text)
        case _:
            return tale.ready(greeting=greeting).says(400, code, text)


@pytest.mark.parametrize(
    ("server", "row"), SPOKEN, ids=[f"{s.name}: {r.example[:40]!r}" for s, r in SPOKEN]
)
def test_each_example_gets_its_own_cause(server: ServerTable, row: CloseRow) -> None:
    if row.common and server.name in NOT_RECOGNISED:
        return  # by its name alone: below
    tale = tale_of(server, row)
    if row.code not in (421, 221):
        explanations = [e for e in tale.watch.explanations() if e.session == "s"]
        if not explanations:
            tale.closes(500, row.code)
    told = tale.told()
    assert told.cause == row.cause
    if row.or_else:
        assert told.confidence != "certain"
        assert set(row.or_else) & {other.cause for other in told.alternatives}


COMMON = [(server, row) for server, row in SPOKEN if row.common]


@pytest.mark.parametrize(
    ("server", "row"), COMMON, ids=[f"{s.name}: {r.example[:40]!r}" for s, r in COMMON]
)
def test_what_others_say_too_counts_where_the_server_is_named_and_names_none(
    server: ServerTable, row: CloseRow
) -> None:
    phase = Phase(row.phases[0]) if row.phases else None
    code, text = row.code or 0, words_of(row.example)
    named = explain_pasted(code, text, phase, server, KNOWLEDGE)
    assert (named.cause, named.server) == (row.cause, server.name)
    assert explain_pasted(code, text, phase, None, KNOWLEDGE).server is None


@pytest.mark.parametrize(
    ("server", "row"), SPOKEN, ids=[f"{s.name}: {r.example[:40]!r}" for s, r in SPOKEN]
)
def test_a_sentence_of_a_server_is_a_whole_one(server: ServerTable, row: CloseRow) -> None:
    text = row.text or ""
    assert text.startswith("^") and text.endswith(("$", ":($|\\\n)")), text
    assert row.pattern is not None
    assert not row.pattern.search("x")
    assert not row.pattern.search(f"Sorry: {words_of(row.example)}")


BASE = b'name = "x"\nsource = "y"\n'
ROW = b"""
[[close]]
example = "421 Bye"
code = 421
text = '^Bye$'
phases = ["ready"]
closes = "fin"
cause = "idle_timeout"
source = "z"
evidence = "source"
"""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (BASE + b'color = "red"\n', "color"),
        (BASE + ROW.replace(b'"source"', b'"rumour"'), "rumour"),
        (BASE + ROW.replace(b"421 Bye", b""), "example"),
        (BASE + ROW.replace(b"421 Bye", b"421 Hello"), "own example"),
        (BASE + ROW.replace(b"^Bye$", b"(("), "not a pattern"),
        (BASE + ROW + ROW.replace(b"idle_timeout", b"kicked"), "claims the same words"),
        (BASE + ROW.replace(b"idle_timeout", b"boredom"), "boredom"),
        (BASE + ROW.replace(b"Bye", b"Service not available"), "belongs to no server"),
        (b"name = ", "x.toml"),
    ],
)
def test_a_fault_in_a_file_is_named_with_file_and_row(content: bytes, complaint: str) -> None:
    with pytest.raises(KnowledgeError, match="x.toml") as caught:
        check_server(read_server(content, "x.toml"), "x.toml", KNOWLEDGE.sentences)
    assert complaint in str(caught.value)


def test_every_code_of_the_standards_has_its_row() -> None:
    rfc959 = {
        110, 120, 125, 150, 200, 202, 211, 212, 213, 214, 215, 220, 221, 225, 226, 227, 230, 250,
        257, 331, 332, 350, 421, 425, 426, 450, 451, 452, 500, 501, 502, 503, 504, 530, 532, 550,
        551, 552, 553,
    }  # fmt: skip
    rfc2228 = {232, 234, 235, 334, 335, 336, 431, 533, 534, 535, 536, 537, 631, 632, 633}
    assert rfc959 | rfc2228 | {229, 522, 521} <= set(KNOWLEDGE.codes)


def test_related_codes_exist() -> None:
    for row in KNOWLEDGE.codes.values():
        assert set(row.related) <= set(KNOWLEDGE.codes)


def test_causes_that_do_not_pass_by_waiting_are_never_retried() -> None:
    advisor = KnowledgeAdvisor()
    for cause in ("login_refused", "login_abuse", "kicked", "client_quit", "local"):
        assert advisor.when_to_retry(cause, 1, 0.5).delay_seconds is None


def test_waits_grow_to_a_bound_and_spread() -> None:
    advisor = KnowledgeAdvisor()

    def wait(cause: str, attempt: int, share: float) -> float:
        delay = advisor.when_to_retry(cause, attempt, share).delay_seconds
        assert delay is not None
        return delay

    assert 30 <= wait("too_many_connections", 1, 0.0) < wait("too_many_connections", 1, 1.0) <= 60
    assert wait("too_many_connections", 50, 0.0) == 900
    assert wait("connection_lost", 2, 0.0) == 2 * wait("connection_lost", 1, 0.0)
