"""Messages through apprise: what arrives, what is said where it does not, no secret in either."""

import logging

import pytest

from alerts.hook import hook
from alerts.made import made
from ftpwatch.alerts.messages import Messages
from ftpwatch.core.errors import UserError
from ftpwatch.core.ftp.command import Secret
from ftpwatch.core.state.alert import Destination

SECRET = "s3kret-t0ken"


def messages(url: str, *, openly: bool = False) -> Messages:
    return Messages(Destination("--notify 1", Secret(url), openly))


def test_title_and_body_arrive() -> None:
    with hook() as taken:
        assert messages(f"json://127.0.0.1:{taken.port}").send(made()) is None
    (message,) = taken.messages
    assert message["title"] == "ftpwatch: eu-1 ended: idle limit (certain)"
    assert message["message"].splitlines()[0] == "421 Timeout."
    assert "What to do: Send a NOOP." in message["message"]
    assert message["type"] == "warning"


@pytest.mark.parametrize("markup", ["<a href='http://evil.example'>x</a>", "**x** [y](http://z)"])
def test_what_a_server_says_is_text_and_not_markup(markup: str) -> None:
    with hook() as taken:
        html = messages(f"json://127.0.0.1:{taken.port}?format=html")
        html.send(made(heading=markup))
        messages(f"json://127.0.0.1:{taken.port}").send(made(heading=markup))
    as_html, as_text = (message["message"] for message in taken.messages)
    assert "<a " not in as_html
    assert as_text.splitlines()[0] == markup


def test_what_went_wrong_is_said_in_words_of_ours(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with hook(503) as taken:
        url = f"json://bob:{SECRET}@127.0.0.1:{taken.port}/{SECRET}?+X-Token={SECRET}"
        assert messages(url).send(made()) == "--notify 1 (json://) took no message: it answered 503"
        assert taken.headers[0]["X-Token"] == SECRET
    problem = messages(url).send(made())
    assert problem == "--notify 1 (json://) took no message: it cannot be reached"
    assert SECRET not in caplog.text
    assert capfd.readouterr() == ("", "")
    assert not logging.getLogger("apprise").propagate


@pytest.mark.parametrize(
    "url",
    [f"nonsense://{SECRET}", SECRET, f"json://{SECRET}:x:y@", "", "json://", "://",
     f"\x1b]0;{SECRET}", f"mailto://{SECRET}"],
)  # fmt: skip
def test_what_is_no_place_is_a_sentence_without_the_url(
    url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(
        UserError, match="--notify 1 is not a URL that apprise can send to"
    ) as caught:
        messages(url)
    assert SECRET not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "url",
    [f"json://bob:{SECRET}@h", f"jsons://h/?+Authorization={SECRET}", f"form://h/?-token={SECRET}",
     f"xml://h/?%2BX-Key={SECRET}", "tgram://123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/1",
     f"gotify://h/{SECRET}", "discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js",
     "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"],
)  # fmt: skip
def test_a_secret_does_not_belong_where_everybody_reads_it(url: str) -> None:
    with pytest.raises(UserError, match="holds a secret, .* FTPWATCH_NOTIFY") as caught:
        messages(url, openly=True)
    assert SECRET not in str(caught.value) and "AAHd" not in str(caught.value)
    assert messages(url).name.startswith("--notify 1 (")


@pytest.mark.parametrize("url", ["json://127.0.0.1:8080/path", "ntfy://topic", "syslog://"])
def test_what_holds_none_may_stand_there(url: str) -> None:
    assert messages(url, openly=True).name.startswith("--notify 1 (")
