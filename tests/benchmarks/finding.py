"""How fast something is found in a recording: `python tests/benchmarks/finding.py [ENTRIES]`.

The first page of 50 rows, from the end, and how many rows there are, beside what `grep -c` and lnav
take for the same words in the same entries as NDJSON; the size that the indexes add.
"""

import asyncio
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.week import recorded
from ftpwatch.core.journal.entry import entry_line
from ftpwatch.core.journal.filter import parse_filter
from ftpwatch.record.reader import Reader

ENTRIES: Final = 1_000_000
ROWS: Final = 50
ROUNDS: Final = 5
STRUCTURED: Final = (
    "code:421", "code:4xx", "session:eu-7", "session:eu-* code:421", "host:ftp3.*",
    "event:connection_closed", "purpose:login", "since:2026-11-02T00:00Z until:2026-11-02T00:10Z",
)  # fmt: skip
WORDS: Final = ("timeout", "closed ser", "noop", "nosuchword")
SCANNED: Final = ("*imeou*",)
_INDEXES: Final = ("entry_code", "entry_kind", "entry_purpose", "word_data")


async def first_page(reader: Reader, text: str, last: int) -> float:
    """The median of the milliseconds that the first page takes."""
    wanted, taken = parse_filter(text), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await reader.before(2**50, ROWS, last, wanted)
        taken.append(1_000 * (time.perf_counter() - began))
    return statistics.median(taken)


def share_of_indexes(path: Path) -> float:
    """How much larger the first part is for what finds things, as a share of the rest."""
    with closing(sqlite3.connect(path)) as database:
        sizes = dict(database.execute("select name, sum(pgsize) from dbstat group by name"))
    indexes = sum(sizes.get(name, 0) for name in _INDEXES)
    return indexes / (sum(sizes.values()) - indexes)


def seconds_of(*command: str) -> float:
    """What a command takes, whatever it prints."""
    began = time.perf_counter()
    # Into a pipe: grep stops at the first match where nobody reads.
    subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


async def show(folder: Path, count: int) -> None:
    """Measure, and print a table."""
    path, lines = folder / "week.ftpwatch", folder / "week.ndjson"
    last = recorded(path, count)
    with closing(Reader(path)) as reader:
        with lines.open("w") as file:
            file.writelines(f"{entry_line(entry)}\n" for entry in reader.entries())
        print(f"{last:,} entries; indexes add {share_of_indexes(path):.0%}")
        for text in (*STRUCTURED, *WORDS, *SCANNED):
            page = await first_page(reader, text, last)
            began = time.perf_counter()
            rows = await reader.count(0, last, parse_filter(text))
            counted = 1_000 * (time.perf_counter() - began)
            print(f"{text:<56} page {page:7.1f} ms   {rows:>9,} rows {counted:8.1f} ms")
    for word in ("imeout", "eu-7"):
        grep = seconds_of("grep", "-c", word, str(lines))
        print(f"grep -c {word:<48} {1_000 * grep:12.1f} ms")
    if shutil.which("lnav"):
        lnav = seconds_of("lnav", "-n", "-c", ":filter-in imeout", str(lines))
        print(f"lnav -n -c ':filter-in imeout' {'':<24}  {1_000 * lnav:12.1f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(show(Path(name), int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES))
