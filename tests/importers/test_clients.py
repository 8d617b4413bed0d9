"""What FileZilla, WinSCP and lftp keep becomes sites.

`files/sitemanager.xml` was written by FileZilla 3.63.0 (Debian 12) under Xvfb: it read a file made
by hand, with invented names and passwords, showed it in its Site Manager, and wrote it back at OK.
`files/bookmarks` was written by lftp 4.9.2, by `bookmark add`. `files/WinSCP.ini` is made by the
form that winscp.net documents ("Raw Site Settings") and by WinSCP's source: WinSCP itself has not
written it.
"""

import base64
from pathlib import Path

import pytest

from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.ftp.target import TlsMode
from ftpwatch.importers.filezilla import read_filezilla, read_filezilla_defaults
from ftpwatch.importers.lftp import read_lftp
from ftpwatch.importers.site import Found, Site, Unreadable
from ftpwatch.importers.winscp import read_winscp

FILES = Path(__file__).parent / "files"


def site(found: Found, host: str) -> Site:
    (only,) = [site for site in found.sites if site.host == host]
    return only


def why(found: Found) -> dict[str, str]:
    return {other.name: other.why for other in found.left_out}


@pytest.fixture(scope="module")
def filezilla() -> Found:
    return read_filezilla((FILES / "sitemanager.xml").read_bytes())


@pytest.mark.parametrize(
    ("host", "url", "tls", "folders", "password"),
    [
        ("plain.example.com", "ftp://ops@plain.example.com", TlsMode.OFF, (), "correct-horse-1!"),
        ("anywhere.example.com", "ftp://anywhere.example.com:2121", TlsMode.TRY, (), None),
        ("explicit.example.com", "ftpes://j%C3%B6rg@explicit.example.com", TlsMode.EXPLICIT,
         ("Kunden & Partner",), "Pässwört-2"),
        ("implicit.example.com", "ftps://tokyo@implicit.example.com", TlsMode.IMPLICIT,
         ("Kunden & Partner", "東京"), "implicit-pw-3!"),
        ("2001:db8::5", "ftps://v6@[2001:db8::5]", TlsMode.IMPLICIT,
         ("Kunden & Partner", "東京"), None),
    ],
)  # fmt: skip
def test_a_site_of_filezilla(
    filezilla: Found, host: str, url: str, tls: TlsMode, folders: tuple[str, ...],
    password: str | None,
) -> None:  # fmt: skip
    one = site(filezilla, host)
    assert (one.url, one.tls, one.folders) == (url, tls, folders)
    assert one.password == (None if password is None else Secret(password))
    assert one.settings == ({"tls": "try"} if tls is TlsMode.TRY else {})


def test_what_of_filezilla_is_not_imported_is_said(filezilla: Found) -> None:
    assert why(filezilla) == {
        "An SFTP server": "it is SFTP, and not FTP", "A bucket": "it is S3, and not FTP",
    }  # fmt: skip
    assert "ACCT" in site(filezilla, "mainframe.example.com").notes[0]
    assert "interactive" in site(filezilla, "interactive.example.com").notes[0]


def server(**fields: str) -> bytes:
    said = {"Host": "h.example.com", "Port": "21", "Protocol": "0", "User": "u", "Logontype": "1",
            "Name": "n", **fields}  # fmt: skip
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in said.items() if not v.startswith("<"))
    inner += "".join(v for v in said.values() if v.startswith("<"))
    return f"<FileZilla3><Servers><Server>{inner}</Server></Servers></FileZilla3>".encode()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"Port": "0"}, "'0' is not a port"), ({"Port": "9" * 400}, "is not a port"),
        ({"Port": "-1"}, "is not a port"), ({"Port": "²"}, "is not a port"),
        ({"Host": ""}, "no host"),
        ({"Host": "a/b"}, "is not a host"), ({"Host": "a@b"}, "is not a host"),
        ({"Host": "h\u202eh"}, "is not a host"), ({"Host": "fe80::1%eth0"}, "is not a host"),
        ({"Host": ":::"}, "is not a host"), ({"User": "a&#9;b"}, "control character"),
        ({"Protocol": "99"}, "protocol '99'"), ({"Logontype": "5"}, "logon type '5'"),
        ({"Protocol": "x" * 1000}, "protocol"),
    ],
)  # fmt: skip
def test_a_site_that_cannot_be_watched_is_left_out(fields: dict[str, str], words: str) -> None:
    (other,) = read_filezilla(server(**fields)).left_out
    assert words in other.why and len(other.why) < 150


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ('<Pass encoding="crypt" pubkey="AAAA">QUJD</Pass>', "master password"),
        ('<Pass encoding="base64">!!</Pass>', "not base64"),
        ('<Pass encoding="base64">/w==</Pass>', "not base64 of UTF-8"),
        ('<Pass encoding="rot13">x</Pass>', "not known"),
    ],
)
def test_a_password_that_cannot_be_read_leaves_the_site(kept: str, words: str) -> None:
    (one,) = read_filezilla(server(Pass=kept)).sites
    assert one.password is None
    assert words in one.notes[0] and "QUJD" not in one.notes[0]


def test_old_files_of_filezilla_have_names_and_passwords_in_the_open() -> None:
    data = (
        b"<FileZilla3><Servers><Server><Host>h</Host><Port>21</Port><Protocol>0</Protocol>"
        b"<User>u</User><Pass>open</Pass><Logontype>1</Logontype>Old name&#xA;</Server>"
        b"</Servers></FileZilla3>"
    )
    (one,) = read_filezilla(data).sites
    assert (one.name, one.password) == ("Old name", Secret("open"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1", {"keep_alive_like": "filezilla"}), ("0", {"keep_alive": "off"})],
)
def test_keep_alives_of_filezilla_are_for_all_sites(text: str, expected: dict[str, str]) -> None:
    """The setting is called so in the filezilla.xml that FileZilla 3.63 writes."""
    data = (
        '<FileZilla3><Settings><Setting name="Timeout">20</Setting>'
        f'<Setting name="FTP Keep-alive commands">{text}</Setting></Settings></FileZilla3>'
    )
    assert read_filezilla_defaults(data.encode()) == expected


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (f"{BOMB}<FileZilla3><Servers>&b;</Servers></FileZilla3>", "DTD or an entity"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><FileZilla3/>', "DTD"),
        ("<FileZilla3><Servers>", "not XML: line 1"), ("", "not XML"), ("\0\0", "not XML"),
        ("<html/>", "no sites"), ("<FileZilla3/>", "no sites"),
        ('<?xml version="1.0" encoding="EBCDIC-X"?><FileZilla3/>', "encoding|not XML"),
        ("<FileZilla3><Servers>" + "<Folder>x" * 5000 + "</Folder>" * 5000
         + "</Servers></FileZilla3>", "^$"),
        ("<FileZilla3><Servers>" + "<Folder>x" * 50 + "<Server/>" + "</Folder>" * 50
         + "</Servers></FileZilla3>", "more than 32 deep"),
        ("<FileZilla3><Servers>" + "<Server/>" * 10_001 + "</Servers></FileZilla3>", "10000 sites"),
    ],
)  # fmt: skip
def test_hostile_xml_is_one_sentence(data: str, words: str) -> None:
    with pytest.raises(Unreadable, match=words if words != "^$" else "32 deep") as caught:
        read_filezilla(data.encode())
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def winscp() -> Found:
    return read_winscp((FILES / "WinSCP.ini").read_bytes())


@pytest.mark.parametrize(
    ("host", "url", "folders", "password", "settings"),
    [
        ("plain.example.com", "ftp://ops@plain.example.com", (), "winscp-one-1!",
         {"keep_alive_like": "winscp"}),
        ("explicit.example.com", "ftpes://j%C3%B6rg@explicit.example.com:2121", ("Kunden",),
         "zwei-ä-2!",
         {"keep_alive": "45s", "keep_alive_command": "PWD,REST,TYPE A,TYPE I", "timeout": "20s"}),
        ("implicit.example.com", "ftps://batch@implicit.example.com", ("Kunden", "Nightly"),
         "winscp-plain-3!", {"keep_alive": "120s", "keep_alive_command": "LIST"}),
        ("silent.example.com", "ftpes://anonymous@silent.example.com", ("Kunden",), None,
         {"keep_alive": "off"}),
    ],
)  # fmt: skip
def test_a_site_of_winscp(
    winscp: Found, host: str, url: str, folders: tuple[str, ...], password: str | None,
    settings: dict[str, str],
) -> None:  # fmt: skip
    one = site(winscp, host)
    assert (one.url, one.folders, one.settings) == (url, folders, settings)
    assert one.password == (None if password is None else Secret(password))


def test_names_of_winscp_are_without_escapes(winscp: Found) -> None:
    assert site(winscp, "explicit.example.com").name == "Müller GmbH"


def test_what_of_winscp_is_not_imported_is_said(winscp: Found) -> None:
    assert {name: words.split(",")[0] for name, words in why(winscp).items()} == {
        "Files": "it is SFTP", "No protocol": "it is SFTP", "Bucket": "it is S3",
        "Through": "it goes through an SSH tunnel",
        "My Workspace/0000": "it is part of a workspace",
    }  # fmt: skip
    assert "master password" in site(winscp, "master.example.com").notes[0]
    assert "ACCT" in site(winscp, "silent.example.com").notes[0]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no site of WinSCP"), (b"HostName=x\n", "line 1 is in no section"),
        (b"[Sessions\\x]\nHostName=h\n[Sess\nx", "."), (b"\xff\xfe[\0", "not WinSCP.ini|no site"),
        (b"[Configuration]\nx=1\n", "no site"), (b"\0" * 5000, "not WinSCP.ini|no site"),
    ],
)  # fmt: skip
def test_a_hostile_ini_is_one_sentence_or_sites(data: bytes, words: str) -> None:
    try:
        found = read_winscp(data)
    except Unreadable as error:
        assert "\n" not in str(error)
        assert words == "." or any(word in str(error) for word in words.split("|"))
    else:
        assert words == "." and not found.sites


@pytest.mark.parametrize("kept", ["A35C", "zz", "A3", "A35C7D", "FF" * 40, "A35CFFFFFF"])
def test_an_odd_password_of_winscp_leaves_the_site(kept: str) -> None:
    data = f"[Sessions\\x]\nHostName=h\nUserName=u\nFSProtocol=5\nPassword={kept}\n"
    (one,) = read_winscp(data.encode()).sites
    assert one.password is None
    assert "password" in one.notes[0]


@pytest.mark.parametrize("number", ["9" * 400, "-5", "0", "x", "²"])
def test_numbers_of_winscp_without_an_end_are_said(number: str) -> None:
    data = f"[Sessions\\x]\nHostName=h\nFSProtocol=5\nFtpPingInterval={number}\n"
    (one,) = read_winscp(data.encode()).sites
    assert one.settings == {"keep_alive_like": "winscp"}
    assert "FtpPingInterval" in one.notes[0] and len(one.notes[0]) < 100


def test_bookmarks_of_lftp() -> None:
    found = read_lftp((FILES / "bookmarks").read_bytes())
    assert {one.name: one.url for one in found.sites} == {
        "anon": "ftp://anon.example.com", "bare": "ftp://bare.example.com",
        "plain": "ftp://ops@plain.example.com", "sec": "ftps://sec@sec.example.com:9900",
        "spaces": "ftp://u%20x@v6.example.com:2121", "v6": "ftp://me@[2001:db8::7]:2121",
        "ünï": "ftp://ünï.example.com",
    }  # fmt: skip
    assert site(found, "sec.example.com").password == Secret("lf@p-two")
    assert site(found, "plain.example.com").settings == {"tls": "try"}
    assert site(found, "anon.example.com").settings == {}
    assert why(found) == {"sshd": "it is SFTP, and not FTP", "web": "it is HTTP, and not FTP"}


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "no bookmark"), (b"one\n", "line 1"), (b"a ftp://h\n\xff b\n", "line 2 is not UTF-8")],
)
def test_what_is_no_file_of_bookmarks_is_one_sentence(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read_lftp(data)


def test_a_bookmark_with_a_broken_url_is_left_out() -> None:
    found = read_lftp(b"a ftp://[::1/x\nb ftp://h:99999/\nc ftp://u%0d%0aDELE@h/\nd ftp:///\n")
    assert not found.sites and len(found.left_out) == 4


def test_the_passwords_of_the_fixtures_are_in_no_word_of_a_site(filezilla: Found) -> None:
    shown = repr(filezilla)
    for password in ("correct-horse-1!", "Pässwört-2", "implicit-pw-3!", "s3-secret-5!"):
        assert password not in shown
        assert base64.b64encode(password.encode()).decode() not in shown
