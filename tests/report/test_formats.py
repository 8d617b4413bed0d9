"""What comes from outside is text in every format: it makes no mark, no markup, no control."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from ftpwatch.report.document import Bullets, Document, Grid, Paragraph, Section, Wire
from ftpwatch.report.markdown import as_markdown, code_span, prose
from ftpwatch.report.page import as_page
from report.told import Told, forms

HOSTILE = [
    "# owned", "[click](http://evil.example/x)", "![i](http://evil.example/i.png)", "| a | b |",
    "```\n<script>alert(1)</script>\n```", "<img src=x onerror=alert(1)>", '" onmouseover="x',
    "' style='x", "\u202egnp.exe\x1b]0;t\x07\x9b31m", "www.evil.example http://evil.example",
    "bob@evil.example #12 @all !7", "`` ` ``` | \\| x `", "---", "&lt;b&gt; &#x3c;b &amp;",
    "$x$ ~~y~~ *b* __c__ _d_", "1. one", "</code></pre></style></title><script>x</script>",
    "<!-- c -->", "]]> <![CDATA[x", "\\", "`", "``", "> quote", "+ x", "= x", "<http://evil.example>",
    "\ud800 lone", "a\u2028b\u2029c\u0085d", "javascript:alert(1)", "{{x}} {% y %}", "~~~",
]  # fmt: skip
PLAIN = MarkdownIt("gfm-like", {"linkify": True, "html": True})


class Tags(HTMLParser):
    """The tags of a page, its links, and whether they are nested as they should be."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")


def parsed(page: str) -> Tags:
    tags = Tags()
    tags.feed(page)
    tags.close()
    return tags


def hostile() -> dict[str, str]:
    told = Told(host='<b>"x</b>|`h', user="ev|il`'\"<i>")
    for number, words in enumerate(HOSTILE):
        session = f"s{number}|`<i>#"
        told.ready(number * 100, session)
        told.says(number * 100 + 50, 421, words, session=session)
        told.closes(number * 100 + 50, 421, session=session)
    return forms(told.report('na"me|<x>`.log'))


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return hostile()


def document(words: str) -> Document:
    grid = Grid(("a", "b"), (((Wire(words),), (words,)), (("x",), ("y",))))
    blocks = (Paragraph((words,)), Paragraph((Wire(words),)), Bullets(((words,), (Wire(words),))))
    return Document(("t ", Wire(words)), (Section((words,), (*blocks, grid)),))


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_words_in_markdown(words: str) -> None:
    from ftpwatch.report.cleaning import Cleaning

    clean = Cleaning().wire(words)
    rendered = PLAIN.render(as_markdown(document(clean)))
    tags = parsed(rendered)
    assert tags.wrong == []
    counted = [tag for tag, _ in tags.tags]
    assert set(counted) <= {
        "h1", "h2", "p", "ul", "li", "code", "table", "thead", "tbody", "tr", "th", "td",
    }, rendered  # fmt: skip
    assert counted.count("td") == 4 and counted.count("li") == 2, rendered
    assert counted.count("h1") == counted.count("h2") == 1
    shown = " ".join(tags.text).split()
    assert " ".join(shown).count(" ".join(clean.split())) >= 4, rendered


@pytest.mark.parametrize("words", HOSTILE)
def test_words_are_words_in_a_page(words: str) -> None:
    from ftpwatch.report.cleaning import Cleaning

    clean = Cleaning().wire(words)
    tags = parsed(as_page(document(clean)))
    assert tags.wrong == [] and tags.open == []
    assert not {"script", "img", "a", "i", "b"} & {tag for tag, _ in tags.tags}
    assert "".join(tags.text).count(clean) >= 9  # title, headings, lines, cells


def test_the_hostile_report_is_text_in_markdown(written: dict[str, str]) -> None:
    tags = parsed(PLAIN.render(written["md"]))
    assert tags.wrong == []
    assert not {"script", "img", "a", "i", "b", "s", "strike"} & {tag for tag, _ in tags.tags}
    heads = [line for line in written["md"].splitlines() if line.startswith("# ")]
    assert len(heads) == 1


def test_the_page_stands_alone_and_may_do_nothing(written: dict[str, str]) -> None:
    page = written["html"]
    tags = parsed(page)
    assert tags.wrong == [] and tags.open == []
    names = {tag for tag, _ in tags.tags}
    assert not names & {"script", "img", "a", "link", "iframe", "object", "form", "base", "use"}
    attributes = {name for _, attrs in tags.tags for name in attrs}
    assert not {"src", "href", "srcset", "style", "action", "xlink:href"} & attributes
    assert not [name for name in attributes if name.startswith("on")]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert "url(" not in style and "@import" not in style
    policy = next(attrs["content"] or "" for _, attrs in tags.tags if "http-equiv" in attrs)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert "svg" in names and "prefers-color-scheme:dark" in style and "@media print" in style


def test_no_control_character_is_in_any_format(written: dict[str, str]) -> None:
    for form, text in written.items():
        bad = re.findall(
            r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ud800-\udfff]", text
        )
        assert bad == [], form
    assert written["json"].isascii()
    assert re.fullmatch(r"[\x20-\x7e]+\n", written["json"])


def test_json_has_its_fixed_names(written: dict[str, str]) -> None:
    told = json.loads(written["json"])
    assert list(told) == [
        "v", "report", "answer", "read", "ends", "causes", "incidents", "timeline", "first",
        "newest", "limits", "keep_alives", "for_operators", "versions", "not_listed",
    ]  # fmt: skip
    assert list(told["answer"]) == [
        "what_ended", "how_often", "since_when", "why", "what_to_do", "cause", "confidence",
    ]  # fmt: skip
    end = told["newest"][-1]
    assert set(end) == {
        "at", "seq", "place", "session", "connection", "host", "user", "closed", "idle_seconds",
        "open_seconds", "incident", "heading", "summary", "code", "cause", "confidence",
        "evidence", "against", "alternatives", "advice", "server", "directive", "clock",
        "limit_seconds",
    }  # fmt: skip
    assert end["at"].endswith("Z")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("idle_timeout stays", "idle_timeout stays"), ("_x_ *y*", r"\_x\_ \*y\*"),
        ("a|b <c>", r"a\|b \<c\>"), ("see www.x.example now", "see `www.x.example` now"),
        ("ask @ops", "ask `@ops`"),
    ],
)  # fmt: skip
def test_prose_is_escaped_as_little_as_can_be(text: str, shown: str) -> None:
    assert prose(text) == shown


@pytest.mark.parametrize("text", ["`", "``a`", "a`", "", " x "])
def test_a_code_span_holds_whatever_it_is_given(text: str) -> None:
    rendered = PLAIN.render(code_span(text)).strip()
    assert rendered == f"<p><code>{html.escape(text.strip() or '-')}</code></p>"
