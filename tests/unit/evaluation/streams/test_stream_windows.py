import numpy as np
import pytest
from judged_samples import messages

from pipeline.evaluation.streams.measures import KEYS, measure_stream
from pipeline.evaluation.streams.windows import slide, slide_recall


@pytest.mark.parametrize(("window", "every"), [(20, 7), (20, 1), (7, 20), (100, 1), (1, 1)])
@pytest.mark.parametrize("first", [0, 13])
def test_windows_equal_the_metrics_of_the_slice(window: int, every: int, first: int) -> None:
    labels, scores, called = messages(seed=1, n=100, share=0.1)  # some windows have no positive message
    table = slide(labels, scores, called, first=first, window=window, every=every)
    assert table["position"].tolist() == list(range(window, 101, every))
    for row in table.to_dict("records"):
        last = slice(row["position"] - window, row["position"])
        measured = measure_stream(labels[last], scores[last], called[last])
        expected = {key: value.item() for key, value in measured.items()}
        if last.start < first:
            expected = dict.fromkeys(KEYS, np.nan)
        assert {key: row[key] for key in KEYS} == pytest.approx(expected, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("first", [0, 13, 100])
@pytest.mark.parametrize("window", [1, 20, 100])
def test_sliding_recall_equals_the_recall_of_the_slice(window: int, first: int) -> None:
    labels, scores, called = messages(seed=2, n=100, share=0.1)
    recall = slide_recall(labels, called, first=first, window=window)
    assert recall.shape == (101,)
    assert np.isnan(recall[: first + window]).all()
    for end in range(first + window, 101):
        last = slice(end - window, end)
        expected = measure_stream(labels[last], scores[last], called[last])["recall"].item()
        assert recall[end] == pytest.approx(expected, nan_ok=True)


def test_a_stream_shorter_than_the_window_has_none() -> None:
    labels, scores, called = messages(seed=3, n=19)
    table = slide(labels, scores, called, first=0, window=30, every=5)
    assert list(table.columns) == ["position", *KEYS]
    assert table.empty
    assert np.isnan(slide_recall(labels, called, first=0, window=30)).all()


def test_a_model_that_never_had_a_full_window_has_rows_without_values() -> None:
    labels, scores, called = messages(seed=3, n=40)
    table = slide(labels, scores, called, first=30, window=20, every=5)
    assert table["position"].tolist() == [20, 25, 30, 35, 40]
    assert table[list(KEYS)].isna().all(axis=None)
