"""`ftpwatch check` against each real server: up, full, stopped, with an expired certificate, with
the wrong password.
"""

import ftplib
import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from plugin_output import Output, read_output

from ftpwatch.cli.entry import cli
from real import servers
from real.servers import RealServer
from real.test_real_servers import with_one_place, with_tls

pytestmark = pytest.mark.real
SLOW = pytest.param("pure-ftpd", marks=pytest.mark.long)  # its passwords take seconds to make
QUICK = ["vsftpd", "proftpd", "pyftpdlib"]
EACH = [*QUICK, SLOW]
STEPS = ["total", "connect", "greeting", "tls", "login", "noop", "list", "file", "quit"]


def check(server: RealServer, *words: str, password: str | None = None) -> tuple[int, Output]:
    url = f"ftp://{server.user}@127.0.0.1:{server.port}"
    environment = {"FTPWATCH_PASSWORD": password or server.password}
    done = CliRunner().invoke(cli, ["check", *words, url], env=environment)
    assert environment["FTPWATCH_PASSWORD"] not in done.output
    return done.exit_code, read_output(done.stdout)


def home_of(name: str, folder: Path) -> Path:
    home = folder if name == "pyftpdlib" else folder / "home"
    (home / "in.csv").write_text("1;2;3\n")
    return home


@pytest.mark.parametrize("name", [*QUICK, SLOW])
def test_up_with_tls_a_listing_and_a_file_that_has_arrived(name, folder, start) -> None:
    ends = datetime.now(UTC) + timedelta(days=20, hours=1)
    pem = servers.make_certificate(folder, not_after=ends)
    server = start(with_tls(name, folder, pem))
    home = home_of(name, folder)
    asked = ["--tls", "require", "--ca", str(pem.ca), "--list", "--file", "in.csv"]
    code, output = check(server, *asked, "--max-age", "1h", "--certificate-days", "10")
    assert code == 0
    assert list(output.data) == [*STEPS, "certificate_days", "entries", "file_age"]
    assert output.data["certificate_days"].value == 20
    assert "in.csv is " in output.text and "old by MDTM" in output.text
    assert f"logged in as {server.user} over TLSv1." in output.text
    an_hour_ago = time.time() - 3700
    os.utime(home / "in.csv", (an_hour_ago, an_hour_ago))
    if name == "pure-ftpd":
        return
    code, output = check(server, *asked, "--max-age", "1h", "--certificate-days", "30,10")
    assert code == 2
    assert "in.csv is 1h01m old by MDTM, over 1h00m / the certificate ends in 20" in output.text
    code, output = check(server, *asked, "--certificate-days", "30,10")
    assert (code, output.state) == (1, "WARNING")
    code, output = check(server, "--tls", "require", "--ca", str(pem.ca), "--file", "no.csv")
    assert code == 2
    assert "file no.csv: 550 " in output.text


@pytest.mark.parametrize(
    ("name", "by"), [("vsftpd", "LIST"), ("proftpd", "MLST"), ("proftpd", "LIST"),
                     ("pyftpdlib", "MLST"), ("pyftpdlib", "LIST")],
)  # fmt: skip
def test_a_file_is_found_by_each_way_that_a_server_has(
    name, by, folder, start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def is_not_known(*_: object) -> None:
        return None

    for way in ("_by_mdtm", "_by_mlst")[: 1 if by == "MLST" else 2]:
        monkeypatch.setattr(f"ftpwatch.engine.file_probe.{way}", is_not_known)
    server = start(getattr(servers, name)(folder))
    two_days_ago = time.time() - 2 * 86_400 - 1800
    os.utime(home_of(name, folder) / "in.csv", (two_days_ago, two_days_ago))
    code, output = check(server, "--file", "in.csv")
    assert code == 0
    assert f"in.csv is 48h30m old by {by}" in output.text


@pytest.mark.parametrize("name", EACH)
def test_full(name, folder, start) -> None:
    server = start(with_one_place(name, folder))
    with ftplib.FTP() as held:
        held.connect("127.0.0.1", server.port, timeout=10)
        if name == "proftpd":  # which counts who has logged in
            held.login(server.user, server.password)
        code, output = check(server)
    assert code == 2
    assert output.text.startswith("FTP CRITICAL - 127.0.0.1:")
    refused = "login: 530" if name == "proftpd" else "greeting: 421"
    assert f"{refused} too many connections (" in output.text
    assert "connect" in output.data and "login" not in output.data


@pytest.mark.parametrize("name", EACH)
def test_stopped(name, folder, start) -> None:
    server = start(with_one_place(name, folder))
    server.terminate()
    server.process.wait(10)
    code, output = check(server)
    assert code == 2
    assert "connect: server unreachable (certain)" in output.text


def test_frozen(folder, start) -> None:
    server = start(servers.proftpd(folder))
    server.process.send_signal(signal.SIGSTOP)
    code, output = check(server, "--timeout", "200ms")
    server.process.send_signal(signal.SIGCONT)
    assert code == 2
    assert "greeting: no answer (certain): no answer within 0.2 s" in output.text


@pytest.mark.parametrize("name", EACH)
def test_an_expired_certificate(name, folder, start) -> None:
    pem = servers.make_certificate(folder, not_after=datetime.now(UTC) - timedelta(days=1))
    server = start(with_tls(name, folder, pem))
    code, output = check(server, "--tls", "require", "--ca", str(pem.ca))
    assert code == 2
    assert "tls: tls failed (likely): certificate not accepted: certificate has expired" in (
        output.text
    )
    assert list(output.data) == ["connect", "greeting"]


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("vsftpd", marks=pytest.mark.long),  # PAM takes its time
        "proftpd", "pyftpdlib", SLOW,
    ],
)  # fmt: skip
def test_the_wrong_password(name, folder, start) -> None:
    match name:
        case "vsftpd":
            server = start(servers.vsftpd(folder, pam_service_name="ftpwatch-tests-none"))
        case "proftpd":
            server = start(servers.proftpd(folder))
        case "pyftpdlib":
            server = start(servers.pyftpdlib(folder, auth_failed_timeout=0.1))
        case _:
            server = start(servers.pure_ftpd(folder))
    code, output = check(server, password="not the right one")
    assert code == 2
    assert "login: 530 login refused (" in output.text
    assert list(output.data) == ["connect", "greeting"]


def test_a_server_without_tls_that_must_have_it(folder, start) -> None:
    server = start(servers.pyftpdlib(folder))
    code, output = check(server, "--tls", "require")
    assert (code, "tls: 500 tls failed (likely)" in output.text) == (2, True)


def test_a_slow_login_is_measured(folder, start) -> None:
    server = start(servers.pyftpdlib(folder))
    code, output = check(server, "--warning", "login=1ms", "--critical", "login=10s")
    login = output.data["login"]
    assert (login.warning, login.critical) == ("0.001", "10")
    assert code == (1 if login.value > 0.001 else 0)
