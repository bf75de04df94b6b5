"""What may stand in a cell: each kind of cell reads text into a value and writes it back the same way.

`read` is only asked about text that is not empty, and raises CellRefused. What `write` makes, `read` takes.
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.translation import gettext as _

from schoolbell.importing.refusals import CellRefused
from schoolbell.kit.text import is_too_short_for_a_phone
from schoolbell.kit.time import now, zone

FIRST_YEAR, LAST_YEAR = 1900, 2200
LONGEST_TEXT: Final = 5_000
_email, _url = EmailValidator(), URLValidator(schemes=["http", "https"])


class Cell(Protocol):
    def read(self, text: str) -> Any: ...

    def write(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Text:
    most: int = LONGEST_TEXT

    def read(self, text: str) -> str:
        if len(text) > self.most:
            raise CellRefused(
                _("is %(long)s characters long; at most %(most)s fit") % {"long": len(text), "most": self.most}
            )
        return text

    def write(self, value: str) -> str:
        return value.strip()


@dataclass(frozen=True, slots=True)
class Key(Text):
    """A key of the school's own. It can stand in a list, so it has none of the marks that part one."""

    most: int = 64

    def read(self, text: str) -> str:
        Text.read(self, text)
        if not re.fullmatch(r"[^;()]+", text) or not text.isprintable():
            raise CellRefused(_("is no key: leave out semicolons, brackets and line breaks"))
        return text


@dataclass(frozen=True, slots=True)
class Reference(Text):
    """A booking's."""

    most: int = 9

    def read(self, text: str) -> str:
        Text.read(self, text)
        if not re.fullmatch(r"[0-9A-Z]+(-[0-9A-Z]+)*", text):
            raise CellRefused(_("is no booking reference: use capital letters, digits and hyphens"))
        return text


@dataclass(frozen=True, slots=True)
class Email(Text):
    most: int = 254

    def read(self, text: str) -> str:
        Text.read(self, text)
        try:
            _email(text)
        except ValidationError:
            raise CellRefused(_("“%s” is not an e-mail address") % text) from None
        return text


@dataclass(frozen=True, slots=True)
class Phone(Text):
    most: int = 32

    def read(self, text: str) -> str:
        Text.read(self, text)
        if is_too_short_for_a_phone(text):
            raise CellRefused(_("“%s” is too short for a phone number") % text)
        return text


@dataclass(frozen=True, slots=True)
class Url(Text):
    most: int = 200

    def read(self, text: str) -> str:
        Text.read(self, text)
        try:
            _url(text)
        except ValidationError:
            raise CellRefused(_("“%s” is not a web address such as https://example.org/") % text) from None
        return text


@dataclass(frozen=True, slots=True)
class Zone(Text):
    most: int = 64

    def read(self, text: str) -> str:
        return read_zone(text)


@dataclass(frozen=True, slots=True)
class Whole:
    least: int = 0
    most: int = 32_767

    def read(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text):
            raise CellRefused(_("“%s” is not a whole number") % text)
        if not self.least <= int(text) <= self.most:
            raise CellRefused(
                _("%(value)s is not between %(least)s and %(most)s")
                % {"value": text, "least": self.least, "most": self.most}
            )
        return int(text)

    def write(self, value: int | None) -> str:
        return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Figures:
    """A number with so many places behind the point, kept as a whole number of the smallest: 45.00 is 4500."""

    places: int
    most: int = 2_000_000_000
    unit: str = ""

    def read(self, text: str) -> int:
        bare = text.removesuffix(self.unit).strip() if self.unit else text
        if not re.fullmatch(r"[0-9]{1,12}([.,][0-9]+)?", bare):
            raise CellRefused(
                _("“%s” is not a number such as %s: no currency, no spaces, no sign") % (text, self.write(4500))
            )
        _whole, _point, behind = bare.replace(",", ".").partition(".")
        if len(behind) > self.places:  # 1,500 may be meant as thousands
            raise CellRefused(
                _("“%(text)s” has more than %(places)s places behind the point") % {"text": text, "places": self.places}
            )
        value = Decimal(bare.replace(",", ".")).scaleb(self.places)
        if value > self.most:
            raise CellRefused(_("%(value)s is more than %(most)s") % {"value": text, "most": self.write(self.most)})
        return int(value)

    def write(self, value: int | None) -> str:
        return "" if value is None else str(Decimal(value).scaleb(-self.places))


@dataclass(frozen=True, slots=True)
class YesNo:
    def read(self, text: str) -> bool:
        said = text.casefold()
        if said in ("yes", "y", "true", "1"):
            return True
        if said in ("no", "n", "false", "0"):
            return False
        raise CellRefused(_("“%s” is neither yes nor no") % text)

    def write(self, value: bool | None) -> str:  # noqa: FBT001
        return "" if value is None else "yes" if value else "no"


@dataclass(frozen=True, slots=True)
class Choice:
    of: tuple[str, ...]

    def read(self, text: str) -> str:
        said = re.sub(r"[\s-]+", "_", text.casefold())
        if said not in self.of:
            raise CellRefused(
                _("“%(text)s” is not one of: %(choices)s") % {"text": text, "choices": ", ".join(self.of)}
            )
        return said

    def write(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Day:
    has_been: bool = False

    def read(self, text: str) -> dt.date:
        day = read_day(text)
        if self.has_been and day > now().date():
            raise CellRefused(_("%s is still to come") % text)
        return day

    def write(self, value: dt.date | None) -> str:
        return value.isoformat() if value else ""


def read_day(text: str) -> dt.date:
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            raise ValueError
        day = dt.date.fromisoformat(text)
    except ValueError:
        if re.fullmatch(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\.?", text):
            sentence = _(
                "“%s” is not a date such as 2026-12-01: year, month, day. Spreadsheets write dates their own way; "
                "format the column as yyyy-mm-dd, or as text, and write it again"
            )
            raise CellRefused(sentence % text) from None
        raise CellRefused(_("“%s” is not a date such as 2026-12-01") % text) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellRefused(
            _("%(text)s is not between the years %(first)s and %(last)s")
            % {"text": text, "first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day


def read_zone(text: str) -> str:
    try:
        zone(text)
    except ValueError:
        raise CellRefused(_("“%s” is not a time zone such as Europe/London") % text) from None
    return text


@dataclass(frozen=True, slots=True)
class Many:
    """A list in a cell, its parts kept apart by semicolons."""

    part: Cell
    most: int = 100

    def read(self, text: str) -> tuple[Any, ...]:
        parts = [part.strip() for part in text.split(";")]
        while parts and not parts[-1]:
            parts.pop()
        if not parts or "" in parts:
            raise CellRefused(_("has an empty part; keep the parts apart with one semicolon each"))
        if len(parts) > self.most:
            raise CellRefused(_("has %(parts)s parts; at most %(most)s fit") % {"parts": len(parts), "most": self.most})
        return tuple(self.part.read(part) for part in parts)

    def write(self, value: tuple[Any, ...]) -> str:
        return "; ".join(self.part.write(part) for part in value)
