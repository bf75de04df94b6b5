"""What may be sent, and how it is shown. Unknown fields and values of another type are refused, not guessed at."""

import datetime as dt
import re
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
)

from schoolbell.kit.numbers import MOST as MOST_NUMBER
from schoolbell.kit.numbers import has_plain_numbers
from schoolbell.kit.text import is_blank, is_one_line
from schoolbell.kit.time import UTC, day_starts, zone

FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_LEVELS = 20
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"
_NUMBER = re.compile(r"[\s+-]*[\d.]+\s*")


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


AN_ID = "01a1f8c3-36f5-7533-aa28-379aa35149e0"


def example(**sent: Any) -> ConfigDict:
    """For the document: a body that is understood, where what must be there says too little of it."""
    return ConfigDict(json_schema_extra={"examples": [sent]})


class Nothing(Input):
    """An act that there is nothing to say about: no body, or an empty object."""


def _text_only(value: Any) -> Any:
    if value is not None and (not isinstance(value, str) or _NUMBER.fullmatch(value)):
        raise ValueError("write it as text, such as 2026-12-01T16:00:00Z")
    return value


def _in_range(value: Any) -> Any:
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise ValueError(f"choose a year from {FIRST_YEAR} to {LAST_YEAR}")
    return value.astimezone(UTC) if isinstance(value, dt.datetime) else value


def _wall(value: dt.time) -> dt.time:
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError("write hours and minutes as the clock on the wall shows them, such as 16:30")
    return value


def _shallow(value: Any, levels: int = MOST_LEVELS) -> Any:
    if levels == 0:
        raise ValueError(f"nest at most {MOST_LEVELS} levels deep")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _shallow(inner, levels - 1)
    return value


def _plain_numbers(value: Any) -> Any:
    if not has_plain_numbers(value):
        raise ValueError(f"write numbers from {-MOST_NUMBER} to {MOST_NUMBER}; longer ones as text")
    return value


def _one_line(text: str) -> str:
    if not is_one_line(text):
        raise ValueError("write it in one line, without control characters")
    if text and is_blank(text):
        raise ValueError("write something that can be seen")
    return text


def _zone(name: str) -> str:
    zone(name)
    return name


Instant = Annotated[AwareDatetime, BeforeValidator(_text_only), AfterValidator(_in_range)]
Day = Annotated[dt.date, BeforeValidator(_text_only), AfterValidator(_in_range)]
WallTime = Annotated[
    dt.time,
    BeforeValidator(_text_only),
    AfterValidator(_wall),
    WithJsonSchema({"type": "string", "pattern": CLOCK, "description": "as the clock on the wall shows it"}),
]
Zone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_zone)]
Count = Annotated[int, Field(strict=True, ge=0, le=32_767)]
Minor = Annotated[int, Field(strict=True, ge=0, le=2_000_000_000, description="minor units: pence, cents")]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_one_line)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=50), AfterValidator(_one_line)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_one_line)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=5_000)]

# Its depth is known before it is looked through.
Json = Annotated[dict[str, Any], AfterValidator(_shallow), AfterValidator(_plain_numbers)]


def shown(moment: dt.datetime | None) -> str | None:
    """An instant as RFC 3339, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None


def money(amount: int, currency: str) -> dict[str, int | str]:
    return {"amount": amount, "currency": currency}


def bound(text: str, where: ZoneInfo, *, end: bool) -> dt.datetime:
    """A `from` or `to`: an instant, or a date in the school's zone, which as `to` is included. Raises ValueError."""
    if len(text) == len("2026-12-01"):
        day = _in_range(dt.date.fromisoformat(text))
        return day_starts(day + dt.timedelta(days=1) if end else day, where)
    moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    if moment.tzinfo is None:
        raise ValueError("a time names its offset, such as 2026-12-01T16:00:00Z")
    _in_range(moment)
    return moment.astimezone(UTC)
