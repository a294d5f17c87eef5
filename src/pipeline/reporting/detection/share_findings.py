"""Whether the mixture finds the unwanted class and how much there is of it, and which threshold does best."""

from __future__ import annotations

import math

from pipeline.reporting.answers import Finding, Style
from pipeline.reporting.detection.contests import RuleContest
from pipeline.reporting.detection.label_findings import VERDICT_STYLES
from pipeline.reporting.detection.names import RULES
from pipeline.reporting.detection.scene import CHANCE, Scene
from pipeline.reporting.gaps import said, share_said
from pipeline.reporting.grid import Verdict
from pipeline.reporting.words import listed, quantity

LABELS = "labels"
FAR = 1.5  # a share that is off by this factor is told as wrong
BESIDE_LABELS: dict[Verdict, str] = {
    "better": "detectably better",
    "worse": "detectably worse",
    "level": "no detectable difference",
    "unknown": "the two cannot be compared",
}


def is_the_share_found(scene: Scene) -> Finding:
    """The share that the mixture estimates, and whether what it splits off is the unwanted class at all."""
    report = scene.report
    positive, true, estimated = report.classes.positive, report.true_share, report.estimated_share
    question = f"Does the mixture find {positive}, and how much there is of it?"
    answer = (
        f"Of {quantity(report.num_kinds, 'kind')} that it tells apart, the rarest has {share_said(estimated)} of the "
        f"training messages; {share_said(true)} of the test messages are {positive}, and "
        f"{share_said(report.expected_share)} were expected."
    )
    mixture = scene.first("mixture")
    found = scene.value(mixture) if mixture else None
    tag, style = f"{share_said(estimated)} for {share_said(true)}", _style(estimated, true)
    if found is None or not found.is_known:
        return Finding(question, tag, style, answer)
    if found.high < CHANCE:
        answer += (
            f" But its rarest kind is not {positive}: by a ROC-AUC of {said(found)}, {positive} is mostly in the "
            "others. It splits the messages along another line; its words, below, show which."
        )
        return Finding(question, "another kind", "loses", answer)
    if found.low <= CHANCE:
        answer += f" Whether that kind is {positive} cannot be told: ROC-AUC {said(found)}."
        return Finding(question, "no better than guessing", "loses", answer)
    return Finding(question, tag, style, f"{answer} By its odds {positive} is found with a ROC-AUC of {said(found)}.")


def which_threshold(scene: Scene) -> Finding | None:
    """The rules without labels beside the one with labels, and beside one another, for the chosen detector."""
    best = scene.champion
    if best is None:
        return None
    pairs = scene.rule_contests(best)
    goal = scene.ruled(best, LABELS)
    rules = [rule for rule in dict.fromkeys(scene.tables.rules["rule"].astype(str)) if rule != LABELS]
    known = {rule: scene.ruled(best, rule) for rule in rules if not math.isnan(scene.ruled(best, rule).value)}
    if not known or math.isnan(goal.value):
        return None
    top = max(known, key=lambda rule: known[rule].value)
    each = [f"by the {rule_said(rule)} {said(found)} ({_beside(pairs[rule, LABELS])})" for rule, found in known.items()]
    behind = [rule for rule in known if rule != top and pairs[top, rule].verdict == "better"]
    level = [rule for rule in known if rule not in {top, *behind}]
    return Finding(
        "Which threshold without labels does best?",
        _tag(top, behind, level),
        VERDICT_STYLES[pairs[top, LABELS].verdict],
        f"For {best.said} the threshold that labels choose has an F1 of {said(goal)}. Without labels it is, less that "
        f"in brackets, {listed(each)}. {_among(top, behind, level)}".rstrip(),
    )


def rule_said(rule: str) -> str:
    """A threshold rule for people."""
    return RULES.get(rule, rule.replace("_", " "))


def _beside(contest: RuleContest) -> str:
    if contest.verdict == "unknown":
        return contest.shown if contest.is_undecided else BESIDE_LABELS["unknown"]
    return f"{contest.shown}, {BESIDE_LABELS[contest.verdict]}"


def _tag(top: str, behind: list[str], level: list[str]) -> str:
    if not level:
        return f"the {rule_said(top)}"
    return f"not the {listed([rule_said(rule) for rule in behind], 'or')}" if behind else "no detectable difference"


def _among(top: str, behind: list[str], level: list[str]) -> str:
    """How the rules without labels do beside the one of the highest F1."""
    worse = listed([f"the {rule_said(rule)}" for rule in behind]) if behind else ""
    same = listed([f"the {rule_said(rule)}" for rule in level]) if level else ""
    if behind and level:
        return f"Beside the {rule_said(top)}, {worse} is detectably worse; {same} shows no detectable difference."
    if behind:
        return f"Beside the {rule_said(top)}, {worse} {'is' if len(behind) == 1 else 'are'} detectably worse."
    return "Among these no difference is detectable." if level else ""


def _style(estimated: float, true: float) -> Style:
    if math.isnan(estimated) or math.isnan(true) or not (estimated > 0 and true > 0):
        return "unknown"
    return "level" if max(estimated / true, true / estimated) < FAR else "loses"
