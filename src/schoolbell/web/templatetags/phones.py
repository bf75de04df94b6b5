"""Phone numbers in groups that can be read out."""

import re
from typing import Final

from django.template import Library

register = Library()

# Per country code how the figures after it are grouped: the first line whose beginning fits. A number of another
# country is read in threes.
GROUPS: Final = (
    ("+1", "", (3, 3, 4)),
    ("+44", "20", (2, 4, 4)),
    ("+44", "7", (4, 6)),
    ("+44", "11|1.1", (3, 3, 4)),
    ("+44", "", (4, 6)),
    ("+49", "30|40|69|89", (2, 3, 8)),
    ("+49", "", (3, 4, 8)),
    ("+61", "4", (3, 3, 3)),
    ("+61", "", (1, 4, 4)),
    ("+91", "", (5, 5)),
    ("+33", "", (1, 2, 2, 2, 2)),
)
CODE: Final = re.compile(r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})")


@register.filter
def phone(number: str) -> str:
    """“+61255506066” is “+61 2 5550 6066”. What somebody wrote with spaces, or without its country, stays."""
    if not re.fullmatch(r"\+\d{6,15}", number):
        return number
    found = CODE.match(number)
    code = found[0] if found else number[:3]
    rest = number[len(code) :]
    sizes = next((sizes for one, begins, sizes in GROUPS if one == code and re.match(begins, rest)), ())
    return " ".join([code, *_parts(rest, sizes)])


def _parts(figures: str, sizes: tuple[int, ...]) -> list[str]:
    parts = []
    for size in sizes or (3,) * len(figures):
        if figures:
            parts.append(figures[:size])
            figures = figures[size:]
    if figures:
        parts.append(figures)
    if len(parts) > 1 and len(parts[-1]) == 1:  # no figure stands alone
        parts[-2:] = ["".join(parts[-2:])]
    return parts
