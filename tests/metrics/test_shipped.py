"""The dashboard and the rules that are shipped: valid, and about metrics that there are."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from knowledge.contexts import Tale

from ftpwatch.cli.metrics import metrics
from ftpwatch.core.ftp.command import Purpose
from ftpwatch.core.journal.events import LimitKnown
from ftpwatch.core.journal.vocabulary import ClockName, LimitSource
from ftpwatch.metrics.shipped import SHIPPED, shipped
from metrics.pages import Exposed, program

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def exposed() -> set[str]:
    tale = Tale()
    watch = Exposed(tale.watch)
    tale.ready(keep_alive=30).asks(30, "NOOP", Purpose.KEEP_ALIVE)
    tale.happens(1, LimitKnown("192.0.2.1", 21, ClockName.IDLE, 60.0, LimitSource.OBSERVED))
    tale.keeps_alive(31, 40).closes(50)
    watch.ends.settle(100)
    return watch.page().names


@pytest.mark.parametrize("what", SHIPPED)
def test_every_metric_that_it_names_is_exposed(what: str, exposed: set[str]) -> None:
    text = shipped(what)
    named = set(re.findall(r"\bftpwatch_[a-z_]+", text))
    assert len(named) >= 8
    assert named - exposed == set()


def test_readme_lists_what_is_exposed(exposed: set[str]) -> None:
    text = (HERE.parent.parent / "ftpwatch" / "manual" / "monitoring.md").read_text()
    section = text.partition("\n## Metrics\n")[2].partition("\n## ")[0]
    listed = set(re.findall(r"\bftpwatch_[a-z_]+", section))
    parts = ("_bucket", "_count", "_sum")
    assert listed == {name for name in exposed if not name.endswith(parts)} | {
        "ftpwatch_reply_seconds"
    }


@pytest.mark.parametrize("what", SHIPPED)
def test_the_command_prints_it_as_it_is(what: str) -> None:
    done = CliRunner().invoke(metrics, [what])
    assert (done.exit_code, done.output) == (0, shipped(what))
    assert CliRunner().invoke(metrics, ["nonsense"]).exit_code == 2


def test_the_dashboard_is_complete() -> None:
    dashboard = json.loads(shipped("dashboard"))
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) >= 10
    for panel in panels:
        assert panel["title"] and panel["description"] and panel["targets"]
        assert panel["datasource"]["uid"] == "${datasource}"
    variables = {variable["name"] for variable in dashboard["templating"]["list"]}
    used = set(re.findall(r"\$([a-z]+)\b", json.dumps(panels)))
    assert used <= variables


def test_promtool_takes_the_rules(tmp_path: Path) -> None:
    rules = tmp_path / "alerts.yaml"
    rules.write_text(shipped("alerts"))
    checked = promtool("check", "rules", "--lint=all", "--lint-fatal", str(rules))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_rule_strikes_where_it_should_and_only_there(tmp_path: Path) -> None:
    cases = HERE / "alerts_test.yaml"
    (tmp_path / "alerts.yaml").write_text(shipped("alerts"))
    shutil.copy(cases, tmp_path)
    tested = promtool("test", "rules", str(tmp_path / cases.name))
    assert tested.returncode == 0, tested.stdout + tested.stderr
    names = re.findall(r"- alert: (\w+)", shipped("alerts"))
    struck = re.findall(r"alertname: (\w+)\n\s+exp_alerts", cases.read_text())
    assert set(struck) == set(names) and len(names) == len(set(names))


def promtool(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([program("promtool"), *words], capture_output=True, text=True)
