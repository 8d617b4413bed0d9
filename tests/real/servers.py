"""Starts real servers on free loopback ports, with limits as short as the tests need.

Binaries come from FTPWATCH_SERVERS (a folder of unpacked Debian packages, see .ci/run) or from
the system. Each starter raises `Missing` where its server cannot run here.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import trustme

from real.machine_wide import undisturbed

USER, PASSWORD = "watcher", "correct horse"


class Missing(Exception):
    """The server cannot run on this machine, with the reason."""


@dataclass
class RealServer:
    """A running server. `process` is its listener."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    user: str = USER
    password: str = PASSWORD

    def terminate(self) -> None:
        """SIGTERM to the whole service, sessions included, as an init system does."""
        for pid in reversed(family(self.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


def family(pid: int) -> list[int]:
    """`pid` and all its descendants."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(member for child in children for member in family(int(child)))]


@dataclass(frozen=True)
class Certificate:
    """A CA of the tests, and a certificate for 127.0.0.1 by it; PEM files."""

    ca: Path
    chain: Path
    key: Path
    both: Path


def make_certificate(
    folder: Path, name: str = "127.0.0.1", not_after: datetime | None = None
) -> Certificate:
    authority = trustme.CA()
    issued = authority.issue_cert(name, not_after=not_after)
    paths = Certificate(*(folder / part for part in ("ca.pem", "chain.pem", "key.pem", "both.pem")))
    authority.cert_pem.write_to_path(paths.ca)
    issued.cert_chain_pems[0].write_to_path(paths.chain)
    issued.private_key_pem.write_to_path(paths.key)
    issued.private_key_and_cert_chain_pem.write_to_path(paths.both)
    return paths


def find_binary(name: str) -> Path:
    root = os.environ.get("FTPWATCH_SERVERS")
    if root and (unpacked := Path(root) / "usr/sbin" / name).exists():
        return unpacked
    if found := shutil.which(name, path="/usr/sbin:/usr/local/sbin:/usr/bin"):
        return Path(found)
    raise Missing(f"{name} is not on this machine (see .ci/run for how it is fetched)")


def _needs_root(name: str) -> None:
    if os.geteuid() != 0:
        raise Missing(f"{name} runs its sessions as other users: these tests need root for it")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    """Asked of the kernel: a probing connection would count against limits."""
    wanted = f"0100007F:{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1] == wanted and fields[3] == "0A":
            return True
    return False


@contextmanager
def _running(name: str, command: list[str], port: int, folder: Path) -> Iterator[RealServer]:
    log = (folder / f"{name}.log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        limit = time.monotonic() + 10
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > limit:
                raise Missing(f"{name} does not start: {(folder / f'{name}.log').read_text()}")
            time.sleep(0.02)
        yield RealServer(name, port, process)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        log.close()


@contextmanager
def vsftpd(folder: Path, **settings: object) -> Iterator[RealServer]:
    """`settings` are lines of vsftpd.conf; users log in by a PAM service of the tests' own."""
    _needs_root("vsftpd")
    binary, port = find_binary("vsftpd"), free_port()
    service = "ftpwatch-tests"
    Path(f"/etc/pam.d/{service}").write_text(
        "".join(f"{kind} required pam_permit.so\n" for kind in ("auth", "account", "session"))
    )
    empty, home = folder / "empty", folder / "home"
    empty.mkdir(mode=0o755)
    home.mkdir(mode=0o755)
    lines = {
        "listen": "YES", "listen_ipv6": "NO", "listen_address": "127.0.0.1", "listen_port": port,
        "background": "NO", "seccomp_sandbox": "NO", "secure_chroot_dir": empty,
        "pam_service_name": service, "local_enable": "YES", "anonymous_enable": "NO",
        "local_root": home, "allow_writeable_chroot": "YES", "session_support": "NO",
        "xferlog_enable": "NO", **settings,
    }  # fmt: skip
    file = folder / "vsftpd.conf"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    with _running("vsftpd", [str(binary), str(file)], port, folder) as server:
        # vsftpd changes into the user's home before local_root: it must be there.
        homes = [entry for entry in pwd.getpwall() if entry.pw_uid and Path(entry.pw_dir).is_dir()]
        server.user = homes[0].pw_name
        yield server


@contextmanager
def proftpd(folder: Path, *directives: str) -> Iterator[RealServer]:
    """`directives` are lines of proftpd.conf."""
    _needs_root("proftpd")
    binary, port = find_binary("proftpd"), free_port()
    root = os.environ.get("FTPWATCH_SERVERS", "")
    modules = Path(root or "/") / "usr/lib/proftpd"
    home = folder / "home"
    home.mkdir(mode=0o755)
    users = folder / "users"
    hashed = subprocess.run(
        ["openssl", "passwd", "-6", PASSWORD], check=True, capture_output=True, text=True
    ).stdout.strip()
    users.write_text(f"{USER}:{hashed}:65534:65534::{home}:/bin/sh\n")
    users.chmod(0o600)
    file = folder / "proftpd.conf"
    file.write_text(
        "\n".join(
            (
                f"ModulePath {modules}",
                'ServerName "tests"', "ServerType standalone", "DefaultAddress 127.0.0.1",
                "SocketBindTight on", f"Port {port}", "UseIPv6 off", "User nobody",
                "Group nogroup", f"AuthUserFile {users}", "AuthOrder mod_auth_file.c",
                "RequireValidShell off", "UseReverseDNS off", f"PidFile {folder}/pid",
                f"ScoreboardFile {folder}/scoreboard", f"SystemLog {folder}/system.log",
                "WtmpLog off", *directives, "",
            )
        )
    )  # fmt: skip
    command = [str(binary), "-n", "-q", "-c", str(file)]
    with undisturbed(), _running("proftpd", command, port, folder) as server:
        yield server


@contextmanager
def pure_ftpd(folder: Path, *options: str) -> Iterator[RealServer]:
    """`options` are those of pure-ftpd's command line; users are virtual."""
    _needs_root("pure-ftpd")
    binary, port = find_binary("pure-ftpd"), free_port()
    root = os.environ.get("FTPWATCH_SERVERS")
    pure_pw = Path(root) / "usr/bin/pure-pw" if root else Path(shutil.which("pure-pw") or "pure-pw")
    home = folder / "home"
    home.mkdir(mode=0o755)
    os.chown(home, 65534, 65534)
    users, database = folder / "users", folder / "users.pdb"
    subprocess.run(
        [pure_pw, "useradd", USER, "-f", users, "-u", "65534", "-g", "65534", "-d", home],
        input=f"{PASSWORD}\n{PASSWORD}\n", text=True, check=True, capture_output=True,
    )  # fmt: skip
    subprocess.run([pure_pw, "mkdb", database, "-f", users], check=True, capture_output=True)
    command = [
        str(binary), "-S", f"127.0.0.1,{port}", "-E", "-H", "-A", "-l", f"puredb:{database}",
        "-u", "1", "-g", f"{folder}/pid", *options,
    ]  # fmt: skip
    with _running("pure-ftpd", command, port, folder) as server:
        yield server


_PYFTPDLIB = """
import sys
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer
port, home, user, password, settings = int(sys.argv[1]), *sys.argv[2:5], eval(sys.argv[5])
handler = TLS_FTPHandler if "certfile" in settings else FTPHandler
handler.authorizer = DummyAuthorizer()
handler.authorizer.add_user(user, password, home)
limits = {name: settings.pop(name) for name in ("max_cons", "max_cons_per_ip") if name in settings}
for name, value in settings.items():
    setattr(handler, name, value)
server = FTPServer(("127.0.0.1", port), handler)
for name, value in limits.items():
    setattr(server, name, value)
server.serve_forever()
"""


@contextmanager
def pyftpdlib(folder: Path, **settings: object) -> Iterator[RealServer]:
    """`settings` are attributes of its handler, or of its server for max_cons and the like."""
    port = free_port()
    command = [
        sys.executable, "-W", "ignore", "-c", _PYFTPDLIB, str(port), str(folder), USER, PASSWORD,
        repr(settings),
    ]  # fmt: skip
    with _running("pyftpdlib", command, port, folder) as server:
        yield server
