"""A program in the place of a screen: it speaks WebDriver's packets, and behaves as its first word
says.
"""

import json
import os
import signal
import sys
import time

BEHAVIOUR = sys.argv[1]


def draw(text: str) -> None:
    data = text.encode()
    sys.stdout.buffer.write(b"D" + len(data).to_bytes(4, "big") + data)
    sys.stdout.buffer.flush()


def main() -> None:
    if BEHAVIOUR == "fails":
        sys.exit("ftpwatch: there is no recording\x1b[2J here\nand more")
    sys.stdout.buffer.write(b"__GANGLION__\n")
    draw(json.dumps({"pid": os.getpid(), "environment": dict(os.environ)}))
    if BEHAVIOUR == "stays":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    while BEHAVIOUR == "floods":
        draw("x" * 60_000)
    while head := sys.stdin.buffer.read(5):
        payload = sys.stdin.buffer.read(int.from_bytes(head[1:], "big"))
        draw(f"{head[:1].decode()} {payload.decode()}")


main()
