"""Write the embedded sample: 2,000 made-up short messages and e-mails, 13 % of them spam.

A message is drawn in two steps. `expand` turns a rule into a skeleton in which only the facts (names, dates, amounts,
codes) are open; `fill` draws these. A near-duplicate is a skeleton filled a second time.

Only `Random.random` is drawn from: of all methods it alone is promised to give the same numbers in every Python.
"""

from __future__ import annotations

import argparse
import csv
import html
import io
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal, TypeVar

from sample_patterns import DRAWN_LAST, RULES, VERBATIM

T = TypeVar("T")
Label = Literal["ham", "spam"]
Words = frozenset[str]
SEED = 4
DEFAULT_OUTPUT = Path(__file__).parents[1] / "data" / "sample" / "messages.csv"


@dataclass(frozen=True)
class Kind:
    """One kind of message: the rule where it starts, its label, how many to draw, and why it is hard, if it is."""

    start: str
    label: Label
    rows: int
    hard: str = ""


@dataclass(frozen=True)
class Message:
    """One row of the sample, with the kind and the skeleton that it came from."""

    kind: Kind
    skeleton: str
    text: str


KINDS = (
    Kind("one_word", "ham", 10, "very short"),
    Kind("tiny", "ham", 90, "very short"),
    Kind("ham_chat", "ham", 920),
    Kind("ham_prize", "ham", 60, "friends on prizes and free tickets"),
    Kind("ham_number", "ham", 30, "a friend's new number"),
    Kind("notice_text", "ham", 110, "genuine notice"),
    Kind("work_mail", "ham", 80),
    Kind("invoice_mail", "ham", 45, "genuine invoice"),
    Kind("newsletter", "ham", 50, "newsletter subscribed to"),
    Kind("order_mail", "ham", 45, "order confirmation"),
    Kind("bank_mail", "ham", 25, "genuine bank notice"),
    Kind("club_mail", "ham", 45),
    Kind("letter", "ham", 55),
    Kind("tech_mail", "ham", 56),
    Kind("odd_ham", "ham", 4, "odd characters"),
    Kind("undecidable_ham", "ham", 2, "undecidable"),
    Kind("prize_line", "ham", 1, "noisy label"),
    Kind("spam_prize", "spam", 34),
    Kind("spam_loan", "spam", 18),
    Kind("spam_bank", "spam", 24),
    Kind("spam_parcel", "spam", 18),
    Kind("spam_goods", "spam", 24),
    Kind("spam_job", "spam", 22, "fake job offer"),
    Kind("spam_love", "spam", 16, "romance"),
    Kind("spam_friend", "spam", 20, "a false friend's new number"),
    Kind("spam_tiny", "spam", 12, "very short spam"),
    Kind("spam_fortune", "spam", 14),
    Kind("spam_stock", "spam", 12),
    Kind("spam_pitch", "spam", 12),
    Kind("odd_spam", "spam", 2, "odd characters"),
    Kind("undecidable_spam", "spam", 2, "undecidable"),
    Kind("chat", "spam", 2, "noisy label"),
)
EXACT_COPIES: dict[Label, int] = {"ham": 32, "spam": 8}
NEAR_COPIES: dict[Label, int] = {"ham": 80, "spam": 20}
NEVER_COPIED = ("odd characters", "undecidable", "noisy label")  # their number is fixed above
FILLERS = ("just", "now", "please", "really", "again", "also", "today")

# Two messages of a kind that share more of their words than this would be a near-duplicate that nobody planned.
MAX_OVERLAP = 0.6
# Messages of fewer words only have to be distinct.
MIN_OVERLAP_WORDS = 5
MAX_TRIES = 5000

SHORT_FORMS = {
    "you": "u", "are": "r", "your": "ur", "tomorrow": "tmrw", "tonight": "2nite", "for": "4", "to": "2", "see": "c",
    "please": "pls", "thanks": "thx", "because": "cos", "great": "gr8", "be": "b", "and": "n", "with": "wiv",
    "really": "rly", "today": "2day", "message": "msg", "have": "hav", "what": "wot", "the": "da", "about": "abt",
}  # fmt: skip

CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{(\w+)(?:\*(\d+)-(\d+))?\}")


def pick(rng: Random, options: Sequence[T]) -> T:
    """One of the options."""
    return options[int(rng.random() * len(options))]


def pick_several(rng: Random, options: Sequence[T], count: int) -> list[T]:
    """`count` different options in random order, or all of them where there are fewer."""
    return sorted(options, key=lambda _: rng.random())[:count]


def expand(rng: Random, pattern: str, keep: frozenset[str] = frozenset()) -> str:
    """Make every choice in the pattern and fill its slots, but for those of the rules to keep."""
    while choice := CHOICE.search(pattern):
        pattern = pattern[: choice.start()] + pick(rng, choice[1].split("|")) + pattern[choice.end() :]
    return SLOT.sub(lambda slot: _expand_slot(rng, slot, keep), pattern)


def _expand_slot(rng: Random, slot: re.Match[str], keep: frozenset[str]) -> str:
    name, low, high = slot.groups()
    if name in keep:
        return slot[0]
    # A log-uniform count spreads the lengths over orders of magnitude.
    count = 1 if low is None else int(int(low) * ((int(high) + 1) / int(low)) ** rng.random())
    return " ".join(expand(rng, option, keep) for option in pick_several(rng, RULES[name], count))


def fill(rng: Random, skeleton: str) -> str:
    """Draw the facts that the skeleton leaves open, then mend articles and blanks."""
    text = re.sub(r"\b([Aa]) (?=[aeiou](?!ni|ne|se))", r"\1n ", expand(rng, skeleton))
    return " ".join(text.split())


def _sentences(text: str) -> str:
    # Addresses stay in lower case.
    return re.sub(r"(?:^|[.!?:] )[a-zéèê](?!\w*(?:\.\w|://))", lambda start: start[0].upper(), text)


def _hurried(text: str) -> str:
    return re.sub(r"[.,'](?= |$)", "", text).lower()


def _shortened(text: str) -> str:
    return re.sub(r"[A-Za-z]+", lambda word: SHORT_FORMS.get(word[0].lower(), word[0]), text)


def _typeset(text: str) -> str:
    return _sentences(text).replace("'", "’")


def _as_html(text: str) -> str:
    return html.escape(_sentences(html.unescape(text)), quote=False)


# Ways to type a skeleton; slots are in lower-case letters, so no style touches them.
STYLES: tuple[Callable[[str], str], ...] = (
    *(_sentences,) * 4,
    *(str.lower,) * 2,
    _hurried,
    _shortened,
    _typeset,
    _as_html,
)


def draw_kind(rng: Random, kind: Kind) -> list[Message]:
    """As many messages of the kind as it has rows, no two of them alike."""
    if kind.start in VERBATIM:
        return [Message(kind, text, text) for text in RULES[kind.start]]
    messages: list[Message] = []
    seen: list[tuple[str, Words]] = []
    for _ in range(MAX_TRIES):
        skeleton = pick(rng, STYLES)(expand(rng, pick(rng, RULES[kind.start]), keep=DRAWN_LAST))
        text = fill(rng, skeleton)
        words = frozenset(text.lower().split())
        if all(_differ(text, words, *other) for other in seen):
            messages.append(Message(kind, skeleton, text))
            seen.append((text, words))
        if len(messages) == kind.rows:
            return messages
    raise AssertionError(f"{kind.start} has patterns for {len(messages)} of {kind.rows} messages: write more of them")


def _differ(text: str, words: Words, other_text: str, other_words: Words) -> bool:
    if len(words) < MIN_OVERLAP_WORDS:
        return text != other_text
    return len(words & other_words) <= MAX_OVERLAP * len(words | other_words)


def near_copy(rng: Random, message: Message) -> Message:
    """The same skeleton with other facts and one word more."""
    words = message.skeleton.split(" ")
    at = 1 + int(rng.random() * len(words))
    return Message(message.kind, message.skeleton, fill(rng, " ".join([*words[:at], pick(rng, FILLERS), *words[at:]])))


def make_messages(seed: int) -> list[Message]:
    """All messages of the sample, shuffled."""
    rng = Random(seed)  # noqa: S311 - nothing here is secret
    messages = [message for kind in KINDS for message in draw_kind(rng, kind)]
    labels: tuple[Label, ...] = ("ham", "spam")
    for label in labels:
        originals = [m for m in messages if m.kind.label == label and m.kind.hard not in NEVER_COPIED]
        long = [message for message in originals if len(message.text.split()) >= 2 * MIN_OVERLAP_WORDS]
        messages += pick_several(rng, originals, EXACT_COPIES[label])
        messages += [near_copy(rng, message) for message in pick_several(rng, long, NEAR_COPIES[label])]
    return pick_several(rng, messages, len(messages))


def to_csv(messages: Sequence[Message]) -> bytes:
    """The file: UTF-8, header `label,text`, one line a message, quoted where needed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("label", "text"))
    writer.writerows((message.kind.label, message.text) for message in messages)
    return buffer.getvalue().encode()


def main(argv: Sequence[str] | None = None) -> int:
    """Write the sample, or compare it with the file that is there."""
    parser = argparse.ArgumentParser(description="Write the embedded sample of made-up ham and spam messages.")
    parser.add_argument(
        "--output", type=Path, default=DEFAULT_OUTPUT, help="CSV file (default: data/sample/messages.csv)"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="seed of every draw (default: %(default)s)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the file is not what is made")
    arguments = parser.parse_args(argv)
    content = to_csv(make_messages(arguments.seed))
    if not arguments.check:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_bytes(content)
        return 0
    if arguments.output.is_file() and arguments.output.read_bytes() == content:
        return 0
    sys.stderr.write(f"{arguments.output} is not what this script makes: run it again without --check\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
