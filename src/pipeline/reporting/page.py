"""What every page shares: one self-contained HTML file from a template, with its pictures inside."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.reporting import tables, words

TEMPLATES = Path(__file__).parent / "templates"
FILTERS = (words.count, words.decimal, words.duration, words.percent, words.quantity, tables.setting, tables.shown)


@dataclass(frozen=True)
class Picture:
    """A figure inside the page: `source` is a data URI, so that the page needs no other file."""

    title: str
    reading: str
    source: str
    width: int
    height: int


def picture(path: Path, title: str, reading: str, *, width: float, height: float) -> Picture:
    """An SVG of `width` x `height` inches in an image element of its own: names inside cannot clash with another's."""
    content = path.with_suffix(".svg").read_bytes()
    return Picture(
        title=title,
        reading=reading,
        source=f"data:image/svg+xml;base64,{b64encode(content).decode('ascii')}",
        width=round(96 * width),
        height=round(96 * height),
    )


def write_page(path: Path, template: str, **names: Any) -> Path:
    """Fill in a template with what it asks for, and write the page; its path."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,  # texts of the corpus are untrusted
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {filter_.__name__: filter_ for filter_ in FILTERS}
    path.write_text(environment.get_template(template).render(**names), encoding="utf-8", newline="\n")
    return path
