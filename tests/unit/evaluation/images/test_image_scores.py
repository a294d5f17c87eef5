"""Every score of drawn images: laws, tables, contests and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_images import CLASSES, EACH, NUM_WRONG, Made, called, labels_of, made
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline.artifacts.images import AS_REAL, Drawings, ImageScores, Neighbours, Pupil
from pipeline.errors import UserError
from pipeline.evaluation.frechet import Moments, frechet_between
from pipeline.evaluation.images import measures
from pipeline.evaluation.images.contests import difference_p, hold_contests
from pipeline.evaluation.images.measures import SCORES, Measured, Share, mean_of_defined
from pipeline.evaluation.images.sets import ImageSet
from pipeline.evaluation.images.tables import copy_table
from pipeline.evaluation.paired import mcnemar
from pipeline.shares import wilson
from pipeline.stages.find_neighbours import find_neighbours
from pipeline.stages.measure_images import measure_images


@pytest.fixture(scope="module")
def it() -> Made:
    return made()


@pytest.fixture(scope="module")
def drawn(it: Made) -> tuple[Drawings, Drawings]:
    """What a perfect generator drew, and darker images."""
    good = it.drawings("mine", seed=20)
    return good, replace(good, name="dark", pixels=it.drawings("dark", seed=21).pixels // 2)


@pytest.fixture(scope="module")
def scores(it: Made, drawn: tuple[Drawings, Drawings]) -> ImageScores:
    return it.score(*drawn)


def test_every_set_has_every_score_within_its_interval(scores: ImageScores) -> None:
    table = scores.table
    assert table["name"].unique().tolist() == ["real", "mine", "dark"]
    assert table.groupby("name", sort=False)["score"].agg(list).tolist() == [list(SCORES)] * 3
    assert table[["value", "low", "high"]].notna().all(axis=None)
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()
    assert (scores.num_images, scores.num_neighbours, scores.num_resamples) == (3 * EACH, 5, 100)


def test_real_images_and_a_perfect_generator_score_alike_and_others_do_not(scores: ImageScores) -> None:
    value = scores.table.set_index(["name", "score"])["value"]
    for score in ("precision", "recall", "density", "coverage", "diversity"):
        assert value["mine", score] == pytest.approx(value["real", score], abs=0.15), score
    assert value["mine", "frechet"] < value["dark", "frechet"] / 5
    assert abs(value["mine", "kernel"]) < value["dark", "kernel"] / 5
    assert value["dark", "precision"] < 0.1
    near, far = (scores.contests.query(f"first == 'mine' and second == '{other}'") for other in ("real", "dark"))
    assert (near.query("score != 'learnt_accuracy'")["p"] > 0.05).all()
    assert (far[far["score"].isin(["frechet", "kernel", "precision", "coverage"])]["p"] < 0.001).all()


def test_the_test_images_themselves_as_drawings_are_at_no_distance(it: Made) -> None:
    found = it.score(Drawings("mine", it.images.test, it.images.test_labels, 1.0))
    own = found.table[found.table["name"] == "mine"].set_index("score")["value"]
    assert own[["precision", "recall", "coverage", "diversity"]].tolist() == pytest.approx([1, 1, 1, 1])
    assert own["frechet"] == pytest.approx(0, abs=1e-6)
    assert own["kernel"] < 0  # each image is at 0 from one of the other set, and not paired with itself in its own
    assert own["density"] == pytest.approx(6 / 5)  # in its own ball, and, on average, in those of five others


def test_scores_do_not_depend_on_the_order_of_the_images(it: Made, drawn: tuple[Drawings, Drawings]) -> None:
    order = np.random.default_rng(1).permutation(len(labels_of()))
    mixed = [replace(one, pixels=one.pixels[order], labels=one.labels[order]) for one in drawn]
    first, second = it.score(*drawn), it.score(*mixed)
    pd.testing.assert_series_equal(first.table["value"], second.table["value"], rtol=1e-6, atol=1e-9)
    pd.testing.assert_frame_equal(first.confusion, second.confusion)
    pd.testing.assert_series_equal(first.by_class["value"], second.by_class["value"], rtol=1e-6)
    pd.testing.assert_frame_equal(first.copies, second.copies)


def test_the_same_seed_gives_the_same_intervals(it: Made, drawn: tuple[Drawings, Drawings]) -> None:
    first, second, other = (it.score(*drawn, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.table, second.table)
    pd.testing.assert_frame_equal(first.contests, second.contests)
    assert (first.table["value"] == other.table["value"]).all()
    assert (first.contests["low"] != other.contests["low"]).any()


def test_shares_by_hand(drawn: tuple[Drawings, Drawings], scores: ImageScores) -> None:
    """Class accuracy of what was drawn, learnt accuracy on the test images, and both of "real" on the test images."""
    columns = scores.table.set_index(["name", "score"])
    value, low, high = (columns[name] for name in ("value", "low", "high"))
    for one in drawn:
        right = called(one.pixels) == one.labels
        expected = right.mean(), *wilson(right.mean(), len(right))
        assert [part[one.name, "class_accuracy"] for part in (value, low, high)] == pytest.approx(expected)
        assert value[one.name, "learnt_accuracy"] == pytest.approx(1 - 10 / 180)
    assert value["real", "class_accuracy"] == value["real", "learnt_accuracy"] == pytest.approx(1 - NUM_WRONG / 180)
    counts = scores.confusion[scores.confusion["name"] == "dark"]
    for label, name, images in counts[["label", "called", "images"]].to_numpy():
        assert images == ((drawn[1].labels == label) & (called(drawn[1].pixels) == name)).sum()
    assert len(scores.confusion) == 3 * len(CLASSES) ** 2


def test_shares_by_class_average_to_those_of_the_set(scores: ImageScores) -> None:
    """Classes have as many images each; the diversity of a set is the mean over classes by definition."""
    table = scores.table.set_index(["name", "score"])["value"]
    counted = scores.by_class.groupby(["name", "score"])["value"].agg(["size", "mean"])
    assert len(counted) == 3 * 5
    assert (counted["size"] == len(CLASSES)).all()
    assert counted["mean"].to_numpy() == pytest.approx(table[counted.index].to_numpy())


def test_only_the_images_of_the_split_are_compared(it: Made, drawn: tuple[Drawings, Drawings]) -> None:
    fewer = np.flatnonzero(np.arange(len(it.images.test)) % 3 > 0)
    narrow = Made(it.images, replace(it.split, test=fewer))
    own = Made(
        replace(it.images, test=it.images.test[fewer], test_labels=it.images.test_labels[fewer]),
        replace(it.split, test=np.arange(len(fewer))),
    )
    kept = [replace(one, pixels=one.pixels[fewer], labels=one.labels[fewer]) for one in drawn]
    found, expected = narrow.score(*kept), own.score(*kept)
    same = [score for score in SCORES if "accuracy" not in score]  # judge and pupils err on the first test images
    first, second = (one.table[one.table["score"].isin(same)] for one in (found, expected))
    pd.testing.assert_frame_equal(first, second)
    real = found.table.query("name == 'real' and score == 'class_accuracy'")["value"].item()
    assert real == pytest.approx(1 - (fewer < NUM_WRONG).sum() / len(fewer))
    assert found.num_images == len(fewer)


def test_contests_are_of_all_sets_and_paired(it: Made, drawn: tuple[Drawings, Drawings], scores: ImageScores) -> None:
    contests = scores.contests
    pairs = contests[["first", "second"]].drop_duplicates().to_numpy().tolist()
    assert pairs == [["mine", "real"], ["dark", "real"], ["mine", "dark"]]
    assert len(contests) == 3 * len(SCORES)
    value = scores.table.set_index(["name", "score"])["value"]
    for row in contests.to_dict("records"):
        first, second, real = (value[name, row["score"]] for name in (row["first"], row["second"], "real"))
        assert row["from_real"] == (row["second"] != "real" and row["score"] in AS_REAL)
        gap = abs(first - real) - abs(second - real) if row["from_real"] else first - second
        assert row["difference"] == pytest.approx(gap, abs=1e-12)
        assert row["low"] <= row["difference"] <= row["high"]
        assert 0 <= row["p"] <= 1
    learnt = contests.query("first == 'mine' and second == 'dark' and score == 'learnt_accuracy'")
    assert learnt[["difference", "low", "high", "p"]].to_numpy().tolist() == [[0, 0, 0, 1]]
    same = it.score(drawn[0], replace(drawn[0], name="again"))
    rows = same.contests[(same.contests["first"] == "mine") & (same.contests["second"] == "again")]
    assert rows["difference"].tolist() == pytest.approx([0] * len(rows), abs=1e-9)
    assert (rows["p"] > 0.9).all()


def test_the_contest_of_classifiers_is_mcnemars(it: Made, drawn: tuple[Drawings, Drawings]) -> None:
    truth = it.images.test_labels
    wrong = [truth.copy(), truth.copy()]
    wrong[0][:3], wrong[1][10:40] = (truth[:3] + 1) % 3, (truth[10:40] + 1) % 3
    pupils = [Pupil(one.name, called_so, 9) for one, called_so in zip(drawn, wrong, strict=True)]
    neighbours = find_neighbours(it.images, it.split, *drawn)
    found = measure_images(
        it.images, it.split, it.see(*drawn), neighbours, *pupils, num_neighbours=5, resamples=100, seed=1
    )
    expected = mcnemar(wrong[0] == truth, wrong[1] == truth, np.arange(len(truth))).p
    own = found.contests.query("first == 'mine' and second == 'dark' and score == 'learnt_accuracy'")
    assert own["difference"].item() == pytest.approx(27 / len(truth))
    assert expected <= own["p"].item() <= expected * len(found.contests)


def test_the_p_of_a_difference_is_that_of_the_normal_distribution() -> None:
    """1.96 standard errors: 0.05, whatever the unit; what never varies is as sure as the resamples can show."""
    values = np.random.default_rng(1).normal(5, 2, 400_000)
    assert difference_p(np.array([1.959964 * values.std(), *values])) == pytest.approx(0.05, rel=1e-4)
    assert difference_p(np.array([-1.959964 * values.std(), *values])) == pytest.approx(0.05, rel=1e-4)
    assert difference_p(np.zeros(100)) == 1
    assert difference_p(np.ones(100)) == 2 / 100
    assert np.isnan(difference_p(np.array([np.nan, 1, 2])))


def test_the_interval_of_a_frechet_difference_is_mirrored() -> None:
    """Resamples at 11 to 12 about a value of 10: noise raises it, so the truth is below; other scores as they fall."""
    labels, flags = np.zeros(3, np.int16), np.array([True, True, False])
    images = ImageSet("made", np.zeros((3, 1)), labels, labels, np.ones((102, 3)))
    raised, still = np.append(10, np.linspace(11, 12, 101)), np.zeros(102)
    shares = {"learnt_accuracy": Share(images, flags)}
    both = {
        name: Measured(shares, dict.fromkeys(SCORES, samples), np.zeros((1, 102)), images)
        for name, samples in (("mine", raised), ("real", still))
    }
    found = hold_contests(both).set_index("score")
    assert (found["low"]["frechet"], found["high"]["frechet"]) == pytest.approx((8.025, 10))
    assert (found["low"]["kernel"], found["high"]["kernel"]) == pytest.approx((11.025, 11.975))


@pytest.mark.parametrize(
    ("first", "second", "low", "high", "differ"),
    [
        (0.98, 0.95, 0.0, 0.05, True),  # both beyond: more is farther
        (0.90, 0.95, 0.0, 0.03, True),  # on either side: the one that is below is farther
        (0.92, 0.95, -0.02, 0.0, True),  # the one that is below is nearer
        (0.91, 0.95, -0.01, 0.01, False),  # as far on either side
    ],
)
@pytest.mark.parametrize("score", AS_REAL)
def test_what_is_best_as_real_is_compared_by_how_far_it_is_from_real(
    score: str, first: float, second: float, low: float, high: float, differ: bool
) -> None:
    """Real images have 0.93; each value is resampled with a standard error of 0.001."""
    random, labels = np.random.default_rng(2), np.zeros(3, np.int16)
    images = ImageSet("made", np.zeros((3, 1)), labels, labels, np.ones((202, 3)))
    shares = {"learnt_accuracy": Share(images, np.array([True, True, False]))}
    measured = {}
    for name, value in (("real", 0.93), ("mine", first), ("other", second)):
        samples = np.append(value, random.normal(value, 0.001, 201))
        measured[name] = Measured(shares, dict.fromkeys(SCORES, samples), np.zeros((1, 202)), images)
    row = hold_contests(measured).query(f"second == 'other' and score == '{score}'").to_dict("records")[0]
    assert row["from_real"]
    assert row["difference"] == pytest.approx(abs(first - 0.93) - abs(second - 0.93))
    assert low <= row["low"] <= row["difference"] <= row["high"] <= high
    assert row["p"] < 0.001 if differ else row["p"] == 1


def test_of_what_depends_on_the_test_images_alone_contests_are_paired(it: Made) -> None:
    """The same drawings twice: what only the test images vary does not differ, what a set's own images vary does."""
    drawn = it.drawings("mine", seed=20)
    rows = it.score(drawn, replace(drawn, name="again")).contests.query("second == 'again'").set_index("score")
    width = rows["high"] - rows["low"]
    assert (width[["recall", "coverage", "learnt_accuracy"]] == 0).all()
    assert (width.drop(["recall", "coverage", "learnt_accuracy", "class_accuracy"]) > 0).all()


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_roots_of_matrices_are_found_on_one_thread(it: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads would wait for one another; afterwards there are as many as before."""
    seen: set[int] = set()

    def watched(first: Moments, second: Moments) -> float:
        seen.update(blas_threads())
        return frechet_between(first, second)

    monkeypatch.setattr(measures, "frechet_between", watched)
    with threadpool_limits(limits=2, user_api="blas"):
        it.score(it.drawings("mine", seed=20))
        assert (seen, blas_threads()) == ({1}, {2})


def test_means_leave_out_what_is_undefined() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3, 5, np.nan]])
    np.testing.assert_array_equal(mean_of_defined(values), [2, 5, np.nan])


def test_copies_are_held_against_test_images() -> None:
    """The closest percent of the 1,000 test images are below the quantile 0.01 of their distances, 10.99."""
    table = pd.concat(
        [
            pd.DataFrame({"set": "mine", "distance": [0.0, 5, 10.5, 11, 400]}),
            pd.DataFrame({"set": "test", "distance": np.arange(1, 1001) * 1.0}),
        ]
    )
    repeats = pd.DataFrame([("mine", 1, 0)], columns=["set", "exact", "twins"])
    (found,) = copy_table(Neighbours(table, repeats)).to_dict("records")
    low, high = wilson(0.6, 5)
    assert found == pytest.approx(
        {"name": "mine", "images": 5, "exact": 1, "twins": 0, "close": 0.6, "low": low, "high": high}
        | {"distance": 10.5, "test_distance": 500.5}
    )


def test_what_cannot_be_judged_is_refused(it: Made, drawn: tuple[Drawings, Drawings]) -> None:
    first, second = drawn
    with pytest.raises(UserError, match="Two sets of images are called mine"):
        it.score(first, replace(second, name="mine"))
    few = np.array([0, 1, EACH, 2 * EACH])
    with pytest.raises(UserError, match="set mine has 4 images, too few for the 5 nearest"):
        it.score(replace(first, pixels=first.pixels[few], labels=first.labels[few]))
    seen = it.see(first)
    seen.features[seen.rows("mine")[3], 2] = np.nan
    neighbours = find_neighbours(it.images, it.split, first)
    with pytest.raises(UserError, match="features of the images of mine are not all finite"):
        measure_images(
            *(it.images, it.split, seen, neighbours, Pupil("mine", it.images.test_labels, 9)),
            num_neighbours=5,
            resamples=100,
            seed=1,
        )
