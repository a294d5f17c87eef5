"""A table as files: CSV for programs, Markdown and LaTeX for documents."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path

from pipeline.reporting.comparison.tables import Cell, Record, Table
from pipeline.reporting.words import MINUS

LATEX = {
    **{char: f"\\{char}" for char in "&%$#_{}"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}",
    ">": r"\textgreater{}", "|": r"\textbar{}", "–": "--", "“": "``", "”": "''", "…": r"\ldots{}", MINUS: "$-$",
}  # fmt: skip
LATEX_ESCAPES = str.maketrans(LATEX)
MARKDOWN_ESCAPES = str.maketrans({
    **{char: f"\\{char}" for char in "\\|*_`"}, "&": "&amp;", "<": "&lt;", ">": "&gt;", "\n": " ",
})  # fmt: skip


def write_tables(folder: Path, tables: Sequence[Table]) -> None:
    """Write each table as `<name>.csv`, `<name>.md` and `<name>.tex`."""
    folder.mkdir(exist_ok=True)
    for table in tables:
        for suffix, text in (("csv", as_csv(table)), ("md", as_markdown(table)), ("tex", as_latex(table))):
            (folder / f"{table.name}.{suffix}").write_text(text, encoding="utf-8", newline="\n")


def remove_drawn(folder: Path, tables: Sequence[str]) -> None:
    """Remove what was drawn before: what the data no longer give must not stay, as runs that were unfinished then."""
    figures = [path for suffix in ("png", "svg") for path in (folder / "figures").glob(f"*.{suffix}")]
    written = [folder / "tables" / f"{name}.{suffix}" for name in tables for suffix in ("csv", "md", "tex")]
    for path in (*figures, *written):
        path.unlink(missing_ok=True)


def as_csv(table: Table) -> str:
    """Records with numbers at full precision; empty where a number is undefined."""
    names = list(dict.fromkeys(name for record in table.records for name in record))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(_known, table.records))
    return text.getvalue()


def as_markdown(table: Table) -> str:
    """The table as it is on the page, with its caption below."""
    heads = [column.head for column in table.columns]
    rule = ["---:" if column.is_number else "---" for column in table.columns]
    lines = [_line(heads), f"| {' | '.join(rule)} |"]
    lines += [_line([_markdown_text(cell) for cell in row], is_escaped=True) for body in table.bodies for row in body]
    return "\n".join([*lines, "", table.caption.translate(MARKDOWN_ESCAPES), ""])


def as_latex(table: Table) -> str:
    """A tabular for booktabs: what is small on the page is a line of its own below, baselines are ruled off."""
    places = "".join("r" if column.is_number else "l" for column in table.columns)
    heads = " & ".join(_latex(column.head) for column in table.columns)
    lines = [
        r"% needs \usepackage{booktabs}", *(f"% {line}" for line in table.caption.splitlines()),
        f"\\begin{{tabular}}{{{places}}}", r"\toprule", f"{heads} \\\\",
    ]  # fmt: skip
    for body in table.bodies:
        lines.append(r"\midrule")
        for row in body:
            lines.append(f"{' & '.join(map(_latex_text, row))} \\\\")
            if any(cell.note for cell in row):
                lines.append(f"{' & '.join(map(_latex_note, row))} \\\\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", ""])


def _known(record: Record) -> Record:
    """A record whose undefined numbers are left empty."""
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in record.items()}


def _line(cells: Sequence[str], *, is_escaped: bool = False) -> str:
    texts = cells if is_escaped else [cell.translate(MARKDOWN_ESCAPES) for cell in cells]
    return f"| {' | '.join(texts)} |"


def _markdown_text(cell: Cell) -> str:
    text = cell.text.translate(MARKDOWN_ESCAPES)
    shown = f"**{text}**" if cell.stands_out else text
    return f"{shown} {cell.note.translate(MARKDOWN_ESCAPES)}".strip()


def _latex(text: str) -> str:
    """Text with what LaTeX would act on escaped; a bracket after a line's end would be read as its option."""
    escaped = " ".join(text.translate(LATEX_ESCAPES).split())
    return f"{{{escaped}}}" if escaped.startswith(("[", "*")) else escaped


def _latex_text(cell: Cell) -> str:
    return f"\\textbf{{{_latex(cell.text)}}}" if cell.stands_out else _latex(cell.text)


def _latex_note(cell: Cell) -> str:
    return f"{{\\scriptsize {_latex(cell.note)}}}" if cell.note else ""
