"""What detectors come to with and without labels, and with the unwanted class among what they are fitted on."""

from __future__ import annotations

from pipeline.reporting import words
from pipeline.reporting.detection.answers import Finding, Style
from pipeline.reporting.detection.names import Detector, model_said
from pipeline.reporting.detection.scene import CHANCE, Scene, apart, p_said, said, share_said, whole
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import differs, upper
from pipeline.reporting.words import decimal, quantity


def what_works(scene: Scene) -> Finding | None:
    """The best detector without labels, and the next."""
    ranked = scene.best(scene.given("nothing"))
    if not ranked:
        return None
    best = ranked[0]
    found = scene.value(best)
    share, positive = share_said(scene.report.expected_share), scene.report.classes.positive
    number = quantity(len(ranked), "detector")
    f1, precision, recall = (scene.ruled(best, "expected", metric) for metric in ("f1", "precision", "recall"))
    beside = f"precision {decimal(precision.value)}, recall {decimal(recall.value)}"
    parts = [
        f"Of {number} without labels {best.said} does best: ROC-AUC {said(found)}, PR-AUC {_pr_auc(scene, best)}.",
        f"With {share} expected to be {positive}, its F1 is {said(f1)}, {beside}.",
    ]
    if len(ranked) > 1:
        others = [f"{one.said}, {said(scene.value(one))}" for one in ranked[1:3]]
        parts.append(f"Next by ROC-AUC: {'; '.join(others)}.")
        parts.append("Which is best was seen on the test messages: its figures flatter it a little.")
    works = found.is_known and found.low > CHANCE
    return Finding(
        "What works without labels?",
        f"ROC-AUC {decimal(found.value)}" if works else "nothing",
        _style(scene, best) if works else "loses",
        " ".join(parts) if works else f"None can be told from guessing. {' '.join(parts)}",
    )


def how_far_from_labels(scene: Scene) -> Finding | None:
    """The best without labels beside the best with labels that pick a class, and beside a classifier."""
    best = {given: scene.best(scene.given(given)) for given in ("nothing", "negative", "labels")}
    if not best["nothing"] or not (best["negative"] or best["labels"]):
        return None
    free = best["nothing"][0]
    own = scene.value(free)
    rivals = [found[0] for given, found in best.items() if found and given != "nothing"]
    parts = [f"Without labels the best is {free.said}: ROC-AUC {said(own)}, PR-AUC {_pr_auc(scene, free)}."]
    for rival in rivals:
        what = "the best of those that labels pick the messages for" if rival.given == "negative" else "a classifier"
        parts.append(
            f"{upper(rival.said)}, {what}, has {said(scene.value(rival))}, PR-AUC {_pr_auc(scene, rival)}; "
            f"{_beside(scene, free, rival)}."
        )
    first = max(rivals, key=lambda one: scene.value(one).value)
    gap = own.value - scene.value(first).value
    is_behind = apart(own, scene.value(first)) and gap < 0
    tag = f"{decimal(abs(gap))} {'behind' if gap < 0 else 'ahead'}"
    return Finding("How far is that from labels?", tag, "loses" if is_behind else "level", " ".join(parts))


def what_contamination_costs(scene: Scene) -> Finding | None:
    """What the unwanted class costs among the messages fitted on."""
    positive, answers, tags = scene.report.classes.positive, [], []
    for model in dict.fromkeys(scene.tables.contamination["model"].astype(str)):
        rows = scene.contaminated(model)
        if len(rows) < 2 or rows[0][0] > 0:
            continue
        (_, clean, _), (share, worst, gap) = rows[0], rows[-1]
        falls = [at for at, _, difference in rows[1:] if differs(difference) and difference.value < 0]
        since = f"detectable from {share_said(falls[0])} on" if falls else "a loss is not detectable at any share"
        answers.append(
            f"{upper(model_said(model))}: ROC-AUC {said(clean)} without, {said(worst)} at {share_said(share)} "
            f"({whole(words.signed(gap.value) + ' ' + words.interval(gap.low, gap.high))}); {since}."
        )
        tags.append((gap, share, bool(falls)))
    if not answers:
        return None
    gap, share, has_fallen = tags[0]
    count = quantity(scene.report.num_contaminated, "message")
    return Finding(
        f"What does {positive} among the messages fitted on cost?",
        f"{words.signed(gap.value)} at {share_said(share)}",
        "loses" if has_fallen else "level",
        f"Each time {count} were fitted on, of which ever more were {positive}. {' '.join(answers)}",
    )


def _style(scene: Scene, best: Detector) -> Style:
    """Better than length alone, by intervals that do not overlap?"""
    length = scene.first("length")
    if length is None or length.key == best.key:
        return "level"
    return "beats" if apart(scene.value(best), scene.value(length)) else "level"


def _pr_auc(scene: Scene, one: Detector) -> str:
    return said(scene.value(one, "pr_auc"))


def _beside(scene: Scene, free: Detector, rival: Detector) -> str:
    """The paired difference where it was taken, else whether the intervals overlap."""
    contest = scene.contest(rival)
    if contest is None or contest.rival.key != free.key or not contest.difference.is_known:
        return _overlap(scene.value(free), scene.value(rival))
    gap = whole(
        f"{words.signed(contest.difference.value)} {words.interval(contest.difference.low, contest.difference.high)}"
    )
    return f"paired, that is {gap}, {p_said(contest.p)}"


def _overlap(first: Estimate, second: Estimate) -> str:
    if not (first.is_known and second.is_known):
        return "the two cannot be compared"
    return f"the intervals of the two {'do not overlap' if apart(first, second) else 'overlap'}"
