"""What a run of character models under the published protocol repeats of its source, and what in it is ours.

What hangs on the settings is told from them: how networks are trained is not the same in every run.
"""

from __future__ import annotations

from pipeline.reporting.characters.recipes import Recipe, Settings
from pipeline.reporting.words import count, listed, quantity

SOURCE = "text_generation"
NOTE = (
    "This run repeats what the source describes: no message is held out, and all figures are of text that the models "
    "were trained on, n-gram models and compressors too. How each network was trained, and how that differs from the "
    "source, the report tells from the settings of the run. The source has no figures. Do not compare these with clean "
    "ones."
)
DESCENT = "RMSprop at 0.01, times 0.2 where the loss stops improving, for 30 epochs"
SAME = ("windowed", 100, "rmsprop", 0.01, "plateau", 30, None, None, "best")  # the recipe of the source


def published_note(source: str, protocol: str) -> str:
    """What is repeated and what is not, for `report.json`; empty where the run does not repeat this source."""
    return NOTE if (source, protocol) == (SOURCE, "published") else ""


def faults(settings: Settings) -> dict[str, str]:
    """What the published source gets wrong or leaves open, and what is done here instead."""
    return {
        "No held-out text": (
            "Its windows slide over the whole text, so that its one loss is that of text it was trained on. Here, "
            "unless the published protocol is asked for, all figures are of held-out messages, and near-duplicates "
            "stay on one side."
        ),
        "No figures": (
            "It reports no loss, no bits and no sample. Here every model has bits per character, the language models "
            "with an interval, beside n-gram models and compressors, and samples are scored beside real messages."
        ),
        "A claim without numbers": (
            "It says that “LSTM performed better than RNN in every case”. Here the two are compared on the same "
            "messages, with an interval, by every run that holds both."
        ),
        "Alphabet": f"Its vocabulary is that of all messages. {_alphabet(settings)}",
        "Not said": (
            "It gives neither the size of a batch nor how long the loss may stand still before the rate falls. "
            f"{_not_said(settings)}"
        ),
    }


def deviations(settings: Settings) -> dict[str, str]:
    """What is no fault of the source and yet another choice here."""
    return {
        "Every position": (
            "Of each window of 100 characters it learns one, the next. Here a model that is “streamed” learns every "
            "character: it reads many streams of messages side by side, in pieces, and carries its state on from piece "
            "to piece, while gradients stay within one (truncated backpropagation through time). A model that is "
            "“windowed” learns the one character after each window, as the source did."
        ),
        "Descent": f"It is {DESCENT}. {_descent(settings)}",
        "Epoch kept": f"Its best epoch is that of the training loss. {_kept(settings)}",
        "Own size": (
            "Its two models have about 142,000 weights each. Other sizes, embeddings, dropout and models that are told "
            "the class of a message are ours."
        ),
    }


def _alphabet(settings: Settings) -> str:
    found = settings.alphabet
    if found is None:
        return ""
    if found.alphabet_from == "all":
        return "Here it is too."
    rare = ""
    if found.min_count > 1:
        rare = f", without characters that occur fewer than {quantity(found.min_count, 'time')}"
    return f"Here it is that of the training part{rare}, and one symbol stands for every other character."


def _not_said(settings: Settings) -> str:
    """What was taken for it, by the networks that learn from windows and those whose rate falls on a plateau."""
    recipes = settings.recipes.values()
    sizes = sorted({one.batch_size for one in recipes if one.scheme == "windowed"})
    parts = [f"a batch has {listed([count(one) for one in sizes], 'or')} windows"] if sizes else []
    if any(one.schedule == "plateau" for one in recipes):
        parts.append("the rate falls after one epoch without improvement")
    return f"Here {listed(parts)}." if parts else "No model of this run is trained in its way."


def _descent(settings: Settings) -> str:
    """How the networks descend, those that do as the source did together."""
    like = [name for name, recipe in settings.recipes.items() if _like_source(recipe)]
    others = {name: recipe for name, recipe in settings.recipes.items() if name not in like}
    parts = (
        [f"In this and in all else that it says, {listed(like)} {_was(like)} trained as it describes."] if like else []
    )
    by_descent: dict[str, list[str]] = {}
    for name, recipe in others.items():
        by_descent.setdefault(recipe.descent, []).append(name)
    told = [f"{listed(names)} by {said}" for said, names in by_descent.items()]
    if told:
        parts.append(f"Here {_was(list(others))} trained: {'; '.join(told)}.")
    return " ".join(parts)


def _kept(settings: Settings) -> str:
    last = [name for name, recipe in settings.recipes.items() if recipe.keep == "last"]
    if last and len(last) == len(settings.recipes):
        return "Here the last one is kept."
    aside = f", but for {listed(last)}, of which the last is kept" if last else ""
    return f"Here it is the best on the validation part{aside}."


def _like_source(one: Recipe) -> bool:
    return (
        one.scheme, one.steps, one.optimiser, one.learning_rate, one.schedule, one.epochs, one.clipnorm,
        one.ema_decay, one.keep,
    ) == SAME  # fmt: skip


def _was(names: list[str]) -> str:
    return "was" if len(names) == 1 else "were"
