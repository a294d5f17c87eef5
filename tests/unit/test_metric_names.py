"""Packages may not import each other; this holds together what two of them must agree on."""

from pipeline.evaluation import metrics
from pipeline.reporting import words


def test_the_report_knows_every_metric_with_its_direction() -> None:
    measured = [(metric.key, metric.better == "higher") for metric in metrics.METRICS]
    assert measured == [(metric.key, metric.higher_is_better) for metric in words.METRICS]
