"""What is compared: which runs are one variant, what variants and baselines are called."""

from __future__ import annotations

import pytest
from run_samples import Compare, Sample, baselines, folds, models, seeds


def test_runs_that_differ_in_seed_or_fold_alone_are_repeats(compared: Compare) -> None:
    found = compared(*folds(Sample()), *folds(Sample("lstm")))
    assert [(name, len(variant.repeats)) for name, variant in models(found).items()] == [("gru", 5), ("lstm", 5)]
    assert [repeat.name for repeat in models(found)["gru"].repeats] == [f"fold {fold}" for fold in range(5)]
    assert found.repeats_are == "folds"
    assert compared(*seeds(Sample())).repeats_are == "seeds"
    both = compared(*folds(Sample()), *folds(Sample(seed=1)))
    assert both.repeats_are == "seeds and folds"
    assert [repeat.name for repeat in models(both)["gru"].repeats][4:6] == ["seed 0, fold 4", "seed 1, fold 0"]


@pytest.mark.parametrize(("samples", "names"), [
    ([Sample(), Sample("lstm")], ["gru", "lstm"]),
    ([Sample(), Sample(sampling="none")], ["undersampled", "no undersampling"]),
    ([Sample(), Sample("lstm", "none")], ["gru, undersampled", "lstm, no undersampling"]),
    ([Sample(), Sample(fold=0)], ["one split", "folds"]),
    ([Sample(units=8), Sample(units=4)], ["gru, units=8", "gru, units=4"]),
    ([Sample(units=8), Sample(units=8, learning_rate=0.1), Sample(), Sample("lstm")],
     ["gru, units=8, learning_rate=0.001", "gru, units=8, learning_rate=0.1", "gru, units=100, learning_rate=0.001",
      "lstm"]),
    ([Sample(units=8), Sample(learning_rate=0.1, overrides=("training.learning_rate=0.1",))],
     ["gru, learning_rate=0.001", "gru, learning_rate=0.1"]),  # what the command line set says it best
    ([Sample(), Sample(choices=(("training", "slow"),), learning_rate=1)], ["training=tuned", "training=slow"]),
    ([Sample("sms_rnn", choices=(("training", "sms"),)), Sample()], ["sms_rnn", "gru"]),  # the model says it all
    ([Sample()], ["gru"]),
])  # fmt: skip
def test_names_say_what_differs(compared: Compare, samples: list[Sample], names: list[str]) -> None:
    assert list(models(compared(*samples))) == names


def test_settings_that_differ_are_listed(compared: Compare) -> None:
    found = models(compared(Sample(units=8), Sample("lstm", seed=3)))
    assert found["gru"].settings == {
        "model.build._target_": "pipeline.models.classifiers.build_gru",
        "model.build.units": 8,
    }
    assert found["lstm"].choices["model"] == "lstm"


def test_of_equal_runs_the_latest_counts(compared: Compare) -> None:
    found = compared(Sample(minute=9, resamples=150), Sample(minute=5))
    (gru,) = models(found).values()
    assert [repeat.folder for repeat in gru.repeats] == ["../run_0"]
    assert "run_1" in found.notices[0]


def test_baselines_that_all_variants_share_are_one_row_each(compared: Compare) -> None:
    names = ["TF-IDF, all rows", "TF-IDF, same rows", "Majority class"]
    found = compared(*seeds(Sample(), 2), *seeds(Sample("lstm"), 3))
    assert baselines(found) == names
    assert [len(variant.repeats) for variant in found.variants if variant.is_baseline] == [3, 3, 3]


def test_tfidf_on_the_same_rows_differs_where_the_rows_do(compared: Compare) -> None:
    """Without undersampling it is TF-IDF on all rows, which has a row of its own."""
    assert baselines(compared(Sample(), Sample(sampling="none"))) == [
        "TF-IDF, all rows",
        "TF-IDF, same rows",
        "Majority class",
    ]


def test_baselines_of_other_splits_have_names_of_their_own(compared: Compare) -> None:
    found = compared(Sample(), *folds(Sample()))
    assert baselines(found)[:2] == ["TF-IDF, all rows (one split)", "TF-IDF, all rows (folds)"]
    assert len({variant.name for variant in found.variants}) == len(found.variants)


def test_baselines_that_no_choice_tells_apart_are_told_by_their_variants(compared: Compare) -> None:
    found = compared(Sample(), Sample("lstm"), Sample(test_share=0.2), Sample(dataset="sms_spam"))
    assert baselines(found)[:3] == [
        "TF-IDF, all rows (as for enron_spam, gru, test_share=0.25 and 1 more)",
        "TF-IDF, all rows (as for enron_spam, gru, test_share=0.2)",
        "TF-IDF, all rows (sms_spam)",
    ]


def test_nothing_is_undersampled(compared: Compare) -> None:
    """TF-IDF on the same rows is then TF-IDF on all rows, and has no row of its own."""
    found = compared(*(Sample(model, sampling="none") for model in ("gru", "lstm")))
    assert baselines(found) == ["TF-IDF, all rows", "Majority class"]
