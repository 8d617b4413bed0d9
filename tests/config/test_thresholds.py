"""By what a check is judged, as it is written."""

import pytest
from watching import target

from ftpwatch.config.errors import ConfigError
from ftpwatch.config.thresholds import must_apply, questions_of, thresholds_of
from ftpwatch.core.ftp.target import TlsMode, Trust
from ftpwatch.core.state.checked import Limits, Thresholds
from ftpwatch.core.state.probed import Questions, Step

NOTHING = Thresholds()


def test_a_bare_time_is_the_total_and_steps_have_their_own() -> None:
    thresholds = thresholds_of(["2s", "login=500ms"], ["TOTAL=5s"], "30, 7", "1h")
    assert thresholds.seconds == {"total": Limits(2.0, 5.0), "login": Limits(0.5, None)}
    assert thresholds.certificate_days == Limits(30.0, 7.0)
    assert thresholds.max_age_seconds == 3600.0
    assert thresholds_of([], [], "30", None).certificate_days == Limits(30.0, None)
    assert thresholds_of([], [], None, None) == NOTHING


@pytest.mark.parametrize(
    ("warning", "critical", "days", "says"),
    [
        (["logon=1s"], [], None, "--warning 'logon=1s' is for no step"),
        (["=1s"], [], None, "for no step"),
        ([], ["login=soon"], None, "--critical login 'soon' is not a duration"),
        ([], ["9" * 400 + "s"], None, "out of range"),
        (["1s", "total=2s"], [], None, "twice for total"),
        (["login=2s"], ["login=1s"], None, "is over its --critical"),
        ([], [], "soon", "--certificate-days 'soon'"),
        ([], [], "7,30", "which is not more"),
        ([], [], "9" * 400, "--certificate-days"),
        ([], [], "-1", "--certificate-days"),
    ],
)
def test_mistakes_name_option_value_and_what_is_accepted(
    warning: list[str], critical: list[str], days: str | None, says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        thresholds_of(warning, critical, days, None)


@pytest.mark.parametrize("file", ["", " ", "a\r\nDELE b", "\x00", "\udcff"])
def test_a_file_is_one_line_of_text(file: str) -> None:
    with pytest.raises(ConfigError, match="--file"):
        questions_of(file, None, lists=False)


def test_a_text_that_every_greeting_holds_is_refused() -> None:
    with pytest.raises(ConfigError, match="--expect"):
        questions_of(None, "", lists=False)


@pytest.mark.parametrize(
    ("thresholds", "settings", "says"),
    [
        (Thresholds(max_age_seconds=1.0), {}, "--file PATH"),
        (Thresholds({Step.LIST: Limits(1.0)}), {}, "needs --list"),
        (Thresholds({Step.FILE: Limits(1.0)}), {}, "needs --file PATH"),
        (Thresholds({Step.TLS: Limits(1.0)}), {}, "one has none"),
        (Thresholds(certificate_days=Limits(1.0)), {}, "one has none"),
        (
            Thresholds(certificate_days=Limits(1.0)),
            {"tls": TlsMode.EXPLICIT, "trust": Trust(verified=False)},
            "one is insecure",
        ),
    ],
)
def test_what_would_never_be_looked_at_is_refused(
    thresholds: Thresholds, settings: dict[str, object], says: str
) -> None:
    with pytest.raises(ConfigError, match=says):
        must_apply(thresholds, Questions(), [target(21, **settings)])


def test_what_is_looked_at_is_accepted() -> None:
    thresholds = thresholds_of(["list=1s", "file=1s", "tls=1s"], [], "30", "1h")
    asked = questions_of("in.csv", "ProFTPD", lists=True)
    must_apply(thresholds, asked, [target(21, tls=TlsMode.TRY)])
