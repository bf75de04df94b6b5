"""What pages of slots do, for a coach's own and for the office: the list, the form, the preview, the acts."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from schoolbell.bookings.slots import delete_slot, seen_as_slots, slots_of
from schoolbell.kit.refusals import InputRefused, NotFound, Refusal
from schoolbell.kit.time import Stretch, local_day, now, zone
from schoolbell.people.models import Instructor
from schoolbell.planning.refusals import SlotsClash
from schoolbell.planning.slots import Published, preview_slots, publish_slots
from schoolbell.timetable.models import Session
from schoolbell.web.entry import Visit
from schoolbell.web.instructor.slots_form import SlotsForm
from schoolbell.web.templatetags.words import when_here

AT_A_TIME: Final = 50
Shown = Callable[..., HttpResponse]


@dataclass(frozen=True, slots=True)
class SlotsDay:
    """A day's slots, as published or as planned."""

    day: dt.date
    slots: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SlotsPage:
    """A page of one instructor's slots. `show(name, context, status=…)` draws it, `here` is its address, and `go` goes
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
        """GET: the list and the form. POST: the preview; `do` says publish, or change, for the form as it was."""
        request = self.visit.request
        bound = request.POST if request.method == "POST" else None
        form = SlotsForm(bound, school=self.visit.school, instructor=self.instructor)
        if request.method != "POST":
            return self._listed(form)
        if not form.is_valid():
            return self._listed(form, status=422)
        try:
            match request.POST.get("do"):
                case "publish":
                    return self._publish(form)
                case "change":
                    return self._listed(form)
                case _:
                    return self._previewed(form)
        except InputRefused as refused:
            form.refuse(refused)
        except Refusal as refused:
            form.add_error(None, refused.detail)
        return self._listed(form, status=422)

    def _listed(self, form: SlotsForm, *, status: int = 200) -> HttpResponse:
        rows = slots_of(self.visit.school, self.instructor.pk, starts_from=now())
        rows = rows.exclude(session__status=Session.Status.CANCELLED).order_by("starts_at", "id")
        pages = Paginator(rows, AT_A_TIME)
        chosen = pages.get_page(self.visit.request.GET.get("page"))
        found = seen_as_slots(list(chosen.object_list))
        context = {
            "form": form,
            "days": _by_day(found, self.zone, lambda one: one.slot.starts_at),
            "pages": chosen,
            "total": pages.count,
        }
        return self._show("slots", context, status=status)

    def _previewed(self, form: SlotsForm, *, changed: bool = False) -> HttpResponse:
        planned = preview_slots(form.plan())
        clashing = [one for one in planned if one.clashes]
        context = {
            "form": form,
            "said": form.said(),
            "days": _by_day(planned, self.zone, lambda one: one.during.starts_at),
            "free": sum(one.is_free for one in planned),
            "clashing": len(clashing),
            "there": len(planned) - len(clashing) - sum(one.is_free for one in planned),
            "changed": changed,
            "typed": _typed(form),
        }
        return self._show("slots_preview", context, status=409 if changed else 200)

    def _publish(self, form: SlotsForm) -> HttpResponse:
        skip_clashing = self.visit.request.POST.get("clashing") == "skip"
        try:
            published = publish_slots(form.plan(), by=self.visit.actor, skip_clashing=skip_clashing)
        except SlotsClash:
            return self._previewed(form, changed=True)
        messages.success(self.visit.request, _told(published))
        return self.go()

    def _show(self, name: str, context: dict[str, Any], *, status: int) -> HttpResponse:
        shared = {"instructor": self.instructor, "here": self.here, "slots_zone": self.zone}
        return self.show(name, shared | context, status=status)

    def remove(self, slot_id: UUID) -> HttpResponse:
        """Raises Http404 where it is not this instructor's."""
        found = slots_of(self.visit.school, self.instructor.pk).filter(id=slot_id).first()
        if found is None:
            raise Http404
        try:
            delete_slot(found, by=self.visit.actor)
        except NotFound:
            raise Http404 from None
        except Refusal as refused:
            messages.error(self.visit.request, refused.detail)
        else:
            when = when_here(Stretch(found.starts_at, found.ends_at), self.zone)
            messages.success(self.visit.request, _("The slot on %s is gone, and its time is free.") % when)
        return self.go()


def _by_day(slots: Sequence[Any], where: ZoneInfo, starts_at: Callable[[Any], dt.datetime]) -> list[SlotsDay]:
    found: list[SlotsDay] = []
    for one in slots:
        day = local_day(starts_at(one), where)
        if not found or found[-1].day != day:
            found.append(SlotsDay(day))
        found[-1].slots.append(one)
    return found


def _typed(form: SlotsForm) -> list[tuple[str, str]]:
    """What was typed in, to be sent again with the choice that the preview asks for."""
    data = form.data
    return [
        (name, value)
        for name in form.fields
        for value in (data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")])
    ]


def _told(published: Published) -> str:
    told = [
        ngettext("%(number)s slot is published.", "%(number)s slots are published.", published.added)
        % {"number": published.added}
    ]
    if published.skipped:
        told.append(_("%(number)s that clash were left out.") % {"number": published.skipped})
    if published.there_before:
        told.append(_("%(number)s were there before.") % {"number": published.there_before})
    return " ".join(told)
