"""The command line of the store: `python -m pipeline.store list`, `... prune [--older-than DAYS] [--stage NAME]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import UserError
from pipeline.store import KEY_LENGTH, Entry, Store


def main(arguments: list[str] | None = None) -> int:
    """List or prune the store below an outputs folder; the exit code."""
    options = _parser().parse_args(arguments)
    store = Store(options.outputs / "store")
    entries = sorted(store.entries(), key=lambda entry: (entry.stage, entry.created))
    try:
        used = used_folders(options.outputs)
    except UserError as error:
        print(error.block(), file=sys.stderr)
        return 2
    if options.command == "list":
        print(listing(entries, used))
        return 0
    doomed = [entry for entry in entries if _is_doomed(entry, options, used)]
    folders = {entry.folder: entry.size_bytes for entry in doomed} | {p: _size(p) for p in store.leftovers()}
    for folder, size in folders.items():
        print(f"{'would remove' if options.dry_run else 'removed'} {folder.name} ({_megabytes(size)})")
        if not options.dry_run:
            store.remove(folder)
    print(f"{len(folders)} folders, {_megabytes(sum(folders.values()))}")
    return 0


def used_folders(outputs: Path) -> set[str]:
    """Names of the artifact folders that the manifest of a run names.

    Raises:
        UserError: a manifest cannot be read.
    """
    manifests = (path for path in outputs.glob("*/*/**/manifest.json") if outputs / "store" not in path.parents)
    return {f"{stage['stage']}-{stage['key'][:KEY_LENGTH]}" for path in manifests for stage in _stages(path)}


def listing(entries: Iterable[Entry], used: set[str]) -> str:
    """A table of artifacts with their sizes, and whether a run refers to them."""
    lines = [f"{'stage':20} {'key':{KEY_LENGTH}} {'size':>10}  {'written':16}  used by a run"]
    total = 0
    for entry in entries:
        total += entry.size_bytes
        lines.append(
            f"{entry.stage:20} {entry.key[:KEY_LENGTH]} {_megabytes(entry.size_bytes):>10}  "
            f"{entry.created:%Y-%m-%d %H:%M}  {'yes' if entry.folder.name in used else 'no'}"
        )
    return "\n".join([*lines, f"{len(lines) - 1} artifacts, {_megabytes(total)}"])


def _stages(manifest: Path) -> list[dict[str, str]]:
    try:
        return json.loads(manifest.read_text(encoding="utf-8"))["stages"]
    except (ValueError, KeyError) as error:
        raise UserError(
            f"{manifest} cannot be read: {error}",
            expected="the manifest of a run, which says what it uses",
            remedy="Remove that run folder, then try again.",
        ) from None


def _is_doomed(entry: Entry, options: argparse.Namespace, used: set[str]) -> bool:
    if options.stage and entry.stage != options.stage:
        return False
    if options.older_than is not None:
        return entry.created < datetime.now(UTC) - timedelta(days=options.older_than)
    return entry.folder.name not in used


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipeline.store", description="Artifacts kept for reuse.")
    parser.add_argument("--outputs", type=Path, default=Path("outputs"), help="the outputs folder (default: outputs)")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what the store holds, with sizes")
    prune = commands.add_parser(
        "prune", help="remove artifacts that no run folder refers to, and what killed runs left behind"
    )
    prune.add_argument("--older-than", type=float, metavar="DAYS", help="remove by age instead, used by a run or not")
    prune.add_argument("--stage", metavar="NAME", help="only artifacts of this stage")
    prune.add_argument("--dry-run", action="store_true", help="say what would be removed, remove nothing")
    return parser


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"


if __name__ == "__main__":
    raise SystemExit(main())
