"""Letters of scripts without blanks become words; nothing happens to other scripts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.scripts import part_unspaced


@pytest.mark.parametrize(
    ("text", "parted"),
    [
        ("日本語 ok", ["日", "本", "語", "ok"]),
        ("人々はラーメンが", ["人", "々", "は", "ラ", "ー", "メ", "ン", "が"]),
        ("ﾗｰﾒﾝ", ["ﾗ", "ｰ", "ﾒ", "ﾝ"]),
        ("か\u3099く", ["か\u3099", "く"]),  # a voiced sound mark of its own
        ("กินที่", ["กิ", "น", "ที่"]),
        ("ຂ້ອຍ", ["ຂ້", "ອ", "ຍ"]),
        ("ភាសា", ["ភា", "សា"]),
        ("မြန်မာ", ["မြ", "န်", "မာ"]),
        ("ราคา500บาท", ["ร", "า", "ค", "า", "500", "บ", "า", "ท"]),  # this vowel is a letter to Unicode, no mark
        ("中1中", ["中", "1", "中"]),
    ],
)
def test_each_letter_is_a_word_with_its_marks(text: str, parted: list[str]) -> None:
    assert part_unspaced([text])[0].split() == parted


SPACED = st.characters(max_codepoint=0x0DFF) | st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)


@given(st.lists(st.text(SPACED | st.sampled_from("😀🎉\u200d\ufe0f、。「」・"))))
def test_nothing_happens_to_other_scripts(texts: list[str]) -> None:
    assert part_unspaced(texts) == texts
    assert part_unspaced([*texts, "中"])[:-1] == texts


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    assert part_unspaced([text])[0].replace(" ", "") == text.replace(" ", "")
