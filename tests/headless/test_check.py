"""`ftpwatch check` in words: the form of monitoring plugins, and that nobody forges it."""

from hypothesis import given
from hypothesis import strategies as st
from plugin_output import read_output

from ftpwatch.core.state.checked import Checked, Limits, Metric, Status
from ftpwatch.headless.check import checks_status, checks_text, unknown_text

TOTAL = Metric("total", 0.0123456, "s", Limits(2.0, 5.0))


def test_one_target_is_one_line() -> None:
    days = Metric("certificate_days", 12, limits=Limits(30.0, 7.0), at_least=True)
    text = checks_text([Checked("eu-1", Status.WARNING, "12 days", (TOTAL, days))])
    assert text == (
        "FTP WARNING - eu-1: 12 days|total=0.012346s;2;5;0 certificate_days=12;30:;7:;\n"
    )


def test_several_targets_are_summed_up_and_the_data_stand_last() -> None:
    checks = [
        Checked("eu-1", Status.OK, "fine", (TOTAL,)),
        Checked("eu-2", Status.CRITICAL, "421 full", ()),
        Checked("us", Status.WARNING, "slow", (TOTAL,)),
    ]
    assert checks_text(checks) == (
        "FTP CRITICAL - 1 CRITICAL, 1 WARNING, 1 OK of 3 targets - eu-2: 421 full\n"
        "FTP OK - eu-1: fine\n"
        "FTP CRITICAL - eu-2: 421 full\n"
        "FTP WARNING - us: slow|'eu-1::total'=0.012346s;2;5;0 "
        "'us::total'=0.012346s;2;5;0\n"
    )
    assert checks_status(checks) == 2


def test_what_is_known_to_be_wrong_counts_more_than_what_is_not_known() -> None:
    checks = [Checked(s.name, s, "") for s in (Status.UNKNOWN, Status.OK)]
    assert checks_status(checks) is Status.UNKNOWN
    assert checks_status([*checks, Checked("w", Status.WARNING, "")]) is Status.WARNING
    assert checks_status([]) is Status.OK


def test_words_of_a_server_are_neither_lines_nor_data_nor_html() -> None:
    text = "421 a\nFTP OK - all fine|total=0s;;; 'x'=1 \x1b[2J\u2028<img src=x>\u202e\x85"
    printed = checks_text([Checked("eu-1", Status.CRITICAL, text, (TOTAL,))])
    assert printed.count("\n") == 1
    assert list(read_output(printed).data) == ["total"]
    assert printed.startswith("FTP CRITICAL - eu-1: 421 a␊FTP OK - all fine¦total=0s")
    assert not set("<>\x1b\u2028\u202e\x85") & set(printed)


def test_names_that_look_alike_in_labels_are_told_apart() -> None:
    checks = [Checked(name, Status.OK, "fine", (TOTAL,)) for name in ("a=b", "a'b", "a b", "ä")]
    assert list(read_output(checks_text(checks)).data) == [
        "a_b::total", "a_b_::total", "a_b__::total", "_::total",
    ]  # fmt: skip


def test_a_refusal_is_a_line_of_the_same_form() -> None:
    assert unknown_text("no such\n|option") == "FTP UNKNOWN - no such␊¦option\n"


anything = st.text(max_size=80)
numbers = st.floats(-1e9, 1e9) | st.integers(-(10**12), 10**12).map(float)
metrics = st.builds(
    Metric, st.sampled_from(("total", "file_age", "entries")), numbers, st.sampled_from(("", "s")),
    st.builds(Limits, st.none() | numbers, st.none() | numbers), st.booleans(),
)  # fmt: skip
checked = st.builds(
    Checked, anything, st.sampled_from(Status), anything,
    st.lists(metrics, max_size=3, unique_by=lambda metric: metric.label).map(tuple),
)  # fmt: skip


@given(st.lists(checked, min_size=1, max_size=4))
def test_whatever_is_said_the_output_keeps_to_the_grammar(checks: list[Checked]) -> None:
    output = read_output(checks_text(checks))
    assert output.state == checks_status(checks).name
    assert len(output.lines) == (len(checks) if len(checks) > 1 else 0)
    assert len(output.data) == sum(len(checked.metrics) for checked in checks)
