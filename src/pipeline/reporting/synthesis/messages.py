"""The messages that a synthesis report shows; every text of them is untrusted."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reporting.synthesis.folder import SynthesisFolder


@dataclass(frozen=True)
class Sample:
    """A generated message; its text is untrusted. `copy_of` is the row that it repeats, None where it repeats none."""

    text: str
    num_words: int
    copy_of: int | None


@dataclass(frozen=True)
class Reconstruction:
    """A real message and what the decoder makes of its code; both texts are untrusted."""

    kind: str
    original: str
    reconstruction: str
    is_given: bool


@dataclass(frozen=True)
class Path:
    """Messages on the way between two codes; all texts are untrusted. A step is a share of the way in percent."""

    kind: str
    first: str
    second: str
    steps: list[tuple[int, str]]


def samples(run: SynthesisFolder, label: int) -> list[Sample]:
    """Generated messages of a class."""
    rows = run.tables.samples[run.tables.samples["label"] == label]
    return [
        Sample(_text(row["text"]), int(row["words"]), int(row["copy_of"]) if row["copy_of"] >= 0 else None)
        for _, row in rows.iterrows()
    ]


def reconstructions(run: SynthesisFolder) -> list[Reconstruction]:
    """Real messages beside their reconstructions; those that the user asked for first."""
    table = run.tables.reconstructions.sort_values("given", ascending=False, kind="stable")
    return [
        Reconstruction(
            run.report.class_name(int(row["label"])), _text(row["original"]), _text(row["reconstruction"]),
            bool(row["given"]),
        )
        for _, row in table.iterrows()
    ]  # fmt: skip


def paths(run: SynthesisFolder) -> list[Path]:
    """Interpolations, each with the messages at its ends."""
    found = []
    for _, end in run.tables.ends.iterrows():
        steps = run.tables.interpolations
        steps = steps[steps["path"] == end["path"]].sort_values("step")
        if steps.empty:
            continue
        kinds = dict.fromkeys(run.report.class_name(int(label)) for label in steps["label"])
        told = [(round(100 * float(row["step"])), _text(row["text"])) for _, row in steps.iterrows()]
        found.append(Path(" to ".join(kinds), _text(end["first"]), _text(end["second"]), told))
    return found


def _text(value: object) -> str:
    """A text of a table; empty where it has none."""
    return value if isinstance(value, str) else ""
