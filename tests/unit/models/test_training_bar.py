"""The bar of a training that tells its steps itself."""

import io
import sys

import pytest

from pipeline.models.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        """Whether a bar is of use."""
        return True


def test_it_counts_the_steps_of_all_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with Progress(epochs=3, steps=70, done=1) as progress:
        assert (progress._bar.n, progress._bar.total) == (70, 210)
        for epoch in (2, 3):
            for steps in (32, 64, 70):
                progress.advance(steps, 2.5)
                assert progress._bar.n == (epoch - 1) * 70 + steps
            progress.finish_epoch(epoch, f"val_bits {epoch}.125", None)
            assert progress._bar.n == epoch * 70
    shown = terminal.getvalue()
    assert "epoch 3/3 val_bits 3.125" in shown
    assert "loss=2.5000" in shown


def test_it_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(epochs=2, steps=10, done=0) as progress:
        progress.advance(10, 1.0)
        progress.finish_epoch(1, "val_bits 2.000", None)
    assert capsys.readouterr() == ("", "")
