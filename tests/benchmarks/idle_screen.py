"""What a screen costs on which nothing happens:
`python tests/benchmarks/idle_screen.py [SESSIONS] [SECONDS]`.

`ftpwatch watch` under a terminal of 160 columns, its sessions logged in and their keep-alives far
away; beside it, in the same run, a bare Textual app whose one line is a clock.
"""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from on_time import SERVER

OPENING = 6.0
CLOCK = """
import time
from textual.app import App
from textual.widgets import Static

class Clock(App):
    def compose(self):
        yield Static(id="clock")

    def on_mount(self):
        self.set_interval(1, lambda: self.query_one(Static).update(time.ctime()))

Clock().run()
"""


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def share(command: list[str], seconds: float) -> float:
    """The part of one core that `command` takes on a screen of 160 by 48, once it has started."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)

    def read() -> None:
        with suppress(OSError):
            while os.read(ours, 65_536):
                pass

    threading.Thread(target=read, daemon=True).start()
    try:
        time.sleep(OPENING)
        before = cpu_seconds(process.pid)
        time.sleep(seconds)
        return (cpu_seconds(process.pid) - before) / seconds
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def measure(sessions: int, seconds: float) -> tuple[float, float]:
    """The shares of our screen and of the bare one."""
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        port = server.stdout.readline().strip()
        watch = [
            sys.executable, "-m", "ftpwatch", "watch", "--no-record", "--keep-alive", "10m",
            "--sessions", str(sessions), f"ftp://127.0.0.1:{port}",
        ]  # fmt: skip
        return share(watch, seconds), share([sys.executable, "-c", CLOCK], seconds)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sessions = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    ours, bare = measure(sessions, seconds)
    print(
        f"{sessions} idle sessions on the screen take {ours:.1%} of a core, "
        f"a bare Textual clock {bare:.1%}"
    )
