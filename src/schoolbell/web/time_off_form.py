"""When somebody is away, as it is typed in."""

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from schoolbell.kit.refusals import InputRefused
from schoolbell.kit.time import Stretch, instant
from schoolbell.web.office.forms import OfficeForm, day_field, time_field

FIELDS: Final = {"starts_at": "first_day", "ends_at": "last_day"}


class TimeOffForm(OfficeForm):
    """From when to when, by a clock that the page names. Without times, whole days."""

    first_day = day_field(gettext_lazy("First day"))
    starts = time_field(gettext_lazy("From"), required=False)
    last_day = day_field(gettext_lazy("Last day"))
    ends = time_field(gettext_lazy("Until"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False, help_text=gettext_lazy("For the office alone.")
    )

    def during(self, where: ZoneInfo) -> Stretch | None:
        """None, and an error, where it ends before it starts."""
        values = self.cleaned_data
        ends_on = values["last_day"] if values["ends"] else values["last_day"] + dt.timedelta(days=1)
        starts_at = instant(values["first_day"], values["starts"] or dt.time.min, where)
        ends_at = instant(ends_on, values["ends"] or dt.time.min, where)
        if ends_at <= starts_at:
            self.add_error("last_day", _("An absence ends after it starts."))
            return None
        return Stretch(starts_at, ends_at)

    def refuse(self, refused: InputRefused) -> None:
        super().refuse(InputRefused({FIELDS.get(name, name): told for name, told in refused.errors.items()}))
