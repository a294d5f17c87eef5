"""What density models of messages come to: the premise of the source, length, and depth."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.detection.contests import Contest
from pipeline.reporting.detection.names import Detector, model_said
from pipeline.reporting.detection.scene import CHANCE, Scene
from pipeline.reporting.facts import Estimate
from pipeline.reporting.gaps import said
from pipeline.reporting.grid import Verdict, differs, upper
from pipeline.reporting.words import decimal

WEAK = 0.7  # a ROC-AUC below this is told as little more than guessing
DENSITIES = ("vae", "unigram", "gaussian_vae", "autoencoder")  # the source's own first, as in the table of contests
BESIDE: dict[Verdict, str] = {
    "better": "better",
    "worse": "worse",
    "level": "no detectable difference",
    "unknown": "cannot be told",
}


@dataclass(frozen=True)
class Premise:
    """What the figures of a density say of the source's premise.

    Attributes:
        raw: ROC-AUC by the whole cost.
        contest: that beside length alone; None where it was not held.
        adjusted: ROC-AUC at the same length.
    """

    raw: Estimate
    contest: Contest | None
    adjusted: Estimate

    @property
    def is_no_more_than_length(self) -> bool:
        """Whether it was set beside length, and is not detectably better."""
        return self.contest is not None and self.contest.verdict in {"level", "worse"}

    @property
    def verdict(self) -> tuple[str, Style]:
        """A tag and its style: does it find the unwanted class, and by more than its length?"""
        if not self.adjusted.is_known:
            return "undefined", "unknown"
        if self.adjusted.low > CHANCE:
            return ("hardly", "level") if self.adjusted.value < WEAK else ("yes", "beats")
        if self.raw.is_known and self.raw.low > CHANCE and self.is_no_more_than_length:
            return "only by length", "loses"
        return ("no, more likely" if self.adjusted.high < CHANCE else "not at the same length"), "loses"


def does_the_premise_hold(scene: Scene) -> Finding | None:
    """Whether a model fitted on all messages finds the unwanted class less likely, as the source has it."""
    model = density(scene, "all")
    if model is None:
        return None
    negative, positive = scene.report.classes.negative, scene.report.classes.positive
    length = scene.first("length")
    premise = Premise(
        scene.measured(model, "message"),
        scene.contest(model, length, "message"),
        scene.measured(model, "residual"),
    )
    beside = _beside_length(scene, premise.contest, length)
    parts = [
        f"As the source states it, by the whole cost to {model.said}: ROC-AUC {said(premise.raw)}{beside}.",
        f"At the same length it is {said(premise.adjusted)}: {_at_length(premise.adjusted, negative, positive)}.",
    ]
    other = scene.first(model.model, "negative")
    if other is not None:
        found = scene.measured(other, "residual")
        parts.append(f"The same model fitted on {negative} only has {said(found)} at the same length.")
    tag, style = premise.verdict
    return Finding(f"Does a model fitted on all messages find {positive} less likely?", tag, style, " ".join(parts))


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
    held = [one for one in scene.contests() if one.detector.model == "vae" and one.rival.model == "unigram"]
    if not held:
        return None
    verdicts = {one.verdict for one in held}
    tags: dict[Verdict, tuple[str, Style]] = {
        "better": ("yes", "beats"), "worse": ("no, it harms", "loses"), "level": ("not detectably", "level"),
        "unknown": ("cannot be told", "unknown"),
    }  # fmt: skip
    tag, style = tags[held[0].verdict] if len(verdicts) == 1 else ("it depends", "level")
    answer = " ".join(_depth_said(one) for one in held)
    return Finding(
        "Does depth help: a VAE beside a unigram density?",
        tag,
        style,
        f"ROC-AUC less that of {model_said('unigram')} on the same messages. {answer}",
    )


def density(scene: Scene, fitted_on: str) -> Detector | None:
    """The density model fitted on these messages that is nearest to that of the source."""
    found = (scene.first(model, fitted_on) for model in DENSITIES)
    return next((one for one in found if one is not None), None)


def _at_length(adjusted: Estimate, negative: str, positive: str) -> str:
    """What a ROC-AUC adjusted for length says."""
    if not adjusted.is_known:
        return "whether the premise holds there cannot be told"
    if adjusted.high < CHANCE:
        return f"there {positive} is found more likely than {negative}, and the premise fails"
    if adjusted.low <= CHANCE:
        return "there it cannot be told from guessing"
    if adjusted.value < WEAK:
        return f"there {positive} is found less likely, but little better than by guessing"
    return f"there too {positive} is found less likely than {negative}"


def _beside_length(scene: Scene, contest: Contest | None, length: Detector | None) -> str:
    """What length alone has, and whether the whole cost has more, paired."""
    if length is None:
        return ""
    alone = said(scene.value(length))
    verdicts: dict[Verdict, str] = {"better": "more", "worse": "less", "level": "no more"}
    if contest is None or contest.verdict not in verdicts:
        paired = f" (paired {contest.shown})" if contest is not None and contest.is_undecided else ""
        return f"; length alone has {alone}{paired}"
    return f", {verdicts[contest.verdict]} than length alone, {alone} (paired {contest.shown})"


def _depth_said(contest: Contest) -> str:
    """A sentence on a VAE, named by what it was fitted on."""
    one, rival = contest.detector, contest.rival
    where = upper(one.fitted.removeprefix("fitted ") or one.short)
    other = "" if one.fitted_on == rival.fitted_on else f" beside {rival.said}"
    if contest.verdict == "unknown" and not contest.is_undecided:
        return f"{where}: {BESIDE['unknown']}{other}."
    if contest.verdict == "level" and differs(contest.difference):
        does = "better" if contest.difference.value > 0 else "worse"
        return f"{where}: {does}{other}, but not beyond doubt once all comparisons count ({contest.shown})."
    return f"{where}: {BESIDE[contest.verdict]}{other} ({contest.shown})."
