"""`ftpwatch check` run by Nagios 4 as it runs any plugin: what it takes for state, text and
performance data is read from its status file.
"""

import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from real import servers
from real.servers import Missing, RealServer, find_binary

pytestmark = [pytest.mark.real, pytest.mark.long]

MAIN = """
log_file={0}/log
cfg_file={0}/objects.cfg
object_cache_file={0}/objects.cache
precached_object_file={0}/objects.precache
status_file={0}/status.dat
status_update_interval=1
state_retention_file={0}/retention.dat
command_file={0}/command
lock_file={0}/lock
temp_file={0}/temp
temp_path={0}
query_socket={0}/query
check_result_path={0}/spool
nagios_user={1}
nagios_group={1}
interval_length=1
check_external_commands=0
check_workers=2
service_inter_check_delay_method=n
max_service_check_spread=1
use_syslog=0
enable_notifications=0
"""
OBJECTS = """
define timeperiod {
    timeperiod_name always
    alias always
    sunday 00:00-24:00
    monday 00:00-24:00
    tuesday 00:00-24:00
    wednesday 00:00-24:00
    thursday 00:00-24:00
    friday 00:00-24:00
    saturday 00:00-24:00
}
define contact {
    contact_name nobody
    host_notifications_enabled 0
    service_notifications_enabled 0
    host_notification_period always
    service_notification_period always
    host_notification_commands none
    service_notification_commands none
}
define command {
    command_name none
    command_line /bin/true
}
define host {
    host_name here
    address 127.0.0.1
    max_check_attempts 1
    check_period always
    notification_period always
    contacts nobody
}
"""
SERVICE = """
define command {{
    command_name {0}
    command_line {1} {2}
}}
define service {{
    host_name here
    service_description {0}
    check_command {0}
    max_check_attempts 1
    check_interval 10
    retry_interval 10
    check_period always
    notification_period always
    contacts nobody
}}
"""
HOSTILE = b"421 a|total=0s;;; 'b'=1\x1b[2J\r\n"


@contextmanager
def hostile() -> Iterator[int]:
    """Somebody who says HOSTILE to everybody."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(HOSTILE)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def configured(folder: Path, services: dict[str, str], profiles: str) -> Path:
    (folder / "spool").mkdir()
    (folder / "profiles.toml").write_text(profiles)
    plugin = folder / "plugin"
    plugin.write_text(
        f"#!/bin/sh\nFTPWATCH_CONFIG={folder}/profiles.toml PYTHONPATH={':'.join(sys.path)} "
        f'exec {sys.executable} -m ftpwatch check "$@"\n'
    )
    plugin.chmod(0o755)
    objects = OBJECTS + "".join(
        SERVICE.format(name, plugin, words) for name, words in services.items()
    )
    (folder / "objects.cfg").write_text(objects)
    main = folder / "nagios.cfg"
    main.write_text(MAIN.format(folder, "root"))
    return main


def services_in(status: Path) -> dict[str, dict[str, str]]:
    text = status.read_text() if status.exists() else ""
    blocks = re.findall(r"^servicestatus \{\n(.*?)^\s*\}", text, re.MULTILINE | re.DOTALL)
    fields = [dict(re.findall(r"^\s*(\w+)=(.*)$", block, re.MULTILINE)) for block in blocks]
    return {one["service_description"]: one for one in fields if one["has_been_checked"] == "1"}


def run_nagios(folder: Path, services: dict[str, str], profiles: str) -> dict[str, dict[str, str]]:
    """What Nagios thinks of each service, once it has checked all."""
    try:
        nagios = find_binary("nagios4")
    except Missing as reason:
        pytest.skip(str(reason))
    process = subprocess.Popen(
        [nagios, configured(folder, services, profiles)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 60
        while len(checked := services_in(folder / "status.dat")) < len(services):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < limit, (folder / "log").read_text()
            time.sleep(0.2)
        return checked
    finally:
        process.terminate()
        process.wait(10)


def test_nagios_takes_it_for_a_check_result(folder: Path, start: Callable[..., RealServer]) -> None:
    server = start(servers.pyftpdlib(folder))
    (folder / "password").write_text(server.password)
    url = f"ftp://{server.user}@127.0.0.1:{server.port}"
    with hostile() as port:
        profiles = (
            f'[profile.up]\nurl = "{url}"\npassword_command = "cat {folder}/password"\n'
            f'[profile.hostile]\nurl = "ftp://127.0.0.1:{port}"\n'
            '[profile.gone]\nurl = "ftp://127.0.0.1:1"\n'
        )
        services = {
            "up": "--list --warning 20s --critical login=10s up",
            "slow": "--warning noop=1ms --warning 1ms up",
            "gone": "gone",
            "several": "up gone hostile",
            "hostile": "hostile",
            "mistaken": "--warning soon up",
        }
        checked = run_nagios(folder, services, profiles)
    states = {name: int(one["current_state"]) for name, one in checked.items()}
    assert states == {"up": 0, "slow": 1, "gone": 2, "several": 2, "hostile": 2, "mistaken": 3}
    up = checked["up"]
    assert up["plugin_output"].startswith("FTP OK - up: logged in as ")
    assert re.match(r"total=[\d.]+s;20;;0 connect=[\d.]+s;;;0 ", up["performance_data"])
    assert re.search(r" login=[\d.]+s;;10;0 ", up["performance_data"])
    assert re.search(r" quit=[\d.]+s;;;0 entries=\d+;;;0$", up["performance_data"])
    several = checked["several"]
    assert several["plugin_output"].startswith(
        "FTP CRITICAL - 2 CRITICAL, 1 OK of 3 targets - gone:"
    )
    lines = several["long_plugin_output"].split("\\n")
    assert [line[:22] for line in lines if line] == [
        "FTP OK - up: logged in", "FTP CRITICAL - gone: c", "FTP CRITICAL - hostile",
    ]  # fmt: skip
    labels = re.findall(r"'([^']+)'=", several["performance_data"])
    assert labels[:2] == ["up::total", "up::connect"]
    assert labels[-1] == "hostile::connect"
    assert re.fullmatch(r"connect=[\d.]+s;;;0", checked["hostile"]["performance_data"])
    # Nagios itself makes colons of semicolons.
    assert "421 a¦total=0s::: 'b'=1␛[2J" in checked["hostile"]["plugin_output"]
    assert checked["mistaken"]["plugin_output"].startswith("FTP UNKNOWN - --warning 'soon'")
    assert server.password not in str(checked)
