"""The tables of a comparison, as rows and as files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from comparison_samples import PLANS, write_comparison

from pipeline.reporting.comparison import tables
from pipeline.reporting.comparison.facts import PublishedFigure
from pipeline.reporting.comparison.files import as_csv, as_latex, as_markdown
from pipeline.reporting.comparison.scene import Scene, read_comparison
from pipeline.reporting.comparison.tables import Cell, Column, Table

NASTY = "a_b & 100 % {x} \\y | <b> #$^~"


@pytest.fixture(scope="module", params=["four", "seeds", "odd"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    return read_comparison(write_comparison(tmp_path_factory.mktemp("made") / "it", PLANS[request.param]))


@pytest.fixture
def nasty() -> Table:
    row = [Cell(NASTY, stands_out=True), Cell("0.5", "[0.4, 0.6]")]
    return Table("it", "how, to 95 %", [Column("Name"), Column("Value", is_number=True)], [[row], [row]], [
        {"name": NASTY, "value": 0.1 + 0.2, "low": float("nan")}, {"name": "b", "value": None, "more": 1},
    ])  # fmt: skip


def test_every_row_has_a_cell_for_every_column(scene: Scene) -> None:
    for table in tables.all_tables(scene):
        assert {len(row) for body in table.bodies for row in body} == {len(table.columns)}


def test_results_hold_models_then_baselines(scene: Scene) -> None:
    models, *baselines = tables.results(scene).bodies
    assert [row[0].text for row in models] == [variant.name for variant in scene.models]
    assert [row[0].text for body in baselines for row in body] == [variant.name for variant in scene.baselines]


def test_the_best_stands_out_unless_it_must_not_be_compared(scene: Scene) -> None:
    table = tables.results(scene)
    column = [one.head for one in table.columns].index("F1")
    found = [row[column] for body in table.bodies for row in body if row[column].stands_out]
    highest = max(variant.summary["f1"].mean for variant in scene.comparison.variants)
    assert [cell.text.split()[0] for cell in found] == ([] if scene.is_mixed else [f"{highest:.3f}"])


def test_deviations_are_told_where_there_are_several_runs(scene: Scene) -> None:
    first = tables.results(scene).bodies[0][0]
    column = [one.head for one in tables.results(scene).columns].index("F1")
    is_told = re.fullmatch(r"\d\.\d{3} \(\d\.\d{3}\)", first[column].text) is not None
    assert is_told != scene.is_single


def test_verdicts_name_the_winner(scene: Scene) -> None:
    said = {"first": 0, "second": 0, "none": 0}
    for pair, row in zip(scene.comparison.pairs, tables.pairs(scene).bodies[0], strict=True):
        said[pair.verdict] += 1
        verdict = row[-1].text.replace("“", "").replace("”", "")
        expected = {
            "first": f"{pair.first} better than {pair.second}",
            "second": f"{pair.second} better than {pair.first}",
            "none": "no detectable difference",
        }[pair.verdict]
        assert verdict == expected
    assert sum(said.values()) == len(scene.comparison.pairs)


def test_records_hold_every_test_of_every_pair(scene: Scene) -> None:
    found = [(record["first"], record["second"], record["test"]) for record in tables.pairs(scene).records]
    assert found == [(pair.first, pair.second, test.test) for pair in scene.comparison.pairs for test in pair.tests]


@pytest.mark.parametrize(
    ("value", "is_approximate", "said"),
    [(0.94, True, "recall about 0.94"), (0.9672, False, "recall 0.9672"), (1.0, False, "recall 1.0")],
)
def test_published_figures_are_written_as_published(value: float, *, is_approximate: bool, said: str) -> None:
    assert tables.published(PublishedFigure("recall", value, is_approximate, "a report", [])) == said


def test_abbreviations_keep_their_capitals() -> None:
    assert tables.published(PublishedFigure("f1", 0.5, is_approximate=False, source="", values=[])) == "F1 0.5"
    assert tables.published(PublishedFigure("pr_auc", 0.5, is_approximate=False, source="", values=[])) == "PR-AUC 0.5"


def test_csv_reads_back_at_full_precision(nasty: Table) -> None:
    first, second = csv.DictReader(io.StringIO(as_csv(nasty)))
    assert first == {"name": NASTY, "value": repr(0.1 + 0.2), "low": "", "more": ""}
    assert second == {"name": "b", "value": "", "low": "", "more": "1"}


def test_markdown_has_as_many_cells_in_every_line(nasty: Table) -> None:
    lines = [line for line in as_markdown(nasty).splitlines() if line.startswith("|")]
    assert len(lines) == 4
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in lines} == {3}
    assert lines[1] == "| --- | ---: |"
    assert r"**a\_b &amp; 100 %" in lines[2]
    assert r"\\y \| &lt;b&gt;" in lines[2]


def test_latex_has_as_many_cells_in_every_line(nasty: Table) -> None:
    source = as_latex(nasty)
    code = [line for line in source.splitlines() if not line.startswith("%")]
    rows = [line for line in code if line.endswith(r"\\")]
    assert len(rows) == 5
    assert {len(re.findall(r"(?<!\\)&", line)) for line in rows} == {1}
    assert code[0] == r"\begin{tabular}{lr}"
    assert code[-1] == r"\end{tabular}"
    assert [line for line in code if line.endswith("rule")] == [r"\toprule", r"\midrule", r"\midrule", r"\bottomrule"]


def test_latex_escapes_all_that_would_act(nasty: Table) -> None:
    row = next(line for line in as_latex(nasty).splitlines() if line.startswith(r"\textbf"))
    assert r"a\_b \& 100 \% \{x\} \textbackslash{}y \textbar{} \textless{}b\textgreater{} \#\$" in row
    assert r"\textasciicircum{}\textasciitilde{}" in row


@pytest.mark.parametrize("name", ["four", "odd"])
def test_latex_groups_and_braces_balance(name: str, tmp_path: Path) -> None:
    scene = read_comparison(write_comparison(tmp_path / name, PLANS[name]))
    for table in tables.all_tables(scene):
        bare = re.sub(r"\\[&%$#_{}\\]", "", re.sub(r"^%.*$", "", as_latex(table), flags=re.MULTILINE))
        assert bare.count("{") == bare.count("}")
        assert bare.count("$") % 2 == 0
        assert not re.search(r"\\\\\s*(?:\\midrule\s*)?\[", as_latex(table)), "a bracket would be read as an option"
        assert bare.isascii()
