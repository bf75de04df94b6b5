"""Addresses of `web.public`."""

from django.urls import URLPattern, path

from schoolbell.web.public.book import book
from schoolbell.web.public.cancelling import cancel_order
from schoolbell.web.public.course import course_page
from schoolbell.web.public.naming import name_seat
from schoolbell.web.public.notes import notes
from schoolbell.web.public.order import again, calendar, order_page
from schoolbell.web.public.pay import pay_page
from schoolbell.web.public.products import cancel_products, pay_products, product_page
from schoolbell.web.public.school import school_page

urlpatterns: list[URLPattern] = [
    path("", school_page, name="school_page"),
    path("courses/<uuid:course_id>/", course_page, name="course_page"),
    path("products/<uuid:product_id>/", product_page, name="product_page"),
    path("book/", book, name="book"),
    path("orders/<uuid:order_id>/", order_page, name="order_page"),
    path("orders/<uuid:order_id>/pay", pay_page, name="pay_page"),
    path("orders/<uuid:order_id>/name/<uuid:booking_id>", name_seat, name="order_name"),
    path("orders/<uuid:order_id>/notes", notes, name="order_notes"),
    path("orders/<uuid:order_id>/cancel", cancel_order, name="order_cancel"),
    path("orders/<uuid:order_id>/pay-products", pay_products, name="pay_products"),
    path("orders/<uuid:order_id>/cancel-products", cancel_products, name="cancel_products"),
    path("orders/<uuid:order_id>/again", again, name="order_again"),
    path("orders/<uuid:order_id>/calendar.ics", calendar, name="order_calendar"),
]
