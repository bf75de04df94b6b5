"""Hours as an instructor types them in: every week, or on one day."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from schoolbell.diary.actions import add_opening_hours
from schoolbell.diary.days import close_days, open_only
from schoolbell.diary.models import Diary, OpeningHours
from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import local_day, now, zone
from schoolbell.schools.actor import Actor
from schoolbell.web.office.forms import A_TIME, day_field, time_field
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.zones import zone_choices

WEEKDAYS = (
    (1, _("Mondays")), (2, _("Tuesdays")), (3, _("Wednesdays")), (4, _("Thursdays")), (5, _("Fridays")),
    (6, _("Saturdays")), (7, _("Sundays")),
)  # fmt: skip


class Hours(PlainForm):
    """What both kinds ask. `timezone` is the one in which they are meant, unless another is chosen."""

    starts = time_field(_("From"))
    ends = time_field(_("Until"), help_text=_("00:00 is the end of the day."))

    def __init__(self, *args: Any, timezone: str, school_timezone: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timezone = timezone
        choices = zone_choices(zone(timezone), zone(school_timezone or timezone))
        self.fields["timezone"] = forms.ChoiceField(
            label=_("By the clock of"), choices=choices, initial=timezone, required=False
        )

    def clean_timezone(self) -> str:
        return self.cleaned_data["timezone"] or self.timezone

    def refuse(self, refused: InputRefused) -> None:
        """What the action found wrong, beside the field that it is about."""
        for name, sentences in refused.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


class EveryWeek(Hours):
    weekday = forms.TypedChoiceField(
        label=_("On"),
        choices=WEEKDAYS,
        coerce=int,
        error_messages={"required": _("Choose a day of the week."), "invalid_choice": _("Choose a day of the week.")},
    )
    valid_from = day_field(_("First day"), required=False)
    valid_until = day_field(_("Last day"), required=False)
    field_order = ("weekday", "starts", "ends", "valid_from", "valid_until", "timezone")

    def write(self, diary: Diary, *, by: Actor, always_open: bool) -> Sequence[OpeningHours]:
        """The rows that it makes; `always_open` as `add_opening_hours` has it. Raises InputRefused."""
        return [add_opening_hours(diary, by=by, always_open=always_open, **self.cleaned_data)]


class OneDay(Hours):
    """One date, or to close several."""

    what = forms.ChoiceField(
        label=_("What is different"),
        choices=[("open", _("Open as well")), ("only", _("Open only then")), ("closed", _("Closed"))],
        initial="open",
        widget=forms.RadioSelect,
        required=False,
    )
    date = day_field(_("On"))
    last_date = day_field(_("Until, if several days"), required=False)
    starts = time_field(_("From"), required=False)
    ends = time_field(_("Until"), required=False, help_text=_("Closed without times: the whole day."))
    field_order = ("what", "date", "last_date", "starts", "ends", "timezone")

    def clean_date(self) -> Any:
        if self.cleaned_data["date"] < local_day(now(), zone(self.timezone)):
            raise forms.ValidationError(_("That day is over. Choose today or a later one."))
        return self.cleaned_data["date"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = self.cleaned_data
        if values.get("what") != "closed":
            for name in ("starts", "ends"):
                if name not in self.errors and values.get(name) is None:
                    self.add_error(name, A_TIME["required"])
            if values.get("last_date"):
                self.add_error("last_date", _("Only closing goes for several days at once."))
        return values

    def write(self, diary: Diary, *, by: Actor, always_open: bool) -> Sequence[OpeningHours]:
        date, what, timezone = (self.cleaned_data[name] for name in ("date", "what", "timezone"))
        starts, ends = (self.cleaned_data[name] or dt.time.min for name in ("starts", "ends"))
        if what == "closed":
            last = self.cleaned_data["last_date"] or date
            return close_days(diary, date, last, starts=starts, ends=ends, timezone=timezone, by=by)
        if what == "only":
            return open_only(diary, date, starts, ends, timezone=timezone, by=by, always_open=always_open)
        values = {"date": date, "starts": starts, "ends": ends, "timezone": timezone}
        return [add_opening_hours(diary, **values, by=by, always_open=always_open)]


KINDS: Final[dict[str, type[EveryWeek] | type[OneDay]]] = {"week": EveryWeek, "day": OneDay}
