"""The components page: every part that pages are made of, for those who build pages and for checks by eye."""

import datetime as dt
from types import SimpleNamespace as Thing
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from schoolbell.kit.money import Money
from schoolbell.kit.time import Stretch, instant, now
from schoolbell.web.plain_forms import PlainForm
from schoolbell.web.templatetags.fields import Choice
from schoolbell.web.templatetags.pieces import Column
from schoolbell.web.templatetags.states import BOOKING, PAYMENT, SESSION

DAY = dt.date(2026, 12, 8)
BERLIN = ZoneInfo("Europe/Berlin")
SYDNEY = ZoneInfo("Australia/Sydney")


class Sample(PlainForm):
    """One field of every kind, two of them with something to put right."""

    name = forms.CharField(label="Your name")
    email = forms.EmailField(
        label="E-mail",
        error_messages={"invalid": "The part after the @ looks unfinished. Did you mean tom@example.org?"},
    )
    phone = forms.CharField(label="Phone", required=False)
    instructor = forms.ChoiceField(
        label="Instructor", choices=[("", "Anyone who is free"), ("1", "Priya Raman")], required=False
    )
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    born_on = forms.DateField(
        label="Date of birth",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "We need it to see whether the course suits the age."},
    )
    attendance = forms.ChoiceField(
        label="Chloe Papadakis",
        choices=[("present", "Present"), ("late", "Late"), ("absent", "Absent")],
        widget=forms.RadioSelect,
    )
    pay = forms.ChoiceField(
        label="How you would like to pay",
        widget=forms.RadioSelect,
        choices=[
            (
                "deposit",
                Choice("Deposit by card", "The other £532.80 is due by Tue 24 Nov.", "£180.00 now", icon="credit-card"),
            ),
            ("card", Choice("All by card", "Nothing more to do.", "£712.80 now", icon="credit-card")),
            ("bank", Choice("Bank transfer", "Held until Mon 23 Nov, 17:00 London.", "nothing now", icon="landmark")),
        ],
    )
    terms = forms.BooleanField(
        label=mark_safe('I accept the <a class="text" href="#fields">terms</a>: free to cancel until Tue 24 Nov.')
    )


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "web/components.html", sample_context())


def sample_context() -> dict[str, Any]:
    """What the page shows. Nothing here comes from the database."""
    typed = {"name": "Tom Baker", "email": "tom@example", "attendance": "present", "pay": "deposit", "terms": "on"}
    return {
        "themes": [("schoolbell", "Light"), ("schoolbell-dark", "Dark")],
        "form": Sample(typed),
        "day": DAY,
        "berlin": BERLIN,
        "sydney": SYDNEY,
        "lesson": _stretch("16:00", "17:00"),
        "held_until": now() + dt.timedelta(minutes=14, seconds=32),
        "awaited": ("deposit", "payment", "approval"),
        "booking_states": [status for status in BOOKING if status != "pending"],
        "payment_states": list(PAYMENT),
        "session_states": list(SESSION),
        "kinds": ("confirmed", "pending", "now", "clash", "done", "cancelled", "off"),
        "free": [_stretch("08:00", "10:00"), _stretch("13:30", "15:30")],
        "own_day": [
            _timed("08:00", "11:00", kind="over"),
            _timed("11:30", "12:30", kind="next"),
            _timed("13:30", "14:30"),
            _timed("15:00", "16:00", kind="wait"),
            _timed("17:00", "18:00", kind="stop"),
        ],
        "events": [
            _timed("08:00", "11:00", kind="done", title="Safer Drivers, 4 of 5 came", href="#days"),
            _timed("11:30", "12:30", kind="confirmed", title="Liam N.", href="#days"),
            _timed("13:00", "14:00", kind="cancelled", title="Max B.", href="#days"),
            _timed("15:30", "18:00", kind="clash", title="Olivia R., test day", href="#days"),
        ],
        "counts": {DAY.replace(day=number): 1 + number * 7 % 9 for number in range(1, 23) if number % 7 not in {5, 6}},
        "times": [
            Thing(starts_at=_at(start), href="#days", note=note)
            for start, note in (
                ("10:00", "Tom"),
                ("11:00", "Tom"),
                ("15:00", "Maya"),
                ("16:00", "Maya or Tom"),
                ("18:00", "2 seats left"),
            )
        ],
        "views": [
            Thing(words="Both", href="#choosing", is_current=True, avatar=""),
            Thing(words="Leo", href="#choosing", is_current=False, avatar="Leo"),
            Thing(words="Mila", href="#choosing", is_current=False, avatar="Mila"),
        ],
        "zones": [("Europe/Berlin", "Berlin (CET)"), ("America/New_York", "New York (EST), the school")],
        "columns": [
            Column("Choose", "pick"),
            Column("Student", "lead"),
            "When (Sydney)",
            "Lesson",
            Column("State", "tail"),
            Column("Payment", "tail"),
            Column("Price", "aside"),
        ],
        "bookings": [
            Thing(
                reference="CL-4F8Q",
                student="Sofia Marchetti",
                lesson=_stretch("17:00", "18:00"),
                course="First lesson, Priya",
                status="pending",
                payment_status="pending",
                price=Money(7500, "AUD"),
                is_chosen=True,
            ),
            Thing(
                reference="CL-2M6D",
                student="Liam Nguyen",
                lesson=_stretch("11:30", "12:30"),
                course="Driving lesson, Priya",
                status="confirmed",
                payment_status="deposit_paid",
                price=Money(8900, "AUD"),
                is_chosen=False,
            ),
            Thing(
                reference="CL-3N5Y",
                student="Max Bergström",
                lesson=_stretch("13:00", "14:00"),
                course="Driving lesson, Mei",
                status="cancelled",
                payment_status="refunded",
                price=Money(8900, "AUD"),
                is_chosen=False,
            ),
        ],
        "lines": [
            Thing(words="3 seats × £220.00", amount=Money(66000, "GBP")),
            Thing(words="Code SITE10", amount=Money(-6600, "GBP")),
            Thing(words="Before VAT", amount=Money(59400, "GBP"), is_quiet=True),
            Thing(words="VAT 20%", amount=Money(11880, "GBP")),
        ],
        "total": Money(71280, "GBP"),
        "due": [
            Thing(words="To pay now", amount=Money(18000, "GBP")),
            Thing(words="By Tue 24 Nov", amount=Money(53280, "GBP")),
        ],
        "people": ("Priya Raman", "Dan Okafor", "Mei Tran", "Anna Weber", "Leo", "Juan Carlos de la Cruz"),
    }


def _at(wall: str) -> dt.datetime:
    return instant(DAY, dt.time.fromisoformat(wall), BERLIN)


def _stretch(start: str, end: str) -> Stretch:
    return Stretch(_at(start), _at(end))


def _timed(start: str, end: str, **more: str) -> Thing:
    return Thing(starts_at=_at(start), ends_at=_at(end), **more)
