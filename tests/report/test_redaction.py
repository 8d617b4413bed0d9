"""Names are left out, whole, and the same name is the same placeholder everywhere."""

import re

import pytest

from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import CommandSent, InReplyTo, ReplyReceived
from ftpwatch.core.journal.vocabulary import Role
from ftpwatch.report.addresses import canonical
from ftpwatch.report.cleaning import Cleaning
from ftpwatch.report.names import Names, What
from report.told import ALL, Told, forms


def redactor(corpus: str, *left_out: What, **known: list[str]) -> Cleaning:
    names = Names(frozenset(left_out) or ALL)
    for user in known.get("users", []):
        names.add(What.USERS, user)
    for host in known.get("hosts", []):
        names.add_host(host)
    for path in known.get("paths", []):
        names.add_path(path)
    for session, host, user in known.get("sessions", []):  # type: ignore[misc]
        names.add_session(session, host, user)
    return Cleaning(names, corpus)


KNOWN = {
    "users": ["ops", "bob.smith", "anonymous"],
    "hosts": ["example.com", "ftp.example.com", "nas", "192.0.2.1", "2001:db8::1"],
    "paths": ["/in/acme/file.csv", "orders"],
}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("331 Password required for ops.", "331 Password required for user-1."),
        ("OPS and Ops are ops", "user-1 and user-1 are user-1"),
        ("opsy, dev-ops, ops-2 and ops.x stay", "opsy, dev-ops, ops-2 and"),
        ("at FTP.example.com or example.com", "at host-1 or host-2"),
        ("ftp2.example.com is another", "host-1 is another"),
        ("connected to nas.", "connected to host-1."),
        ("nastier nas-2", "nastier nas-2"),
        ("ops@ftp.example.com:21", "user-1@host-1:21"),
        ("unknown@partner.example.org", "user-1@host-1"),
        ("ftp://ops@ftp.example.com:2121/in/x.csv", "ftp://user-1@host-1:2121/path-1"),
        ("192.0.2.1:21 and 192.0.2.10", "address-1:21 and address-2"),
        ("227 Entering Passive Mode (192,0,2,1,4,1).",
         "227 Entering Passive Mode (address-1,4,1)."),
        ("229 ok (|||4000|) from ::ffff:192.0.2.1 and 192.0.2.1",
         "229 ok (|||4000|) from address-1 and address-1"),
        ("2001:db8::1:21, [2001:db8::1]:21, 2001:DB8::1",
         "address-1:21, [address-1]:21, address-1"),
        ("02:31:05 and 1.2.3 and 999.1.1.1", "02:31:05 and 1.2.3 and 999.1.1.1"),
        ("550 /in/acme/file.csv: No such file", "550 path-1: No such file"),
        ("550 file.csv: No such file", "550 path-1: No such file"),
        ("550 my secret.doc: Permission denied", "550 path-1: Permission denied"),
        ('257 "/home/ops/out" is it', '257 "path-1" is it'),
        ("cwd to C:\\Users\\ops\\in", "cwd to path-1"),
        ("either/or, TLS/SSL, 4/5", "either/or, TLS/SSL, 4/5"),
        ("user 'carol' unknown", "user 'user-1' unknown"),
        ("230 User carol logged in", "230 User user-1 logged in"),
        ("421 User limit reached; anonymous ftp", "421 User limit reached; anonymous ftp"),
        ("cut off: ftp.exa…", "cut off: host-1…"),
        ("cut inside: ftp…com", "cut inside: host-1…"),
        ("421 vsFTPd 3.0.3 closing, see vsftpd.conf", "421 vsFTPd 3.0.3 closing, see vsftpd.conf"),
    ],
)  # fmt: skip
def test_names_are_replaced_whole_and_by_what_they_are(text: str, left: str) -> None:
    assert redactor(text, **KNOWN).wire(text).startswith(left)  # type: ignore[arg-type]


def test_a_name_is_the_same_placeholder_in_every_text() -> None:
    texts = ["bob.smith at ftp.example.com", "FTP.EXAMPLE.COM said no to BOB.SMITH", "ops"]
    clean = redactor("\n".join(texts), **KNOWN)  # type: ignore[arg-type]
    assert [clean.wire(text) for text in texts] == [
        "user-1 at host-1", "host-1 said no to user-1", "user-2",
    ]  # fmt: skip


def test_only_what_is_asked_for_is_left_out_and_the_rest_stays_what_it_is() -> None:
    text = "bob.smith@ftp.example.com from 192.0.2.1 got /in/acme/file.csv"
    for left_out, shown in {
        What.USERS: "user-1@ftp.example.com from 192.0.2.1 got /in/acme/file.csv",
        What.HOSTS: "bob.smith@host-1 from 192.0.2.1 got /in/acme/file.csv",
        What.ADDRESSES: "bob.smith@ftp.example.com from address-1 got /in/acme/file.csv",
        What.PATHS: "bob.smith@ftp.example.com from 192.0.2.1 got path-1",
    }.items():
        assert redactor(text, left_out, **KNOWN).wire(text) == shown  # type: ignore[arg-type]
    assert Cleaning().wire(text) == text


def test_a_path_that_is_a_word_of_ours_is_one_only_in_quotes() -> None:
    text = "the reply says so: “orders: full”, and orders came"
    assert redactor(text, **KNOWN).prose(text) == (  # type: ignore[arg-type]
        "the reply says so: “path-1: full”, and orders came"
    )


@pytest.mark.parametrize(
    ("session", "shown"),
    [
        ("acme-prod", "session-1"), ("ACME-prod/2", "session-1/2"), ("eu-1", "eu-1"),
        ("ftp.acme.example", "host-1"), ("ftp.acme.example:2121/3", "host-1:2121/3"),
        ("ftp.acme.example@carla", "host-1@user-1"), ("backup-carla", "session-1"),
    ],
)  # fmt: skip
def test_sessions_called_after_a_host_or_a_user_are_left_out(session: str, shown: str) -> None:
    known = {"users": ["carla"], "hosts": ["ftp.acme.example"]}
    sessions = [(session, "ftp.acme.example", "carla")]
    clean = redactor(session, **known, sessions=sessions)  # type: ignore[arg-type]
    assert clean.wire(session) == shown


def test_the_spellings_of_an_address_are_one() -> None:
    for text in ("192.0.2.1", "192,0,2,1", "192.000.002.001", "::ffff:192.0.2.1"):
        assert canonical(text) == "192.0.2.1"
    assert canonical("[2001:DB8:0::1]") == "2001:db8::1"
    for text in ("300.1.1.1", "12:30", "host", "", ":::"):
        assert canonical(text) is None


SECRETS = re.compile(r"partner|\.example|carol|10\.0\.0\.1|192\.0\.2\.1|invoices|hunter2", re.I)


def test_no_name_is_anywhere_in_the_report_in_any_format() -> None:
    told = Told(left_out=ALL, host="ftp.partner.example", user="carol")
    told.ready(session="partner-in", greeting="Partner FTP at ftp.partner.example")
    told.happens(5, CommandSent(3, "RETR", "/carol/invoices.csv", Purpose.USER), "partner-in")
    asked = InReplyTo(3, "RETR", Purpose.USER)
    words = ("425 Can't open data connection to 10.0.0.1 for carol: /carol/invoices.csv",)
    told.happens(
        6, ReplyReceived(425, words, "utf-8", None, 0, Role.FINAL, asked, 0.1), "partner-in"
    )
    text = "Idle: CAROL@FTP.partner.example, pass hunter2secret!, back to ftp://carol@partner/in"
    told.says(300, 421, text, session="partner-in").closes(300, 421, session="partner-in")
    for form, report in forms(told.report("partner-night.ftpwatch")).items():
        assert SECRETS.findall(report) == [], form
        for placeholder in ("session-1", "host-1", "user-1", "address-1", "path-1"):
            assert placeholder in report, (form, placeholder)


def test_without_being_asked_nothing_but_passwords_is_left_out() -> None:
    told = Told(host="ftp.partner.example", user="carol")
    told.ready().says(300, 421, "Timeout. PASS hunter2secret!").closes(300, 421)
    for form, report in forms(told.report()).items():
        assert "hunter2" not in report
        assert "ftp.partner.example" in report and "carol" in report, form


@pytest.mark.timeout(10)
def test_very_many_names_are_bounded_and_searched_in_time() -> None:
    names = Names(ALL)
    for number in range(30_000):
        names.add(What.USERS, f"user{number}x")
        names.add_host(f"h{number}.example.net")
    assert len(names.of(What.USERS)) == 20_000
    text = "user29999x at h29999.example.net, h1.example.net… " * 100
    shown = Cleaning(names, text).wire(text)
    assert "example" not in shown and "user29999x" not in shown


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["a.", "a@", "1.", "/a", ":a", "“", "…", "user ", "://", "a-"])
def test_text_made_to_be_slow_is_not(piece: str) -> None:
    text = piece * 4_000
    redactor(text, **KNOWN).prose(text)  # type: ignore[arg-type]
