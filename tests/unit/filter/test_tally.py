import numpy as np

from pipeline.filter.lines import Lines
from pipeline.filter.messages import Fault
from pipeline.filter.tally import Tally, stopped_by


def block(num: int, first: int = 1) -> Lines:
    """Lines of one byte each."""
    starts = np.arange(num) * 2
    return Lines(b"x\n" * num, starts, starts + 1, {}, first)


def test_of_each_kind_of_bad_line_the_first_ten_are_told() -> None:
    tally, told = Tally(), list[str]()
    tally.complain([Fault(place, "empty", "the message is empty") for place in range(30)], block(30, 1000), told.append)
    tally.complain([Fault(4, "too long", "it is")], block(5, 2000), told.append, "a.tsv")
    assert len(told) == 12
    assert told[0] == "line 1,000: the message is empty"
    assert told[10] == "more lines like it are counted, not told: empty"
    assert told[11] == "a.tsv: line 2,004: it is"
    assert tally.faults == {"empty": 30, "too long": 1}


def test_a_summary_has_shares_where_they_are_defined() -> None:
    tally = Tally(lines=6, learnt=4, answered=5, replaced=3)
    tally.judge(np.array([1.0, -1.0, 2.0, 0.0, 9.0]), np.array([1, 1, 0, 0, -1], np.int8))
    assert tally.summary(2.0) == [
        "6 lines in 2.0 s (3 a second): 4 learnt, 5 answered, 0 bad",
        "3 undecodable byte sequences were replaced",
        "scored before they were learnt: accuracy 50.00 %, recall 50.00 %, false-positive rate 50.00 %",
    ]
    tally = Tally()
    tally.judge(np.array([1.0]), np.array([1], np.int8))
    assert tally.summary(1.0)[-1] == "scored before they were learnt: accuracy 100.00 %, recall 100.00 %"


def test_tallies_add_up() -> None:
    one, other = Tally(lines=2, learnt=1, replaced=1), Tally(lines=3, learnt=2)
    other.complain([Fault(0, "empty", "")], block(1), lambda _: None)
    one.add(other)
    assert (one.lines, one.learnt, one.replaced, one.faults) == (5, 3, 1, {"empty": 1})
    other.add(one)
    assert other.sample == one.sample == b"x"


def test_a_line_that_stops_is_named_from_the_start_of_the_input() -> None:
    error = stopped_by(Fault(2, "empty", "the message is empty"), 41, "Standard input", resume=True)
    assert error.happened == "Standard input, line 43: the message is empty."
    assert "with --resume" in error.remedy
