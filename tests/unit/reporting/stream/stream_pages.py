"""The page of a run as tests read it."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path


class Text(HTMLParser):
    """The visible text of a page, its references and its classes."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tag = ""
        self.texts: list[str] = []
        self.references: list[str] = []
        self.classes: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it refers to."""
        self.tag = tag
        self.references += [value or "" for name, value in attrs if name in {"src", "href", "srcset", "action", "data"}]
        self.classes += [name for key, value in attrs if key == "class" for name in (value or "").split()]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if self.tag != "style":
            self.texts.append(data)


@dataclass(frozen=True)
class Drawn:
    """A run folder, its headline, and its page."""

    folder: Path
    headline: str
    source: str
    text: str
    references: list[str]
    classes: list[str]


def drawn(folder: Path, headline: str) -> Drawn:
    """Read the page of a run folder."""
    source = (folder / "report.html").read_text(encoding="utf-8")
    page = Text(source)
    text = " ".join(" ".join(page.texts).replace("\N{NO-BREAK SPACE}", " ").split())
    return Drawn(folder, headline, source, text, page.references, page.classes)
