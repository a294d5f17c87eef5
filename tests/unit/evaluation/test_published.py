"""Figures of the source documents."""

from pathlib import Path

import pytest

from pipeline.evaluation.metrics import METRICS
from pipeline.evaluation.published import GROUPS, _table, published_figures

CONF = Path(__file__).parents[3] / "conf"
ENRON = {"dataset": "enron_spam", "model": "gru", "embedding": "learned", "sampling": "undersample", "split": "holdout"}
SMS = {"dataset": "sms_spam", "model": "sms_rnn", "embedding": "learned", "sampling": "none", "split": "holdout"}


def test_folds_are_told_by_their_mean() -> None:
    """GRU in 5 folds: 0.9964 and four times 1.0."""
    (figure,) = published_figures(ENRON | {"split": "kfold"})
    assert figure.value == pytest.approx((0.9964 + 4) / 5)
    assert figure.values == [0.9964, 1, 1, 1, 1]


@pytest.mark.parametrize(("choices", "value", "is_approximate"), [
    (ENRON, 0.9672, False),
    (ENRON | {"sampling": "none"}, 0.9854, False),
    (ENRON | {"model": "simple_rnn"}, 0.94, True),
    (ENRON | {"model": "gru_two_chain", "embedding": "numberbatch"}, 1.0, False),
])  # fmt: skip
def test_recall_on_enron(choices: dict[str, str], value: float, is_approximate: bool) -> None:
    (figure,) = published_figures(choices)
    assert (figure.metric, figure.value, figure.is_approximate) == ("recall", value, is_approximate)
    assert figure.values == []


def test_accuracy_and_precision_on_sms() -> None:
    assert [(figure.metric, figure.value) for figure in published_figures(SMS)] == [
        ("accuracy", 0.9839),
        ("precision", 0.98),
    ]


@pytest.mark.parametrize(
    "change", [{"dataset": "sms_spam"}, {"embedding": "glove"}, {"model": "of_our_own"}, {"split": ""}]
)
def test_nothing_is_claimed_for_other_runs(change: dict[str, str]) -> None:
    assert published_figures(ENRON | change) == []
    assert published_figures({}) == []


def test_every_row_can_be_matched() -> None:
    table = _table()
    for group in GROUPS:
        assert set(table[group]) <= {path.stem for path in (CONF / group).glob("*.yaml")}
    assert set(table["metric"]) <= {metric.key for metric in METRICS}
    assert table["value"].between(0, 1).all()
