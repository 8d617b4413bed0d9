"""Probes judged by thresholds: a state, a sentence, numbers. Pure.

A step that failed is CRITICAL, whoever is to blame on the way to the server. What we could not even
ask is UNKNOWN.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from ftpwatch.core.counted import counted
from ftpwatch.core.journal.vocabulary import Cause
from ftpwatch.core.state.checked import TOTAL, Checked, Limits, Metric, Status, Thresholds, worst
from ftpwatch.core.state.explanation import Explanation
from ftpwatch.core.state.probed import Probed, Questions, Step
from ftpwatch.core.text.neutral import shortened
from ftpwatch.core.text.phrasing import format_duration

__all__ = ["Judge"]

_DAY_SECONDS: Final = 86_400
_AHEAD: Final = timedelta(minutes=5)
_MOST_WORDS: Final = 200
_UNTOLD: Final = (None, Cause.UNKNOWN)
_Finding = tuple[Status, str]


class Judge(msgspec.Struct, frozen=True):
    """By `thresholds`, what was `asked`, and why all was cut short, where it was: `cut`, which is
    the server's fault where it was too slow (`too_slow`).
    """

    asked: Questions
    thresholds: Thresholds
    cut: str = ""
    too_slow: bool = True

    def check(self, probed: Probed, reason: Explanation | None) -> Checked:
        """`reason` explains why it failed, where it did."""
        findings = list(self._findings(probed, reason))
        status = worst(*(found for found, _ in findings))
        text = _sorted(findings) if findings else ", ".join(self._facts(probed))
        return Checked(probed.name, status, text, tuple(self._metrics(probed)))

    # --- what is wrong -----------------------------------------------------------------------

    def _findings(self, probed: Probed, reason: Explanation | None) -> Iterator[_Finding]:
        if probed.own_error is not None:
            yield Status.UNKNOWN, f"an error of ftpwatch itself: {probed.own_error}"
        elif probed.cut and probed.failed is not None:
            fault = Status.CRITICAL if self.too_slow else Status.UNKNOWN
            yield fault, f"{probed.failed}: not done when {self.cut}"
        elif probed.failed is not None:
            yield Status.CRITICAL, f"{self._named(probed.failed)}: {_why(probed, reason)}"
        elif probed.total_seconds is None:
            yield Status.UNKNOWN, f"not begun when {self.cut}"
        yield from self._slow(probed)
        yield from self._certificate(probed)
        yield from self._file(probed)
        for remark in probed.remarks:
            yield Status.WARNING, remark

    def _named(self, step: Step) -> str:
        return f"{step} {self.asked.file}" if step is Step.FILE else str(step)

    def _slow(self, probed: Probed) -> Iterator[_Finding]:
        for name, seconds in _timed(probed):
            limits = self.thresholds.seconds.get(name, Limits())
            for status, most in _levels(limits):
                if most is not None and seconds > most:
                    slow = f"{name} took {_seconds(seconds)}, over {most:g} s"
                    yield status, f"{slow}{_slowest(probed) if name == TOTAL else ''}"
                    break

    def _certificate(self, probed: Probed) -> Iterator[_Finding]:
        days, limits = _days_left(probed), self.thresholds.certificate_days
        if days is None:
            if limits != Limits() and probed.total_seconds is not None and probed.tls is None:
                yield Status.CRITICAL, "no TLS, so that no certificate was shown"
            return
        for status, least in _levels(limits):
            if least is not None and days < least:
                yield status, f"the certificate ends in {counted(days, 'day')}, under {least:g}"
                break

    def _file(self, probed: Probed) -> Iterator[_Finding]:
        most, seen, name = self.thresholds.max_age_seconds, probed.file, self.asked.file
        if seen is None or most is None:
            return
        age = _age(probed)
        if age > most:
            old = f"{name} is {format_duration(round(age))} old by {seen.by}"
            yield Status.CRITICAL, f"{old}, over {format_duration(most)}"
        elif -age > _AHEAD.total_seconds():
            ahead = f"{name} is dated {format_duration(round(-age))} ahead by {seen.by}"
            yield Status.WARNING, f"{ahead}, so that its age is not known"

    # --- what is well, and the numbers -------------------------------------------------------

    def _facts(self, probed: Probed) -> Iterator[str]:
        seconds = _seconds(probed.total_seconds or 0.0)
        yield f"logged in as {probed.user}{_wire(probed)}, all in {seconds}"
        if self.asked.expect is not None:
            yield f"the greeting holds {self.asked.expect!r}"
        if (days := _days_left(probed)) is not None:
            yield f"certificate good for {counted(days, 'day')}"
        if probed.entries is not None:
            yield f"{counted(probed.entries, 'entry', 'entries')} listed"
        if probed.file is not None:
            age = format_duration(max(0, round(_age(probed))))
            yield f"{self.asked.file} is {age} old by {probed.file.by}"

    def _metrics(self, probed: Probed) -> Iterator[Metric]:
        for name, seconds in _timed(probed):
            limits = self.thresholds.seconds.get(name, Limits())
            yield Metric(str(name), seconds, "s", limits)
        if (days := _days_left(probed)) is not None:
            limits = self.thresholds.certificate_days
            yield Metric("certificate_days", days, limits=limits, at_least=True)
        if probed.entries is not None:
            yield Metric("entries", probed.entries)
        if probed.file is not None:
            limits = Limits(critical=self.thresholds.max_age_seconds)
            yield Metric("file_age", max(0.0, _age(probed)), "s", limits)


def _why(probed: Probed, reason: Explanation | None) -> str:
    """What a failure is called, how sure that is, and the words it rests on."""
    if reason is None:
        return probed.problem or "the connection ended"
    words = probed.problem or reason.heading
    if reason.cause in _UNTOLD:
        return shortened(words, _MOST_WORDS)
    code, space, rest = words.partition(" ")
    if reason.code is None or code != f"{reason.code:03d}":
        code, space, rest = "", "", words
    cause = f"{code}{space}{str(reason.cause).replace('_', ' ')} ({reason.confidence})"
    which = " ".join(filter(None, (reason.server, reason.directive)))
    named = reason.directive is not None and reason.cause is not Cause.LOGIN_REFUSED
    return f"{cause}: {shortened(rest, _MOST_WORDS)}" + (f" [{which}]" if named else "")


def _sorted(findings: Sequence[_Finding]) -> str:
    """The gravest first; Nagios makes colons of semicolons."""
    status = worst(*(found for found, _ in findings))
    first = [text for found, text in findings if found is status]
    return " / ".join((*first, *(text for found, text in findings if found is not status)))


def _timed(probed: Probed) -> Iterator[tuple[Step | str, float]]:
    if probed.total_seconds is not None:
        yield TOTAL, probed.total_seconds
    yield from probed.steps


def _wire(probed: Probed) -> str:
    """What protects the password, and what is amiss with that."""
    if probed.tls is None:
        return " in clear" if probed.in_clear else ""
    return f" over {probed.tls}{'' if probed.is_verified else ', certificate NOT verified'}"


def _slowest(probed: Probed) -> str:
    step, seconds = max(probed.steps, key=lambda timed: timed[1])
    return f", of it {step} {_seconds(seconds)}"


def _levels(limits: Limits) -> tuple[tuple[Status, float | None], ...]:
    return (Status.CRITICAL, limits.critical), (Status.WARNING, limits.warning)


def _days_left(probed: Probed) -> int | None:
    """Whole days, as of the end of the probe; none left, or fewer, where it has ended."""
    if probed.expires_at is None:
        return None
    return (probed.expires_at - probed.at) // timedelta(seconds=_DAY_SECONDS)


def _age(probed: Probed) -> float:
    """Seconds since the file was changed; negative where it is dated ahead of our clock."""
    return (probed.at - probed.file.modified_at).total_seconds() if probed.file else 0.0


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.2f} s"
