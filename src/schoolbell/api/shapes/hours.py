"""When somebody or the school is there: opening hours, closures, time off, calendars kept elsewhere."""

import datetime as dt
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from schoolbell.api.shapes.basis import ClockTime, Named, Page, one_of
from schoolbell.diary.models import TimeOff as TimeOffRow


class OpeningHours(BaseModel):
    """Every week on `weekday`, or once on `date`, then perhaps closed. What ends at 00:00 ends with the day."""

    id: UUID
    weekday: int | None = Field(description="ISO: 1 is Monday")
    date: dt.date | None
    closes: bool
    starts: ClockTime
    ends: ClockTime
    timezone: str
    valid_from: dt.date | None
    valid_until: dt.date | None


class Closure(BaseModel):
    """Both days are included, in the school's zone. One that is kept open closes nothing."""

    id: UUID
    first_day: dt.date
    last_day: dt.date
    name: str
    holiday: str = Field(description="Whose public holiday it is, such as GB-ENG; empty: the school's own closure.")
    kept_open_at: AwareDatetime | None


class HolidayRegion(BaseModel):
    country: str = Field(description="ISO 3166-1, such as GB; empty: public holidays close nothing.")
    subdivision: str = Field(description="ISO 3166-2 without the country, such as ENG; empty: the whole country's.")


class LessonInTheWay(BaseModel):
    """A lesson in time that is closed or taken: somebody has to teach, move or cancel it."""

    session: UUID
    slot: UUID
    course: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class TimeOff(BaseModel):
    id: UUID
    instructor: Named
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: str
    status: Annotated[str, one_of(TimeOffRow.Status)]
    decided_at: AwareDatetime | None
    lessons: list[LessonInTheWay] = Field(description="Those that lie in it, while it is asked for or approved.")


class Calendar(BaseModel):
    """A calendar kept elsewhere. Its address can be read by whoever knows it, so only its host is told."""

    id: UUID
    name: str
    host: str
    timezone: str = Field(description="Of its whole days, and of times that name no zone.")
    fetched_at: AwareDatetime | None = Field(description="What is known of it is as old as that.")
    tried_at: AwareDatetime | None
    is_stale: bool
    error: str = Field(description="Why it could not be fetched; empty while all is well.")
    lessons: list[LessonInTheWay] = Field(description="Those still to come that lie under an event of it.")


class OpeningHoursList(Page[OpeningHours]):
    pass


class Closures(Page[Closure]):
    pass


class LessonsInTheWay(Page[LessonInTheWay]):
    pass


class TimesOff(Page[TimeOff]):
    pass


class Calendars(Page[Calendar]):
    pass
