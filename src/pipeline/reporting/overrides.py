"""Which overrides of a command line change what a run does to its data, and not where it runs or what it shows."""

from __future__ import annotations

from collections.abc import Sequence

NOT_A_SETTING_OF_IT = frozenset({
    "experiment", "flow", "name", "protocol", "source", "seed", "outputs", "raw", "strict", "download", "probe",
    "report", "hydra",
})  # fmt: skip


def changed_said(overrides: Sequence[str]) -> str:
    """The overrides that make a run differ from what its protocol says, as a sentence; empty where none does."""
    changed = [override for override in overrides if _top(override) not in NOT_A_SETTING_OF_IT]
    return f"Not as said here is what was set on the command line: {', '.join(changed)}." if changed else ""


def _top(override: str) -> str:
    """The first part of the key of an override: `embedding` of `embedding.dim=100`."""
    return override.lstrip("+~").partition("=")[0].partition(".")[0].partition("@")[0]
