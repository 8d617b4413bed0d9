"""Which server is meant by what people type."""

import pytest

from ftpwatch.knowledge.loader import load
from ftpwatch.knowledge.reference import find_server

KNOWLEDGE = load()


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ("IIS", "Microsoft IIS"), ("iis 10", "Microsoft IIS"), ("Microsoft", "Microsoft IIS"),
        ("Microsoft-IIS/10.0", "Microsoft IIS"), ("Microsoft FTP Service", "Microsoft IIS"),
        ("FileZilla", "FileZilla Server"), ("filezilla server 1.8.2", "FileZilla Server"),
        ("FileZilla Server 0.9.60", "FileZilla Server 0.9"), ("filezilla-0.9",
         "FileZilla Server 0.9"),
        ("z/OS", "IBM z/OS FTP"), ("zos", "IBM z/OS FTP"), ("z/OS V2R4", "IBM z/OS FTP"),
        ("pureftpd", "Pure-FTPd"), ("pure", "Pure-FTPd"), ("PURE_FTPD 1.0.49", "Pure-FTPd"),
        ("vsftpd 3.0.5", "vsftpd"), ("(vsFTPd 3.0.3)", "vsftpd"), ("VSFTPD", "vsftpd"),
        ("ProFTPD 1.3.5e Server (Debian)", "ProFTPD"), ("proftp", "ProFTPD"),
        ("Serv U", "Serv-U"), ("servu 15", "Serv-U"), ("wuftpd", "wu-ftpd"),
        ("inetutils", "GNU inetutils ftpd"), ("AS/400", "IBM i FTP"),
        ("apache", "Apache FtpServer"),
    ],
)  # fmt: skip
def test_a_server_is_found_by_what_people_call_it(named: str, name: str) -> None:
    assert find_server(named, KNOWLEDGE).name == name


@pytest.mark.parametrize("name", [table.name for table in KNOWLEDGE.servers])
def test_every_server_is_found_by_its_name_and_no_alias_is_anothers(name: str) -> None:
    table = find_server(name, KNOWLEDGE)
    assert table.name == name
    for alias in table.aliases:
        assert find_server(alias, KNOWLEDGE).name.startswith(name.removesuffix(" 0.9"))


@pytest.mark.parametrize(
    ("named", "near"), [("profptd", "ProFTPD"), ("filezila", "FileZilla"), ("", ""), ("ftp", "")]
)
def test_a_server_that_nobody_knows_names_the_known_and_the_nearest(named: str, near: str) -> None:
    with pytest.raises(ValueError, match="known are aioftp, .*wu-ftpd") as caught:
        find_server(named, KNOWLEDGE)
    assert not near or f"the nearest is {near}" in str(caught.value)


@pytest.mark.parametrize("text", ["timeout", "x" * 100_000, "Z" * 200 + "9" * 200])
def test_no_name_makes_the_search_wander(text: str) -> None:
    with pytest.raises(ValueError, match="no server is called"):
        find_server(text, KNOWLEDGE)
