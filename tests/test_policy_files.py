"""Rules and data that are wrong are refused with file and line, and the shipped ones explain each line."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from probing import (
    POLICY,
    small_store,
)
from small_hospital import NOW, people, staff_request

from middleware.store.database import SqlStore
from policies.check import check_policy, kinds_of_change, problems_of
from policies.data import DATA_FILES, BadPolicyData, load_data
from policies.data import HERE as DATA
from policies.drafting import draft_plan
from policies.explain import explain
from policies.rulebook import HERE as RULES
from policies.rulebook import BadRules, load_rules


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with small_store(tmp_path_factory.mktemp("policies")) as made:
        yield made


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("everyday.cedar", "context.line.minutes > 30", "context.line.minuets > 30", "minuets"),
        ("everyday.cedar", "when { context.line.minutes > 30 };", "when { context.line.minutes > };", ""),
        ("governance.cedar", '"rules.owners:2"', '"rules.owners:1"', "rules.owners:2"),
        ("money.cedar", '@expires("72h")', '@expires("soon")', "soon"),
        ("never.cedar", '@id("never.triage")', '@id("never.discharge")', "already"),
    ],
)
def test_a_bad_rule_is_refused_with_file_and_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / file
    text = path.read_text()
    line = text[: text.index(old)].rpartition("@id(")[0].count("\n") + 1
    path.write_text(text.replace(old, new))
    with pytest.raises(BadRules, match=rf"{file}:\d+: .*{said}") as caught:
        load_rules(tmp_path / "rules")
    if "@id" not in old:
        assert f"{file}:{line}:" in str(caught.value)


@pytest.mark.parametrize("file", [*DATA_FILES, "packs/hours_16_10_60.toml"])
def test_bad_data_is_refused_with_its_file(tmp_path: Path, file: str) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    (tmp_path / "data" / file).write_text("nonsense = [1\n")
    with pytest.raises(BadPolicyData, match=file):
        load_data(tmp_path / "data")


def test_the_shipped_policy_has_no_problems_and_a_planted_one_is_found() -> None:
    assert check_policy() == ()
    data = load_data()
    fewer = data.model_copy(update={"roles": {k: v for k, v in data.roles.items() if k != "nurse_manager"}})
    assert any("nurse_manager" in problem for problem in problems_of(POLICY.rules, fewer))
    assert len(kinds_of_change()) > 5


def test_each_line_is_explained_by_the_rules_that_asked(store: SqlStore) -> None:
    with store.reading() as world:
        plan = draft_plan(world, POLICY, people()["cleo"], "A", [staff_request("agency", number=8)], NOW)
    told = explain(POLICY, plan)
    assert [(one.rule, one.gate) for one in told] == [("agency.unit", "agency"), ("agency.cost-manager", "agency")]
    assert "nils" in told[0].asks
    assert told[0].where.startswith("staffing.cedar:")
