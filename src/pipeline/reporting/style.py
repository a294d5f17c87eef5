"""The look that all figures share, and the sheet that a figure is drawn on and saved from.

Matplotlib is imported when a sheet is opened, never with this module, and pyplot never.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DPI = 160
CAPTION_DENSITY = 17  # characters an inch at 7 points
PLACES = 6  # digits of a share of the sheet: a thousandth of a pixel
INK, MUTED, FAINT, ALARM = "#222222", "#666666", "#e4e4e4", "#b3001b"

STYLE: dict[Any, Any] = {
    "font.family": ["DejaVu Sans", "DejaVu Sans Mono"],  # come with Matplotlib: the same widths everywhere
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "axes.labelcolor": INK,
    "lines.linewidth": 1.5,
    "lines.markersize": 4.5,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "legend.handlelength": 2.8,
    "hatch.linewidth": 0.6,
    "svg.hashsalt": "pipeline",  # element names without it are random: no two drawings would be equal
    "svg.fonttype": "path",  # text as outlines: a reader who lacks the font would see other widths and overlaps
}


@dataclass(frozen=True)
class Look:
    """How one curve is told from the others, in colour and in grey."""

    color: str
    line: str | tuple[int, tuple[float, ...]]
    marker: str

    @property
    def pen(self) -> dict[str, Any]:
        """Matplotlib's keywords for the line alone."""
        return {"color": self.color, "linestyle": self.line}

    @property
    def dots(self) -> dict[str, Any]:
        """Matplotlib's keywords for the line with its markers."""
        return {**self.pen, "marker": self.marker}


@dataclass(frozen=True)
class Fill:
    """How one kind of bar is told from the other, in colour and in grey."""

    color: str
    edge: str
    hatch: str


# Okabe and Ito's colours, which colour-blind readers can tell apart; line and marker carry it in grey.
LOOKS = (
    Look("#0072b2", "-", "o"),
    Look("#d55e00", (0, (5, 1.6)), "s"),
    Look("#009e73", (0, (5, 1.4, 1, 1.4)), "^"),
    Look("#777777", (0, (1, 1.3)), "D"),
    Look("#cc79a7", (0, (8, 1.5, 1, 1.5, 1, 1.5)), "v"),
    Look("#56b4e9", (0, (2.5, 1.2)), "P"),
)
# Fills: a light and a dark one, the dark one hatched.
NEGATIVE, POSITIVE = Fill("#9ecae1", "#2b6c99", ""), Fill("#d55e00", "#a84a00", "////")
LIGHT, HATCHED = Fill("#a6d5cb", "#00664a", ""), Fill("#009e73", "#00664a", "////")


@dataclass(frozen=True)
class Caption:
    """The small line below every figure that says what it belongs to."""

    text: str
    stand_in: bool


def look(index: int) -> Look:
    """The look of the series with that number; they repeat after the last."""
    return LOOKS[index % len(LOOKS)]


@contextmanager
def sheet(path: Path, caption: Caption, *, width: float, height: float) -> Iterator[Figure]:
    """An empty figure of `width` x `height` inches, saved as `path` + .png and .svg when the block ends well."""
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    strip = 0.2 / height  # room for the caption
    with mpl.rc_context(STYLE):
        engine = ConstrainedLayoutEngine(rect=(0, strip, 1, 1 - strip), h_pad=0.05, w_pad=0.05)
        figure = Figure(figsize=(width, height), dpi=DPI, layout=engine)
        FigureCanvasAgg(figure)
        yield figure
        _write_caption(figure, caption, width, height)
        engine.execute(figure)
        figure.set_layout_engine(None)  # or else each of the two formats would draw it once more to lay it out again
        _settle(figure)
        figure.savefig(path.with_suffix(".png"), dpi=DPI)
        figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})


def _settle(figure: Figure) -> None:
    """Round the places of axes: the layout's last bits differ from one drawing to the next, and SVG names with them."""
    for axes in figure.axes:
        left, bottom, width, height = (round(end, PLACES) for end in axes.get_position(original=True).bounds)
        axes.set_position((left, bottom, width, height))


def _write_caption(figure: Figure, caption: Caption, width: float, height: float) -> None:
    room = int(CAPTION_DENSITY * (width - (1.1 if caption.stand_in else 0.2)))
    text = caption.text if len(caption.text) <= room else f"{caption.text[: room - 1]}…"
    line = {"y": 0.06 / height, "fontsize": 7, "va": "bottom"}
    figure.text(0.012, s=text, color=MUTED, **line)
    if caption.stand_in:
        figure.text(0.988, s="STAND-IN DATA", color=ALARM, weight="bold", ha="right", **line)
