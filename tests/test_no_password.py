"""Nowhere in what ftpwatch writes, serves or sends stands the password, which the server repeats
wherever it can.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
from alerts.hook import hook
from real.servers import free_port
from test_outward import PASSWORD, echoing

PROGRAM = [sys.executable, "-m", "ftpwatch"]


async def said(*words: object, codes: tuple[int, ...] = (0, 1), env: dict[str, str]) -> bytes:
    """What a command writes to both its outputs."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, *map(str, words), env=env, stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, _ = await process.communicate()
    assert process.returncode in codes, out
    return out


async def page_while(port: int, task: "asyncio.Task[bytes]") -> bytes:
    """The last page of metrics that was served while `task` ran."""
    page = b""
    while not task.done():
        with contextlib.suppress(OSError):
            page = await asyncio.to_thread(
                lambda: urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5).read()
            )
        await asyncio.sleep(0.1)
    return page


@pytest.mark.long
async def test_no_file_no_page_no_message_and_no_output_has_the_password(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "password").write_text(f"{PASSWORD}\n")
    config, recording = tmp_path / "config.toml", tmp_path / "eu.ftpwatch"
    ended = tmp_path / "ended"
    on_end = (
        f"{sys.executable} -c \"import os; open('{ended}', 'a').write(repr(dict(os.environ)))\""
    )
    env = {**os.environ, "FTPWATCH_CONFIG": str(config)}
    outputs: list[bytes] = []
    with hook() as taken:
        async with echoing(0.8) as port:
            config.write_text(
                f'[profile.eu-1]\nurl = "ftp://bob@127.0.0.1:{port}"\n'
                f'password_command = "cat {secret / "password"}"\n'
            )
            metrics = free_port()
            watch = asyncio.ensure_future(
                said(
                    "watch",
                    "--mode",
                    "json",
                    "--keep-alive",
                    "off",
                    "--for",
                    "4s",
                    "--record",
                    recording,
                    "--metrics",
                    metrics,
                    "--on-end",
                    on_end,
                    "--notify",
                    f"json://127.0.0.1:{taken.port}",
                    "eu-1",
                    env=env,
                )
            )
            outputs.append(await page_while(metrics, watch))
            outputs.append(await watch)
            outputs.append(await said("check", "--list", "eu-1", codes=(0, 1, 2), env=env))
            outputs.append(await said("demo", "--list", env=env))
        outputs += [str(message).encode() for message in taken.messages]
    pages = [
        ("replay", recording, "--mode", "stream", "--speed", 1_000),
        ("replay", recording, "--mode", "json", "--speed", 1_000),
        ("explain", recording, "--all"), ("recordings", "check", recording),
        ("config", "show"), ("config", "validate"),
        *(("export", recording, "--format", kind) for kind in ("json", "csv", "text")),
        *(("report", recording, "--format", kind) for kind in ("md", "html", "json")),
        ("report", recording, "--redact", "all", "-o", tmp_path / "report.md"),
    ]  # fmt: skip
    for words in pages:
        outputs.append(await said(*words, env=env))
    files = [file for file in tmp_path.rglob("*") if file.is_file() and secret not in file.parents]
    assert {"eu.ftpwatch", "report.md", "ended"} <= {file.name for file in files}
    assert b"ftpwatch_unexpected_ends_total" in outputs[0] and len(taken.messages) >= 1
    assert sum("••••".encode() in out or b"\\u2022" in out for out in outputs) >= 6
    for content in (*outputs, *(file.read_bytes() for file in files)):
        assert PASSWORD.encode() not in content
        assert PASSWORD.encode("utf-16-le") not in content
