import numpy as np
import pandas as pd
import pytest
from judged_samples import messages, passes_of, stream_of
from sklearn import metrics as sklearn_metrics

from pipeline.artifacts.streams import Passes, Stream, StreamScores
from pipeline.errors import UserError
from pipeline.evaluation.streams import totals
from pipeline.evaluation.streams.curves import POINTS, thin_roc_curve
from pipeline.evaluation.streams.judge import judge
from pipeline.evaluation.streams.measures import KEYS, measure_stream

COLUMNS = ["part", "model", "metric", "value", "low", "high", "difference", "difference_low", "difference_high"]
RECOVERIES = ["model", "recall_before", "lowest", "messages", "positives", "alarm_after"]


def judged(
    stream: Stream, passes: Passes, *, reference: str = "good", resamples: int = 50, window: int = 50
) -> StreamScores:
    return judge(stream, passes, window=window, every=10, resamples=resamples, seed=1, reference=reference, delta=0.002)


def two_models(n: int = 300, share: float = 0.4, first: dict[str, int] | None = None) -> tuple[Stream, Passes]:
    labels, scores, _ = messages(seed=4, n=n, share=share)
    noise = np.random.default_rng(5).normal(0, 3, n)
    return stream_of(labels, changed_at=n // 2, group_size=3), passes_of({"good": scores, "bad": scores + noise}, first)


def values(scores: StreamScores, part: str, model: str, column: str = "value") -> dict[str, float]:
    table = scores.totals[(scores.totals["part"] == part) & (scores.totals["model"] == model)]
    return dict(zip(table["metric"], table[column], strict=True))


def test_totals_are_those_of_the_messages_of_each_part() -> None:
    stream, passes = two_models()
    scores = judged(stream, passes)
    rows = np.arange(300)
    parts = {"all": rows >= 0, "unfamiliar": rows % 3 == 0, "before": rows < 150, "after": rows >= 150}
    parts["just after"] = (rows >= 150) & (rows < 200)  # as many as a window has
    assert list(scores.totals.columns) == COLUMNS
    assert scores.totals["part"].unique().tolist() == list(parts)
    labels = stream.table["label"].to_numpy()
    for model, said in passes.predictions.groupby("model"):
        score, called = said["score"].to_numpy(), said["called"].to_numpy()
        for part, inside in parts.items():
            expected = measure_stream(labels[inside], score[inside], called[inside])
            assert values(scores, part, str(model)) == {key: value.item() for key, value in expected.items()}


def test_intervals_hold_their_value_and_differences_are_between_models() -> None:
    scores = judged(*two_models(), resamples=200)
    table = scores.totals[scores.totals["part"] == "all"]
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()
    good, bad, gap = (values(scores, "all", *which) for which in (("good",), ("bad",), ("bad", "difference")))
    assert gap == pytest.approx({key: bad[key] - good[key] for key in KEYS})
    assert values(scores, "all", "bad", "difference_high")["mcc"] < 0  # paired, the worse model is so beyond chance
    assert all(np.isnan(list(values(scores, "all", "good", column).values())).all() for column in COLUMNS[6:])


def test_just_after_the_change_models_are_held_against_the_reference() -> None:
    """A model that goes blind at the change is worse there, though not by all that comes after."""
    labels, _, _ = messages(seed=10, n=3000, share=0.5)
    right = np.where(np.arange(3000) % 20 == 0, -1, 1) * (2.0 * labels - 1)
    blind = right.copy()
    blind[1000:1050] = -1
    scores = judged(stream_of(labels, changed_at=1000), passes_of({"good": right, "blind": blind}), window=200)
    gap, high = (values(scores, "just after", "blind", column)["recall"] for column in COLUMNS[6:9:2])
    assert gap == pytest.approx(-labels[1000:1050].sum() / labels[1000:1200].sum(), abs=0.02)
    assert high < -0.1
    assert abs(values(scores, "after", "blind", "difference")["recall"]) < 0.05
    at_end = judged(stream_of(labels, changed_at=2950), passes_of({"good": right}), window=200)
    assert values(at_end, "just after", "good") == values(at_end, "after", "good"), "what there is of a window"


@pytest.mark.parametrize(("positives", "tells"), [(totals.FEWEST_GROUPS - 1, False), (totals.FEWEST_GROUPS, True)])
def test_a_class_of_few_groups_has_no_intervals(positives: int, tells: bool) -> None:
    """The same few messages drawn again and again would look like certainty."""
    labels = np.zeros(400, np.int8)
    labels[: 2 * positives] = 1  # two messages a group
    right = 2.0 * labels - 1
    scores = judged(stream_of(labels, group_size=2), passes_of({"good": right, "bad": -right}), resamples=200)
    value, low, gap, gap_high = (values(scores, "all", "bad", column) for column in ("value", "low", *COLUMNS[6:9:2]))
    for key in ("recall", "precision", "f1", "mcc", "pr_auc", "one_minus_auc_percent"):
        assert np.isnan([low[key], gap_high[key]]).tolist() == [not tells] * 2, key
        assert np.isfinite([value[key], gap[key]]).all(), key
    assert np.isfinite([low["fpr"], low["accuracy"], gap_high["fpr"]]).all(), "these ask for no positives"


def test_no_interval_where_too_many_resamples_are_undefined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three groups of a class one resample in twenty has none."""
    monkeypatch.setattr(totals, "FEWEST_GROUPS", 1)
    found = []
    for positives in (1, 8):
        labels = (np.arange(300) < positives).astype(np.int8)
        scores = judged(stream_of(labels), passes_of({"good": 2.0 * labels - 1}), resamples=200)
        found.append(values(scores, "all", "good", "low")["recall"])
    assert np.isnan(found).tolist() == [True, False]


@pytest.mark.parametrize("score", [np.nan, np.inf])
def test_scores_that_diverge_are_the_users_to_mend(score: float) -> None:
    labels, scores, _ = messages(seed=6, n=100)
    astray = scores.copy()
    astray[70:] = score
    with pytest.raises(UserError, match="'bad' diverges: its score at position 70") as caught:
        judged(stream_of(labels), passes_of({"good": scores, "bad": astray}))
    assert "Lower its rate" in caught.value.remedy


def test_a_model_differs_from_itself_by_nothing() -> None:
    labels, scores, _ = messages(seed=6, n=100)
    same = judged(stream_of(labels, group_size=2), passes_of({"good": scores, "twin": scores}))
    for part in ("all", "unfamiliar"):
        for column in COLUMNS[6:]:
            assert values(same, part, "twin", column) == dict.fromkeys(KEYS, 0.0)


def test_groups_widen_intervals() -> None:
    """Ten copies of a message are the evidence of one."""
    labels, scores, _ = messages(seed=7, n=40)
    labels, scores = labels.repeat(10), scores.repeat(10)
    alone, grouped = (judged(stream_of(labels, group_size=size), passes_of({"good": scores})) for size in (1, 10))
    wide, narrow = ((scores.totals["high"] - scores.totals["low"]).iloc[0] for scores in (grouped, alone))
    assert 2 < wide / narrow < 5  # the square root of 10 is 3.2


def test_the_seed_decides() -> None:
    stream, passes = two_models()
    once, again = (judged(stream, passes) for _ in range(2))
    pd.testing.assert_frame_equal(once.totals, again.totals)
    settings = {"window": 50, "every": 10, "resamples": 50, "reference": "good", "delta": 0.002}
    assert not judge(stream, passes, seed=2, **settings).totals.equals(once.totals)


def test_resamples_in_blocks_are_as_many(monkeypatch: pytest.MonkeyPatch) -> None:
    groups = np.arange(30) // 2
    monkeypatch.setattr(totals, "CELLS", 100)
    blocks = list(totals._weightings(groups, 10, seed=1))
    assert [block.shape for block in blocks] == [(1, 30), (3, 30), (3, 30), (3, 30), (1, 30)]
    assert len({block.tobytes() for row in blocks[1:] for block in row}) == 10  # no block repeats another


def test_totals_start_where_all_models_have_scored() -> None:
    stream, passes = two_models(first={"bad": 80})
    scores = judged(stream, passes)
    assert scores.start == 80
    said = passes.predictions[passes.predictions["model"] == "good"]
    labels = stream.table["label"].to_numpy()
    for part, inside in {"all": slice(80, None), "before": slice(80, 150), "after": slice(150, None)}.items():
        late = measure_stream(labels[inside], said["score"].to_numpy()[inside], said["called"].to_numpy()[inside])
        assert values(scores, part, "good") == {key: value.item() for key, value in late.items()}
    windows = scores.windows.set_index(["model", "position"])["accuracy"]
    assert windows.loc["good"].notna().all()
    assert windows.loc["bad"].index[windows.loc["bad"].notna()].min() == 130
    recoveries = scores.recoveries.set_index("model")
    assert recoveries["recall_before"].notna().all()


def test_a_model_that_starts_after_the_change_leaves_no_before() -> None:
    scores = judged(*two_models(first={"bad": 200}))
    assert scores.totals.loc[scores.totals["part"] == "before", COLUMNS[3:]].isna().all(axis=None)
    assert scores.recoveries.set_index("model")["recall_before"].isna().tolist() == [False, True]


@pytest.mark.parametrize("label", [0, 1])
def test_a_stream_of_one_class_has_no_rankings_and_no_curves(label: int) -> None:
    labels, scores, _ = messages(seed=8, n=120)
    scores = judged(stream_of(np.full_like(labels, label), changed_at=60), passes_of({"good": scores, "bad": -scores}))
    for part in ("all", "unfamiliar", "before", "after"):
        of_part = values(scores, part, "bad")
        assert np.isnan([of_part["mcc"], of_part["pr_auc"], of_part["one_minus_auc_percent"]]).all()
        assert np.isnan(of_part["recall"]) == (label == 0)
        assert 0 < of_part["accuracy"] < 1
    assert scores.curves.empty
    assert list(scores.curves.columns) == ["model", "false_positive_rate", "recall"]


def test_fewer_messages_than_the_window() -> None:
    labels, scores, _ = messages(seed=9, n=30)
    scores = judged(stream_of(labels, changed_at=15), passes_of({"good": scores}))
    assert list(scores.windows.columns) == ["model", "position", *KEYS]
    assert scores.windows.empty
    assert scores.recoveries.drop(columns="model").isna().all(axis=None)
    assert values(scores, "all", "good")["accuracy"] > 0.5


def test_a_stream_that_never_changes_has_neither_parts_nor_recoveries() -> None:
    labels, scores, _ = messages(seed=9, n=100)
    scores = judged(stream_of(labels), passes_of({"good": scores}))
    assert scores.totals["part"].unique().tolist() == ["all", "unfamiliar"]
    assert scores.recoveries.empty
    assert list(scores.recoveries.columns) == RECOVERIES


def test_a_change_of_words_rings_and_is_recovered_from() -> None:
    """From message 1,000 on spam goes unseen for 200 messages."""
    labels, _, _ = messages(seed=10, n=3000, share=0.5)
    right = 2.0 * labels - 1
    blind = right.copy()
    blind[1000:1200] = -1
    scores = judged(stream_of(labels, changed_at=1000), passes_of({"good": right, "blind": blind}), window=200)
    assert scores.alarms["model"].unique().tolist() == ["blind"]
    assert 1000 < scores.alarms["position"].iloc[0] < 1100
    good, blind = scores.recoveries.set_index("model").to_dict("index").values()
    assert (good["lowest"], good["messages"]) == (1, 0)
    assert np.isnan(good["alarm_after"])
    assert (blind["recall_before"], blind["lowest"]) == (1, 0)
    # Of about 100 spam messages in a window 5 may be missed: some 10 messages before all of the 200 are out.
    assert 370 < blind["messages"] < 400
    assert blind["positives"] == labels[1000 : 1000 + int(blind["messages"])].sum()
    assert blind["alarm_after"] == scores.alarms["position"].iloc[0] - 1000


def test_every_table_has_the_models_in_the_order_of_the_predictions() -> None:
    scores = judged(*two_models())
    assert scores.recoveries["model"].tolist() == ["good", "bad"]
    for table in (scores.totals, scores.windows, scores.curves):
        assert table["model"].unique().tolist() == ["good", "bad"]
        assert table.index.equals(pd.RangeIndex(len(table)))


def test_a_reference_that_is_no_model_is_the_users_mistake() -> None:
    with pytest.raises(UserError, match="'gru'") as caught:
        judged(*two_models(), reference="gru")
    assert "good, bad" in caught.value.expected


def test_thin_curves_keep_their_ends_and_lie_on_the_whole_curve() -> None:
    random = np.random.default_rng(3)
    labels = (random.random(20_000) < 0.3).astype(np.int8)
    scores = labels + random.normal(0, 0.5, len(labels))
    thin = thin_roc_curve(labels, scores)
    whole = sklearn_metrics.roc_curve(labels, scores)[:2]
    assert 50 < len(thin) <= POINTS < len(whole[0])
    assert thin.iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
    assert set(map(tuple, thin.to_numpy())) <= set(zip(*whole, strict=True))
    assert (thin["false_positive_rate"] < 0.01).sum() > 20  # where good filters differ
    area = np.trapezoid(thin["recall"], thin["false_positive_rate"])
    assert area == pytest.approx(sklearn_metrics.roc_auc_score(labels, scores), abs=0.002)
