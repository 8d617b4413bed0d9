"""Threads beside the loop for what may take its time: messages, commands.

They are daemons, so that none that hangs keeps the program from ending.
"""

import queue
import threading
from collections.abc import Callable
from contextlib import suppress

__all__ = ["Workers"]

Job = Callable[[], object]


class Workers:
    """`count` threads that share a queue of at most `most_waiting` jobs; `failed` hears there of
    an error of ours in one. `end` them.
    """

    def __init__(
        self, name: str, count: int, most_waiting: int, failed: Callable[[Exception], None]
    ) -> None:
        self._failed = failed
        self._jobs: queue.Queue[Job | None] = queue.Queue(most_waiting + count)
        self._count = count
        for _ in range(count):
            threading.Thread(target=self._run, daemon=True, name=name).start()

    def put(self, job: Job) -> bool:
        """Take `job`; False where too many wait."""
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    @property
    def unfinished(self) -> int:
        """How many jobs wait or are being done."""
        return self._jobs.unfinished_tasks

    def end(self) -> None:
        """Begin no more of them."""
        with suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()
                self._jobs.task_done()
        for _ in range(self._count):
            self._jobs.put_nowait(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception as error:  # noqa: BLE001 the fence: it costs this job
                self._failed(error)
            finally:
                self._jobs.task_done()
