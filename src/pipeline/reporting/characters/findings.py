"""The questions that the page answers first. Verdicts come from intervals and paired comparisons alone.

A question that the run cannot answer, for want of a model, is left out.
"""

from __future__ import annotations

from pipeline.reporting.answers import Finding
from pipeline.reporting.characters.names import Model
from pipeline.reporting.characters.packed import compressors_below, compressors_said
from pipeline.reporting.characters.sample_findings import (
    do_samples_read_like_messages,
    is_anything_copied,
    is_the_class_recognised,
)
from pipeline.reporting.characters.scene import Scene
from pipeline.reporting.characters.training_findings import STYLES, what_stopped, what_streaming_saves, which_cell
from pipeline.reporting.gaps import said
from pipeline.reporting.grid import Verdict, upper
from pipeline.reporting.words import decimal, listed

BESIDE: dict[Verdict, str] = {
    "better": "detectably better than counting", "level": "not to be told from it", "worse": "detectably worse",
    "unknown": "not to be compared with it",
}  # fmt: skip


def does_a_network_beat_counting(scene: Scene) -> Finding | None:
    """The best network on validation beside the best n-gram model, then the others."""
    best, ngram = scene.champion, scene.ngram
    contest = scene.contest(best, ngram)
    if ngram is None or contest is None:
        return None
    gap = decimal(abs(contest.difference.value))
    tags: dict[Verdict, str] = {
        "better": f"{gap} bits less", "worse": f"{gap} bits more", "level": "no detectable difference",
        "unknown": "cannot be told",
    }  # fmt: skip
    verdict = contest.verdict
    opening = {
        "better": "Yes.", "worse": "No: counting is better.", "level": "No difference can be detected.", "unknown": "",
    }[verdict]  # fmt: skip
    network, counting = said(scene.bits(best)), said(scene.bits(ngram))
    parts = [
        opening,
        f"On {scene.report.judged_on_said} {best.short} pays {network} bits per character, {ngram.named} {counting}.",
        f"The paired difference is {contest.shown}.",
        _others(scene, ngram),
        _packed(scene),
    ]
    return Finding("Does a network beat counting?", tags[verdict], STYLES[verdict], " ".join(filter(None, parts)))


QUESTIONS = (
    does_a_network_beat_counting,
    which_cell,
    what_streaming_saves,
    do_samples_read_like_messages,
    is_anything_copied,
    is_the_class_recognised,
    what_stopped,
)


def findings(scene: Scene) -> list[Finding]:
    """The questions of the run, answered."""
    return [found for ask in QUESTIONS if (found := ask(scene)) is not None]


def _others(scene: Scene, ngram: Model) -> str:
    """How the other networks do beside counting."""
    names: dict[Verdict, list[str]] = {}
    for one in scene.networks:
        contest = scene.contest(one, ngram)
        if one != scene.champion and contest is not None:
            names.setdefault(contest.verdict, []).append(one.short)
    parts = [f"{BESIDE[verdict]}: {listed(names[verdict])}" for verdict in BESIDE if verdict in names]
    return f"Of the other networks, {'; '.join(parts)}." if parts else ""


def _packed(scene: Scene) -> str:
    """What compressors need, the best on validation first, and which of them need less than the network."""
    if not scene.compressors:
        return ""
    needed = f"{upper(compressors_said(scene))}."
    less = compressors_below(scene)
    if not less:
        return f"{needed} None needs less than {scene.champion.short}."
    paid = scene.bits(scene.champion)
    beyond = [one.short for one in less if scene.bits(one).value < paid.low]
    aside = f", {listed(beyond)} less than its whole interval" if beyond else ""
    verb = "needs" if len(less) == 1 else "need"
    return (
        f"{needed} {listed([one.short for one in less])} {verb} less than {scene.champion.short}{aside}; no test tells "
        "whether that is by chance, for a compressor has no bits of a single message."
    )
