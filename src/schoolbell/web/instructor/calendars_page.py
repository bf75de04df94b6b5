"""What pages of outside calendars do, for an instructor's own and for the office: the list, the form, the acts."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from schoolbell.diary.busy_ahead import BusyAhead, busy_ahead
from schoolbell.diary.models import Diary, OutsideCalendar, OutsideEvent
from schoolbell.diary.outside import fetch_calendar, subscribe_calendar, unsubscribe_calendar
from schoolbell.kit.refusals import InputRefused, NotFound, Refusal
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.people.models import Instructor
from schoolbell.timetable.clashes import lessons_under
from schoolbell.timetable.models import Slot
from schoolbell.web.entry import Visit
from schoolbell.web.once import done_once, key_as_sent
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.templatetags.words import day as said_day
from schoolbell.web.templatetags.words import when_here
from schoolbell.web.zones import zone_choices

EVENTS_SHOWN: Final = 6
MINUTE: Final = dt.timedelta(minutes=1)
Shown = Callable[..., HttpResponse]


class CalendarForm(PlainForm):
    url = forms.CharField(
        label=gettext_lazy("Its address"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "It begins with https:// or webcal://. Keep it to yourself: whoever has it can read it."
        ),
        error_messages={"required": gettext_lazy("Paste the address of the calendar.")},
    )
    name = forms.CharField(label=gettext_lazy("What you call it"), max_length=100, required=False)
    timezone = forms.ChoiceField(label=gettext_lazy("Whole days are days in"))

    def __init__(self, *args: Any, own: ZoneInfo, schools: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = zone_choices(own, schools)  # type: ignore[attr-defined]
        self.fields["timezone"].initial = own.key

    def refuse(self, refused: InputRefused) -> None:
        for name, sentences in refused.errors.items():
            for sentence in sentences:
                self.add_error(name if name in self.fields else None, sentence)


@dataclass(frozen=True, slots=True)
class Shelf:
    """A calendar as the page shows it. `clashes` are lessons that lie under its events."""

    calendar: OutsideCalendar
    read: str
    is_stale: bool
    busy: BusyAhead
    where: ZoneInfo
    clashes: Sequence[Slot]

    @property
    def events(self) -> list[str]:
        days_in = zone(self.calendar.timezone)
        return [_said(event, self.where, days_in) for event in self.busy.events]

    @property
    def more(self) -> int:
        return self.busy.total - len(self.busy.events)

    @property
    def lessons(self) -> list[tuple[Slot, str]]:
        return [(one, when_here(Stretch(one.starts_at, one.ends_at), self.where)) for one in self.clashes]


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    """A page of one instructor's calendars. `show(context, status=…)` draws it, `here` is its address, and `go` goes
    back to it."""

    visit: Visit
    instructor: Instructor
    here: str
    show: Shown
    go: Callable[[], HttpResponse]

    @property
    def zone(self) -> ZoneInfo:
        return zone(self.instructor.person.timezone or self.visit.school.timezone)

    def answer(self) -> HttpResponse:
        """GET: the list and the form. POST: one more calendar, which is read at once."""
        request = self.visit.request
        form = CalendarForm(
            request.POST if request.method == "POST" else None, own=self.zone, schools=self.visit.school.zone
        )
        if request.method != "POST":
            return self._listed(form)
        if form.is_valid():
            diary = Diary(id=self.instructor.person.diary_id, school=self.visit.school)

            def act() -> UUID:
                made: UUID = subscribe_calendar(diary, by=self.visit.actor, **form.cleaned_data).pk
                return made

            try:
                # It is read afterwards: nobody waits for somebody else's server in a transaction.
                added = done_once(self.visit.school, request, key=key_as_sent(request), act=act)
                self._tell(fetch_calendar(self._find(added)))
            except InputRefused as refused:
                form.refuse(refused)
            except Refusal as refusal:
                form.add_error("url", refusal.detail)
            else:
                return self.go()
        return self._listed(form, status=422)

    def read(self, calendar_id: UUID) -> HttpResponse:
        """Now, without waiting for its turn. Raises Http404 where it is not this instructor's."""
        try:
            self._tell(fetch_calendar(self._find(calendar_id)))
        except NotFound:
            raise Http404 from None
        return self.go()

    def remove(self, calendar_id: UUID) -> HttpResponse:
        """Raises Http404 where it is not this instructor's."""
        found = self._find(calendar_id)
        try:
            unsubscribe_calendar(found, by=self.visit.actor)
        except NotFound:
            raise Http404 from None
        words = _("%s is removed. The time that it took is free again.")
        messages.success(self.visit.request, words % found.name)
        return self.go()

    def _find(self, calendar_id: UUID) -> OutsideCalendar:
        rows = OutsideCalendar.objects.of(self.visit.school).filter(diary_id=self.instructor.person.diary_id)
        found = rows.filter(id=calendar_id).first()
        if found is None:
            raise Http404
        return found

    def _tell(self, calendar: OutsideCalendar) -> None:
        if calendar.error:
            words = _("%(name)s could not be read. %(why)s")
            messages.error(self.visit.request, words % {"name": calendar.name, "why": calendar.error})
            return
        total = busy_ahead([calendar], most=0)[calendar.pk].total
        words = ngettext("%(name)s is read: busy once.", "%(name)s is read: busy %(total)s times.", total)
        if not total:
            words = _("%(name)s is read: nothing in it takes time.")
        messages.success(self.visit.request, words % {"name": calendar.name, "total": total})

    def _listed(self, form: CalendarForm, *, status: int = 200) -> HttpResponse:
        rows = OutsideCalendar.objects.of(self.visit.school).filter(diary_id=self.instructor.person.diary_id)
        calendars = list(rows.order_by("id"))
        busy = busy_ahead(calendars, most=EVENTS_SHOWN)
        clashes = lessons_under(calendars)
        context = {
            "form": form,
            "shelf": [
                Shelf(one, _last_read(one, self.zone), one.is_stale(now()), busy[one.pk], self.zone, clashes[one.pk])
                for one in calendars
            ],
            "instructor": self.instructor,
            "here": self.here,
            "calendars_zone": self.zone,
        }
        return self.show(context, status=status)


def _last_read(calendar: OutsideCalendar, where: ZoneInfo) -> str:
    """“Read 12 min ago”, “Last read on Tue 1 Dec, 16:00”, “Not read yet”."""
    if calendar.fetched_at is None:
        return _("Not read yet")
    minutes = (now() - calendar.fetched_at) // MINUTE
    if minutes < 1:
        return _("Read just now")
    if minutes < 60:
        return ngettext("Read one minute ago", "Read %(minutes)s minutes ago", minutes) % {"minutes": minutes}
    return _("Last read on %s") % when_here(calendar.fetched_at, where)


def _said(event: OutsideEvent, where: ZoneInfo, days_in: ZoneInfo) -> str:
    if not event.all_day:
        return when_here(event.during, where)
    first, last = local_day(event.starts_at, days_in), local_day(event.ends_at - MINUTE, days_in)
    if first == last:
        return _("%s, all day") % said_day(first)
    return _("%(from)s to %(to)s, all day") % {"from": said_day(first), "to": said_day(last)}
