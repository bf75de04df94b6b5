"""Addresses of `web.instructor`."""

from django.urls import URLPattern, path

from schoolbell.web.instructor import calendars, own_lessons
from schoolbell.web.instructor.day import day, week
from schoolbell.web.instructor.free import free
from schoolbell.web.instructor.hours import hours, put_back, remove
from schoolbell.web.instructor.lesson import lesson
from schoolbell.web.instructor.slots import remove as remove_slot
from schoolbell.web.instructor.slots import slots
from schoolbell.web.instructor.time_off import time_off, withdraw
from schoolbell.web.instructor.weekly import weekly

urlpatterns: list[URLPattern] = [
    path("", day),
    path("week/", week),
    path("weekly/", weekly),
    path("free/", free),
    path("hours/", hours),
    path("hours/put-back", put_back),
    path("hours/<uuid:hours_id>/remove", remove),
    path("time-off/", time_off),
    path("time-off/<uuid:time_off_id>/withdraw", withdraw),
    path("slots/", slots),
    path("slots/<uuid:slot_id>/delete", remove_slot),
    path("calendars/", calendars.calendars),
    path("calendars/<uuid:calendar_id>/read", calendars.read),
    path("calendars/<uuid:calendar_id>/remove", calendars.remove),
    path("lessons/<uuid:slot_id>/", lesson),
    path("lessons/<uuid:slot_id>/move/", own_lessons.move),
    path("lessons/<uuid:slot_id>/cancel/", own_lessons.cancel),
    path("lessons/<uuid:slot_id>/substitute/", own_lessons.substitute),
    path("lessons/<uuid:slot_id>/substitute/withdraw", own_lessons.withdraw),
]
