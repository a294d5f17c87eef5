import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from pipeline.evaluation.curves import precision_recall_curve, roc_curve
from pipeline.evaluation.metrics import measure


@pytest.fixture
def scored() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(1)
    labels = (random.random(80) < 0.4).astype(int)
    return labels, np.round(np.clip(0.4 + 0.2 * labels + random.normal(0, 0.3, 80), 0, 1), 1)


def test_the_roc_curve_rises_from_0_to_1_over_the_area_it_is_known_by(scored: tuple[np.ndarray, np.ndarray]) -> None:
    curve = roc_curve(*scored)
    assert curve.iloc[[0, -1]].to_numpy().tolist() == [[0, 0], [1, 1]]
    assert (curve.diff().iloc[1:] >= 0).all(axis=None)
    assert np.trapezoid(curve["recall"], curve["false_positive_rate"]) == pytest.approx(roc_auc_score(*scored))


def test_the_steps_of_the_precision_recall_curve_add_up_to_average_precision(
    scored: tuple[np.ndarray, np.ndarray],
) -> None:
    curve = precision_recall_curve(*scored)
    assert curve["recall"].iloc[[0, -1]].tolist() == [0, 1]
    area = (curve["recall"].diff() * curve["precision"]).sum()
    assert area == pytest.approx(measure(*scored, 0.5)["pr_auc"].item())


def test_the_precision_recall_curve_of_a_constant_model_is_flat() -> None:
    curve = precision_recall_curve(np.array([0, 0, 0, 1]), np.full(4, 0.3))
    assert (curve["precision"] == 0.25).all()
    assert curve["recall"].tolist() == [0, 1]
