"""What density models of messages come to: the premise of the source, length, and depth."""

from __future__ import annotations

import math

from pipeline.reporting.detection.answers import Finding, Style
from pipeline.reporting.detection.names import Detector
from pipeline.reporting.detection.scene import CHANCE, Contest, Scene, apart, said
from pipeline.reporting.facts import Estimate
from pipeline.reporting.grid import Verdict, differs, upper
from pipeline.reporting.words import decimal

WEAK = 0.7  # a ROC-AUC below this is told as little more than guessing
DENSITIES = ("vae", "unigram", "gaussian_vae", "autoencoder")  # the model of the source first
BESIDE: dict[Verdict, str] = {
    "better": "does detectably better than",
    "worse": "does detectably worse than",
    "level": "shows no detectable difference from",
    "unknown": "cannot be compared with",
}


def does_the_premise_hold(scene: Scene) -> Finding | None:
    """Whether a model fitted on all messages finds the unwanted class less likely, as the source has it."""
    model = density(scene, "all")
    if model is None:
        return None
    negative, positive = scene.report.classes.negative, scene.report.classes.positive
    question = f"Does a model fitted on all messages find {positive} less likely?"
    adjusted, raw = scene.measured(model, "residual"), scene.measured(model, "message")
    tag, style, verdict = _premise(adjusted, negative, positive)
    parts = [
        f"Adjusted for length, the cost of {model.said} has a ROC-AUC of {said(adjusted)}: {verdict}.",
        f"The cost of the whole message has {said(raw)}{_beside_length(scene, raw)}.",
    ]
    other = scene.first(model.model, "negative")
    if other is not None:
        found = scene.measured(other, "residual")
        parts.append(f"The same model fitted on {negative} only has {said(found)} adjusted for length.")
    return Finding(question, tag, style, " ".join(parts))


def is_it_length(scene: Scene) -> Finding | None:
    """What length alone has, and what is left of a model's figure without it."""
    length = scene.first("length")
    if length is None:
        return None
    positive, found = scene.report.classes.positive, scene.value(length)
    answer = f"Length alone has a ROC-AUC of {said(found)} and a PR-AUC of {said(scene.value(length, 'pr_auc'))}"
    if found.is_known and found.high < CHANCE:
        answer += f": here it is short messages that are {positive}"
    parts = [f"{answer}."]
    for name in ("vae", "unigram"):
        model = scene.first(name, "all")
        if model is not None:
            raw, adjusted = (scene.measured(model, measure) for measure in ("message", "residual"))
            parts.append(
                f"The cost of a message to {model.said} goes with its number of known words (rank correlation "
                f"{decimal(scene.correlation(model), 2)}); adjusted for length its ROC-AUC goes from "
                f"{decimal(raw.value)} to {decimal(adjusted.value)}."
            )
    return Finding("How much is length alone?", f"ROC-AUC {decimal(found.value)}", "level", " ".join(parts))


def does_depth_help(scene: Scene) -> Finding | None:
    """Every VAE beside the unigram density."""
    found = [one for one in scene.contests() if one.detector.model == "vae" and one.rival.model == "unigram"]
    if not found:
        return None
    verdicts = {one.verdict for one in found}
    tags: dict[Verdict, tuple[str, Style]] = {
        "better": ("yes", "beats"), "worse": ("no, it harms", "loses"), "level": ("not detectably", "level"),
        "unknown": ("undefined", "unknown"),
    }  # fmt: skip
    tag, style = tags[found[0].verdict] if len(verdicts) == 1 else ("it depends", "level")
    answer = " ".join(f"{upper(_depth_said(one))}." for one in found)
    return Finding("Does depth help: a VAE beside a unigram density?", tag, style, f"By ROC-AUC: {answer}")


def density(scene: Scene, fitted_on: str) -> Detector | None:
    """The density model fitted on these messages that is nearest to that of the source."""
    found = (scene.first(model, fitted_on) for model in DENSITIES)
    return next((one for one in found if one is not None), None)


def _premise(adjusted: Estimate, negative: str, positive: str) -> tuple[str, Style, str]:
    """A tag, its style, and what a ROC-AUC adjusted for length says of the premise."""
    if not adjusted.is_known:
        return "undefined", "unknown", "whether the premise of the source holds cannot be told"
    if adjusted.high < CHANCE:
        said = (
            f"{positive} is found more likely than {negative} of the same length, and the premise of the source fails"
        )
        return "no, more likely", "loses", said
    if adjusted.low <= CHANCE:
        return "not shown", "loses", "it cannot be told from guessing, so the premise of the source is not borne out"
    if adjusted.value < WEAK:
        return "hardly", "level", f"{positive} is found less likely, but little better than by guessing"
    return "yes", "beats", f"{positive} is found less likely than {negative} of the same length"


def _beside_length(scene: Scene, raw: Estimate) -> str:
    """What length alone has, and whether the cost of a message has more."""
    length = scene.first("length")
    if length is None:
        return ""
    alone = scene.value(length)
    if not apart(raw, alone):
        return f", length alone {said(alone)}"
    if raw.value < alone.value:
        return f", less than length alone, {said(alone)}"
    return f", more than length alone, {said(alone)}"


def _depth_said(contest: Contest) -> str:
    one, rival = contest.detector, contest.rival
    other = "the unigram density on the same messages" if one.fitted_on == rival.fitted_on else rival.said
    if math.isnan(contest.difference.value):
        return f"{one.said} {BESIDE['unknown']} {other}"
    if contest.verdict == "level" and differs(contest.difference):
        does = "better" if contest.difference.value > 0 else "worse"
        return f"{one.said} does {does} than {other}, but not beyond doubt once all comparisons count ({contest.shown})"
    return f"{one.said} {BESIDE[contest.verdict]} {other} ({contest.shown})"
