"""Inputs without a single message: most likely --format or the labels are not those of the input."""

from __future__ import annotations

from pipeline.errors import UserError
from pipeline.filter.messages import Format, Labels
from pipeline.filter.tally import Tally


def all_bad(tally: Tally, form: Format, labels: Labels) -> UserError:
    """The error of an input all of whose lines are bad, with what it looks like instead."""
    names = f"{labels.positive!r}, {labels.negative!r}"
    line = {
        "text": "a text",
        "tsv": f"label, tab, text, where the label is {names} or nothing",
        "jsonl": f'{{"text": ..., "label": ...}}, where the label is {names} or missing',
    }
    likely = likely_format(tally.sample)
    if tally.faults["with another label"]:
        remedy = "Say what the labels are called: --positive LABEL --negative LABEL."
    elif likely != form and tally.sample:
        remedy = f"The lines look like --format {likely} ({line[likely]}): give that."
    else:
        remedy = "Check that this is the input that was meant; its first bad lines are told above."
    return UserError(
        f"None of the {tally.lines:,} lines is a message as --format {form} has it; nothing has been learnt.",
        expected=f"lines like these: {line[form]}",
        remedy=remedy,
    )


def likely_format(line: bytes) -> Format:
    """What a line looks like."""
    if line.lstrip().startswith(b"{"):
        return "jsonl"
    return "tsv" if b"\t" in line else "text"
