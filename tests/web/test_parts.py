"""What the parts of pages put into them."""

import datetime as dt
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace as Thing
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.utils.safestring import mark_safe

from schoolbell.kit.money import Money
from schoolbell.kit.time import UTC, Stretch
from schoolbell.web import components
from schoolbell.web.templatetags.days import Window
from schoolbell.web.templatetags.icons import initials

WEB = Path(components.__file__).parent
LONDON = ZoneInfo("Europe/London")
NOW = dt.datetime(2026, 12, 1, 10, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_present():
    with time_machine.travel(NOW, tick=False):
        yield


def shown(template: str, **context: object) -> str:
    return Template("{% load parts %}" + template).render(Context(context))


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


class Elements(HTMLParser):
    """Every element of a page with its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, tag: str) -> dict[str, str | None]:
        (only,) = [attributes for name, attributes in self.found if name == tag]
        return only


def test_a_button_takes_attributes_and_shows_names_as_text():
    html = shown(
        '{% button label kind="primary" icon="x" hx_post="/a?b=1&c=2" disabled=True class="mt-4" %}', label="<b>Ann</b>"
    )
    button = Elements(html).one("button")
    assert button == {
        "class": "btn btn-primary mt-4", "type": "submit", "hx-post": "/a?b=1&c=2", "disabled": None,
    }  # fmt: skip
    assert "&lt;b&gt;Ann&lt;/b&gt;" in html
    assert 'aria-hidden="true"' in html


def test_a_square_button_keeps_its_name():
    html = shown('{% link_button "More" "/more" icon="ellipsis" square=True %}')
    assert Elements(html).one("a")["aria-label"] == "More"
    assert text(html) == ""


def test_a_post_button_carries_the_token():
    html = shown('{% post_button "Publish" "/publish" kind="primary" %}', csrf_token="abc")
    assert Elements(html).one("form")["method"] == "post"
    token, once = [attributes for name, attributes in Elements(html).found if name == "input"]
    assert token == {"type": "hidden", "name": "csrfmiddlewaretoken", "value": "abc"}
    assert (once["type"], once["name"], len(once["value"])) == ("hidden", "once", 22)


class Booking(forms.Form):
    email = forms.EmailField(label="E-mail", error_messages={"invalid": "The part after the @ looks unfinished."})
    phone = forms.CharField(label="Phone", required=False, help_text="We call only on the day.")
    pay = forms.ChoiceField(label="Pay", widget=forms.RadioSelect, choices=[("card", "Card"), ("desk", "At the desk")])


def test_a_field_keeps_what_was_typed_and_says_what_is_wrong():
    html = shown('{% field form.email hint="The invoice goes here." %}', form=Booking({"email": '"><script>'}))
    field = Elements(html).one("input")
    assert field["value"] == '"><script>'
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"] == "id_email_error"
    assert "input-error" in field["class"]
    assert text(html) == "E-mail The part after the @ looks unfinished."
    assert "<script>" not in html


def test_a_field_without_a_mistake_is_described_by_its_hint():
    html = shown("{% field form.phone %}", form=Booking())
    assert Elements(html).one("input")["aria-describedby"] == "id_phone_hint"
    assert text(html) == "Phone (if you like) We call only on the day."


def test_a_choice_keeps_what_was_chosen():
    html = shown("{% choice_cards form.pay %}", form=Booking({"pay": "desk"}))
    assert [(field["value"], "checked" in field) for tag, field in Elements(html).found if tag == "input"] == [
        ("card", False),
        ("desk", True),
    ]


def test_an_error_summary_leads_to_every_field():
    html = shown(
        "{% error_summary form other %}",
        form=Booking({"email": "tom@"}),
        other=Booking({"email": "a@example.org", "pay": "card"}),
    )
    assert [link["href"] for tag, link in Elements(html).found if tag == "a"] == ["#id_email", "#id_pay_0"]
    assert text(html).startswith("2 things to put right. E-mail: The part after the @ looks unfinished.")


def test_an_error_summary_says_which_of_several_alike_and_ends_no_label_twice():
    class Seat(forms.Form):
        part = "Seat 2"
        name = forms.CharField(label="Your name", error_messages={"required": "Say who is coming."})

    class Terms(forms.Form):
        accepted = forms.BooleanField(label="I accept the terms.", error_messages={"required": "Read the terms."})

    said = text(shown("{% error_summary form other %}", form=Seat({}), other=Terms({})))
    assert said.endswith("Seat 2, your name: Say who is coming. I accept the terms: Read the terms.")


def test_a_pager_says_large_numbers_as_people_read_them():
    words = text(shown("{% pager 1226 1250 3870 previous='?page=49' following='?page=51' %}"))
    assert words == "1,226–1,250 of 3,870 Back Next"
    assert text(shown("{% pager 1 25 following='?page=2' %}")) == "1–25 Next"


def test_an_error_summary_says_nothing_when_nothing_is_wrong():
    assert shown("{% error_summary form %}", form=Booking()) == ""


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ('booking_state "confirmed"', "Confirmed"),
        ('booking_state "no_show"', "No-show"),
        ('booking_state "pending" held_until=soon', "Held for 14 min"),
        ('booking_state "pending" held_until=soon awaits="approval"', "Awaiting approval"),
        ('booking_state "pending" held_until=later awaits="deposit"', "Awaiting deposit"),
        ('booking_state "pending" held_until=over', "Held"),
        ('payment_state "part_refunded"', "Part refunded"),
        ('session_state "full"', "Full"),
        ('session_state "booked"', "Booked"),
    ],
)
def test_states_in_words(tag, said):
    minutes = {"soon": 14, "later": 600, "over": -5}
    html = shown("{% " + tag + " %}", **{name: NOW + dt.timedelta(minutes=number) for name, number in minutes.items()})
    assert text(html) == said
    assert "<svg" in html


def test_a_ribbon_is_drawn_to_scale_and_says_its_times():
    free = [Stretch(dt.datetime(2026, 12, 1, 10, tzinfo=UTC), dt.datetime(2026, 12, 1, 13, tzinfo=UTC))]
    html = shown(
        '{% ribbon free day zone hours="7-19" label="Free" %}', free=free, day=dt.date(2026, 12, 1), zone=LONDON
    )
    (bar,) = [attributes for tag, attributes in Elements(html).found if attributes.get("class") == "free"]
    assert (bar["x"], bar["width"]) == ("25.0%", "25.0%")
    assert Elements(html).one("svg")["aria-label"] == "Free: 10:00–13:00"


def test_a_window_is_drawn_by_elapsed_time_when_the_clocks_change():
    night = Window.of(dt.date(2026, 10, 25), "0-6", LONDON)
    assert list(night.hours(2)) == [("00", 0), ("01", 28.57), ("03", 57.14), ("05", 85.71)]


def test_a_lane_puts_events_on_quarter_hours():
    start = dt.datetime(2026, 12, 1, 8, tzinfo=UTC)
    event = Thing(
        starts_at=start, ends_at=start + dt.timedelta(minutes=90), kind="confirmed", href="/s", title="Liam N."
    )
    html = shown('{% lane events day zone hours="7-19" %}', events=[event], day=dt.date(2026, 12, 1), zone=LONDON)
    assert Elements(html).one("a")["class"] == "ev ev-confirmed col-start-5 col-end-11"
    assert text(html) == "08:00 Liam N."


def test_a_month_offers_the_days_with_free_times():
    counts = {dt.date(2026, 12, 3): 1, dt.date(2026, 12, 8): 9}
    html = shown(
        '{% month_calendar day counts link="?day={day}" chosen=chosen later="?month=2027-01" %}',
        day=dt.date(2026, 12, 1), counts=counts, chosen=dt.date(2026, 12, 8),
    )  # fmt: skip
    links = [attributes for tag, attributes in Elements(html).found if tag == "a"]
    assert [(link["href"], link["aria-label"]) for link in links] == [
        ("?month=2027-01", "January 2027"),
        ("?day=2026-12-03", "3 December, 1 free time"),
        ("?day=2026-12-08", "8 December, 9 free times"),
    ]
    assert [link["class"] for link in links[1:]] == ["has has-1", "has has-3"]
    assert [link.get("aria-current") for link in links[1:]] == [None, "date"]


def test_times_stand_by_part_of_day_in_the_zone_of_the_reader():
    times = [
        Thing(starts_at=dt.datetime(2026, 12, 1, hour, tzinfo=UTC), href=f"?at={hour}", note="") for hour in (22, 16)
    ]
    new_york = ZoneInfo("America/New_York")
    html = shown("{% time_list times zone chosen %}", times=times, zone=new_york, chosen=times[0].starts_at)
    assert text(html) == "Morning 11:00 Evening 17:00"
    assert [(a["href"], a.get("aria-current")) for tag, a in Elements(html).found if tag == "a"] == [
        ("?at=16", None),
        ("?at=22", "true"),
    ]


def test_a_hold_names_its_end_without_javascript_and_offers_a_way_on_when_it_is_over():
    running = shown('{% hold_line "two seats" until zone %}', until=NOW + dt.timedelta(minutes=15), zone=LONDON)
    assert text(running).startswith("We are holding two seats for you until 10:45 London")
    over = shown('{% hold_line "two seats" until zone again="/again" %}', until=NOW, zone=LONDON)
    assert "hidden" not in Elements(over).one("a")
    assert "data-hold" not in Elements(over).one("section")


def test_a_flash_can_be_taken_back():
    message = Thing(message="Moved.", level_tag="success", extra_tags="undo:/undo/7")
    html = shown('{% flash message "abc" %}', message=message)
    assert Elements(html).one("form")["action"] == "/undo/7"
    assert 'value="abc"' in html


def test_a_price_is_explained_line_by_line():
    lines = [Thing(words="2 seats", amount=Money(44000, "GBP")), Thing(words="Code", amount=Money(-4400, "GBP"))]
    html = shown("{% price_summary lines total %}", lines=lines, total=Money(39600, "GBP"))
    assert text(html) == "2 seats £440.00 Code −£44.00 Total £396.00"


def test_progress_says_its_figures():
    html = shown('{% progress 3 5 "moved" label="Moving lessons" %}')
    bar = next(attributes for tag, attributes in Elements(html).found if attributes.get("role") == "progressbar")
    assert (bar["aria-valuenow"], bar["aria-valuemax"], bar["aria-label"]) == ("3", "5", "Moving lessons")
    assert text(html) == "3 of 5 moved"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Priya Raman", "PR"),
        ("Leo", "L"),
        ("Juan Carlos de la Cruz", "JC"),
        ("  ", ""),
        ("(new) Ödön", "Ö"),
        ("李 小龙", "李小"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_every_icon_that_is_named_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static/web/sprite.svg").read_text()))
    naming = re.compile(r"""\{%\s*icon\s+["']([a-z0-9-]+)["']|\bicon["']?\s*[=:]\s*["']([a-z0-9-]+)["']""")
    files = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    named = {tag or argument for file in files for tag, argument in naming.findall(file.read_text())}
    assert named == drawn


def test_the_components_page_has_no_inline_script_or_style_and_no_id_twice():
    html = Template("{% extends 'web/components.html' %}").render(Context(components.sample_context()))
    elements = Elements(html).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))
    assert all(attributes.get("src") for tag, attributes in elements if tag == "script")
    assert not [tag for tag, attributes in elements if tag == "style" or "style" in attributes]
    assert not [name for _, attributes in elements for name in attributes if name.startswith("on")]


class _Chosen(forms.Form):
    who = forms.ChoiceField(
        choices=[
            ("", "Nobody <yet>"),
            (7, "Ida & Tom"),
            ("Adults", [('a"b', "Old <b>hands</b>"), ("new", mark_safe("New &amp; keen"))]),
        ],
        widget=forms.Select(attrs={"class": "select", "required": True, "disabled": False, "data-a": "<'>"}),
    )


@pytest.mark.parametrize("chosen", ["", "7", 'a"b', "else"])
def test_a_list_to_choose_from_is_what_django_would_make_of_it(chosen: str):
    theirs, ours = (_Chosen({"who": chosen}, renderer=one)["who"].as_widget() for one in (DjangoTemplates(), None))
    assert "".join(line.strip() for line in theirs.splitlines()) == ours
