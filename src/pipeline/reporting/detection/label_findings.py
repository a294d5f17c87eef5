"""What detectors come to with and without labels, and with the unwanted class among what they are fitted on."""

from __future__ import annotations

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.detection.contests import Dose
from pipeline.reporting.detection.names import SUPERVISED, Detector, model_said
from pipeline.reporting.detection.scene import CHANCE, Scene
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import apart, difference_said, said, share_said
from pipeline.reporting.grid import Verdict, upper
from pipeline.reporting.words import decimal, listed, quantity, signed

VERDICT_STYLES: dict[Verdict, Style] = {"better": "beats", "worse": "loses", "level": "level", "unknown": "unknown"}
# What TF-IDF has beside labels, so that the distance is not of labels alone.
OTHER_INPUT = "it reads words and runs of characters, with a vocabulary of its own, where the others know words alone"


def what_works(scene: Scene) -> Finding | None:
    """The detector without labels that was chosen on the validation part, and the next."""
    best = scene.champion
    if best is None:
        return None
    found = scene.value(best)
    share, positive = share_said(scene.report.expected_share), scene.report.classes.positive
    number = quantity(len(scene.given("nothing")), "detector")
    f1, precision, recall = (scene.ruled(best, "expected", metric) for metric in ("f1", "precision", "recall"))
    beside = f"precision {decimal(precision.value)}, recall {decimal(recall.value)}"
    parts = [
        f"Of {number} without labels {best.said} ranks the validation part best: the choice took its labels.",
        f"On the test part it has a ROC-AUC of {said(found)} and a PR-AUC of {_pr_auc(scene, best)}.",
        f"With {share} expected to be {positive}, its F1 is {said(f1)}, {beside}.",
    ]
    others = [one for one in scene.best(scene.given("nothing")) if one.key != best.key][:2]
    if others:
        told = [f"{one.said}, {said(scene.value(one))}" for one in others]
        parts.append(f"Of the others the highest ROC-AUC on the test part: {'; '.join(told)}.")
    works = found.is_known and found.low > CHANCE
    return Finding(
        "What works without labels?",
        f"ROC-AUC {decimal(found.value)}" if works else "no better than guessing" if found.is_known else "undefined",
        _style(scene, best) if works else "loses" if found.is_known else "unknown",
        " ".join(parts),
    )


def how_far_from_labels(scene: Scene) -> Finding | None:
    """The best without labels beside the best with labels that pick a class, and beside a classifier."""
    free, picked = scene.champion, scene.picked
    classifier = scene.first(SUPERVISED)
    rivals = [one for one in (picked, classifier) if one is not None]
    if free is None or not rivals:
        return None
    own = scene.value(free)
    parts = [f"Without labels it is {free.said}: ROC-AUC {said(own)}, PR-AUC {_pr_auc(scene, free)}."]
    for rival in rivals:
        what = (
            "a classifier" if rival is classifier else "the best on validation of those that labels pick one class for"
        )
        parts.append(
            f"{upper(rival.said)}, {what}, has {said(scene.value(rival))}, PR-AUC {_pr_auc(scene, rival)}; "
            f"{_beside(scene, free, rival)}."
        )
    if classifier is not None:
        parts.append(f"Not all of the distance to {classifier.short} is labels: {OTHER_INPUT}.")
    first = max(rivals, key=lambda one: (scene.value(one).is_known, scene.value(one).value))
    gap = own.value - scene.value(first).value
    verdict = _verdict(scene, free, first)
    tags: dict[Verdict, str] = {
        "worse": f"{decimal(abs(gap))} behind", "better": f"{decimal(abs(gap))} ahead",
        "level": "no detectable difference", "unknown": "cannot be told",
    }  # fmt: skip
    return Finding("How far is that from labels?", tags[verdict], VERDICT_STYLES[verdict], " ".join(parts))


def what_contamination_costs(scene: Scene) -> Finding | None:
    """What the unwanted class costs among the messages fitted on."""
    positive, answers, lasts = scene.report.classes.positive, [], []
    for model in dict.fromkeys(scene.tables.contamination["model"].astype(str)):
        doses = scene.contaminated(model)
        if len(doses) < 2 or doses[0].share > 0:
            continue
        last = doses[-1]
        answers.append(
            f"{upper(model_said(model))}: ROC-AUC {said(doses[0].value)} without, {said(last.value)} at "
            f"{share_said(last.share)} ({difference_said(last.difference)}); {_falls(doses[1:])}."
        )
        lasts.append(last)
    if not answers:
        return None
    tagged = lasts[0]
    count = quantity(scene.report.num_contaminated, "message")
    return Finding(
        f"What does {positive} among the messages fitted on cost?",
        f"{signed(tagged.difference.value)} at {share_said(tagged.share)}",
        "loses" if tagged.verdict == "worse" else "unknown" if tagged.verdict == "unknown" else "level",
        f"Each time {count} were fitted on, of which ever more were {positive}. Each model was fitted once: intervals "
        f"tell of other test messages, not of another fit. {' '.join(answers)}",
    )


def _falls(doses: list[Dose]) -> str:
    """At which shares the loss is detectable, all comparisons counted."""
    falls = [dose.share for dose in doses if dose.verdict == "worse"]
    if not falls:
        return "at no share is a loss detectable"
    since = [dose.share for dose in doses if dose.share >= falls[0]]
    if falls == since:
        return f"of these fits, those from {share_said(falls[0])} on are detectably worse"
    return f"of these fits, those at {listed([share_said(share) for share in falls])} are detectably worse"


def _style(scene: Scene, best: Detector) -> Style:
    """Better than length alone, by intervals that do not overlap?"""
    length = scene.first("length")
    if length is None or length.key == best.key:
        return "level"
    return "beats" if apart(scene.value(best), scene.value(length)) else "level"


def _pr_auc(scene: Scene, one: Detector) -> str:
    return said(scene.value(one, "pr_auc"))


def _verdict(scene: Scene, free: Detector, rival: Detector) -> Verdict:
    """How the detector without labels does beside one with labels: paired, else by whether the intervals overlap."""
    contest = scene.contest(rival, free)
    if contest is not None:
        turned: dict[Verdict, Verdict] = {"better": "worse", "worse": "better"}
        return turned.get(contest.verdict, contest.verdict)
    own, other = scene.value(free), scene.value(rival)
    if not (own.is_known and other.is_known):
        return "unknown"
    if not apart(own, other):
        return "level"
    return "worse" if own.value < other.value else "better"


def _beside(scene: Scene, free: Detector, rival: Detector) -> str:
    """The paired difference where it was taken, else whether the intervals overlap."""
    contest = scene.contest(rival, free)
    if contest is None or not contest.difference.is_known:
        return _overlap(scene.value(free), scene.value(rival))
    level = ", no detectable difference" if contest.verdict == "level" else ""
    return f"paired, that is {contest.shown}{level}"


def _overlap(first: Estimate, second: Estimate) -> str:
    if not (first.is_known and second.is_known):
        return "the two cannot be compared"
    return f"the intervals of the two {'do not overlap' if apart(first, second) else 'overlap'}"
