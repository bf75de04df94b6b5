"""Addresses of `web.portal`."""

from django.urls import URLPattern, path

from schoolbell.web.portal.account import payments
from schoolbell.web.portal.bookings import booking, bookings
from schoolbell.web.portal.calendar import all_lessons, one_booking
from schoolbell.web.portal.cancelling import cancel
from schoolbell.web.portal.home import home
from schoolbell.web.portal.moving import move
from schoolbell.web.portal.naming import name
from schoolbell.web.portal.notes import notes
from schoolbell.web.portal.orders import orders
from schoolbell.web.portal.reviewing import review
from schoolbell.web.portal.weekly import weekly

urlpatterns: list[URLPattern] = [
    path("", home),
    path("lessons.ics", all_lessons),
    path("bookings/", bookings),
    path("bookings/<uuid:booking_id>/", booking),
    path("bookings/<uuid:booking_id>/lessons.ics", one_booking),
    path("bookings/<uuid:booking_id>/cancel", cancel),
    path("bookings/<uuid:booking_id>/move", move),
    path("bookings/<uuid:booking_id>/name", name),
    path("bookings/<uuid:booking_id>/notes", notes),
    path("bookings/<uuid:booking_id>/review", review),
    path("orders/", orders),
    path("payments/", payments),
    path("weekly/", weekly),
]
