"""What people write on one line."""

import pytest

from schoolbell.kit.text import is_one_line


@pytest.mark.parametrize("text", ["Zoë Ng", "שרה לוי", "محمد علي", "می\u200cخواهم", "Ann\u200e Lee", "👩\u200d🏫", ""])
def test_names_of_everybody_fit_on_a_line(text: str):
    assert is_one_line(text)


@pytest.mark.parametrize(
    "turn", ["\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"]
)
def test_what_turns_round_its_neighbours_does_not(turn: str):
    assert not is_one_line(f"Ann {turn}exe.jpg")


@pytest.mark.parametrize("parted", ["a\nb", "a\tb", "a\u2028b", "a\x07b", "a\x85b"])
def test_breaks_do_not(parted: str):
    assert not is_one_line(parted)
