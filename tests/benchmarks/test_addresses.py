"""The bench of the pages knows every one of them."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from benchmarks.addresses import GENERAL, PAGES
from benchmarks.crawl import kind_of
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.django_db
SCHOOL = "s/<slug:slug>/"
MEASURED = {*GENERAL, *(SCHOOL + route for routes in PAGES.values() for route in routes)}


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        elif route != "api/":  # what programs ask for
            yield from routes(one.url_patterns, route)


def plain(route: str) -> str:
    """“s/<slug:slug>/orders/<order_id>/”."""
    head = SCHOOL if route.startswith(SCHOOL) else ""
    return head + re.sub(r"<\w+:(\w+)>", r"<\1>", route.removeprefix(head))


def test_whatever_address_the_bench_does_not_measure_cannot_be_looked_at():
    every = {plain(route): route for route in routes(get_resolver().url_patterns)}
    assert set(every) >= MEASURED
    for short in every:
        path = re.sub(r"<[^>]+>", lambda _found: str(uuid4()), short.replace("<slug:slug>", "a-school"))
        is_act = Client().get(f"/{path}").status_code == 405
        assert (short, is_act) == (short, short not in MEASURED)


def test_kinds_are_told_apart_by_filters_and_not_by_where_in_a_list_one_is():
    one = "01a0de3a-f180-719f-9cfc-d8b145fa7cc5"
    assert kind_of(f"/s/coding/office/bookings/{one}/", "coding") == "/office/bookings/<id>/"
    assert kind_of("/s/coding/office/bookings/?status=held&page=2&q=", "coding") == "/office/bookings/?q&status"
    assert kind_of("/s/coding/?day=2026-12-01", "coding") == "/"
