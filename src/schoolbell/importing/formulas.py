"""Text that a spreadsheet would take for a formula: guarded on its way out, bare again on its way in.

A cell that begins with one of `STARTS` gets an apostrophe before it; so does one that begins with apostrophes and then
one of these, so that what is written is read back letter by letter.
"""

import re

STARTS = "=+\\-@\t\r\n＝＋－＠"
_FORMULA = re.compile(f"'*[{STARTS}]")
_GUARDED = re.compile(f"'+[{STARTS}]")


def guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def bare(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text
