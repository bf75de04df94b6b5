"""What people write: can it be seen, does it fit on a line, can it be rung, and how are its lines parted?"""

import unicodedata
from typing import Final

# Separators, format characters such as the zero-width space, control characters, and marks without a letter.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cf", "Cc", "Mn", "Me", "Cn"})
_BREAKS = frozenset({"Zl", "Zp", "Cc"})
# They make "gpj.exe" of "exe.jpg", and a name of somebody else's. Letters of Arabic and Hebrew need none of them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")  # letters to Unicode, empty to the eye
FIGURES_OF_A_PHONE: Final = 6


def is_blank(text: str) -> bool:
    """Nothing of it can be seen."""
    return all(unicodedata.category(one) in _UNSEEN or one in _BLANK_LETTERS for one in text)


def is_one_line(text: str) -> bool:
    """Without line breaks, tabs and other control characters, nor those that turn round what stands beside them."""
    return not any(unicodedata.category(one) in _BREAKS or one in _TURNS for one in text)


def is_too_short_for_a_phone(text: str) -> bool:
    """Fewer figures than any telephone number has, whatever stands between them."""
    return sum(one.isdecimal() for one in text) < FIGURES_OF_A_PHONE


def plain_lines(text: str) -> str:
    """Lines parted as programs part them: browsers send a carriage return with each break."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
