"""Whether the mixture finds the unwanted class and how much there is of it, and which threshold comes close."""

from __future__ import annotations

import math

from pipeline.reporting.detection.answers import Finding, Style
from pipeline.reporting.detection.names import RULES
from pipeline.reporting.detection.scene import CHANCE, Scene, said, share_said
from pipeline.reporting.words import decimal, listed

LABELS = "labels"
FAR = 1.5  # a share that is off by this factor is told as wrong
CLOSE = 0.05  # of F1: a rule that loses no more is told as close


def is_the_share_found(scene: Scene) -> Finding:
    """The share that the mixture estimates, and whether what it splits off is the unwanted class at all."""
    report = scene.report
    positive, true, estimated = report.classes.positive, report.true_share, report.estimated_share
    question = f"Does the mixture find {positive}, and how much there is of it?"
    answer = (
        f"It takes {share_said(estimated)} of the training messages for its rarest kind; {share_said(true)} of the "
        f"test messages are {positive}, and {share_said(report.expected_share)} were expected."
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
    """The rule without labels whose F1 comes closest to that of the rule with labels, for the best detector."""
    ranked = scene.best(scene.given("nothing"))
    rules = [rule for rule in dict.fromkeys(scene.tables.rules["rule"].astype(str)) if rule != LABELS]
    if not ranked:
        return None
    best, goal = ranked[0], scene.ruled(ranked[0], LABELS)
    known = {rule: scene.ruled(best, rule) for rule in rules if not math.isnan(scene.ruled(best, rule).value)}
    if not known or math.isnan(goal.value):
        return None
    gaps = {rule: found.value - goal.value for rule, found in known.items()}
    closest = min(gaps, key=lambda rule: abs(gaps[rule]))
    each = [f"by the {rule_said(rule)} {said(found)}" for rule, found in known.items()]
    answer = (
        f"For {best.said} the threshold that labels choose has an F1 of {said(goal)}. Without labels it is "
        f"{listed(each)}. Closest is the {rule_said(closest)}."
    )
    style: Style = "level" if gaps[closest] >= -CLOSE else "loses"
    tag = f"the {rule_said(closest)}"
    return Finding("Which threshold without labels comes closest?", tag, style, f"{answer}{_over_all(scene, rules)}")


def rule_said(rule: str) -> str:
    """A threshold rule for people."""
    return RULES.get(rule, rule.replace("_", " "))


def _over_all(scene: Scene, rules: list[str]) -> str:
    """Mean F1 by rule over all detectors without labels, of those whose F1 is known by all rules."""
    table = scene.tables.rules
    keys = [one.key for one in scene.given("nothing")]
    chosen = table[(table["metric"] == "f1") & table["detector"].isin(keys)]
    wide = chosen.pivot(index="detector", columns="rule", values="value").astype(float).dropna()
    if len(wide) < 2 or LABELS not in wide:
        return ""
    means = [f"by the {rule_said(rule)} {decimal(wide[rule].mean())}" for rule in rules if rule in wide]
    return (
        f" Over {len(wide)} detectors without labels F1 is on average {listed(means)}; by labels it is "
        f"{decimal(wide[LABELS].mean())}."
    )


def _style(estimated: float, true: float) -> Style:
    if math.isnan(estimated) or math.isnan(true) or not (estimated > 0 and true > 0):
        return "unknown"
    return "level" if max(estimated / true, true / estimated) < FAR else "loses"
