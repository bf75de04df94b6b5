"""The database itself refuses values that make no sense, whoever writes them. Every CHECK is tried with raw SQL."""

import re
from collections.abc import Iterable

import pytest
from django.db import IntegrityError, connection, models, transaction

from schoolbell.schools.models import School
from schools.test_rows import MODELS, a_row_of_everything, fetch

CHECKS_SQL = """
    SELECT c.conrelid::regclass::text, c.conname::text, pg_get_constraintdef(c.oid),
           array(SELECT a.attname::text FROM unnest(c.conkey) AS k(n)
                 JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.n)
    FROM pg_constraint AS c WHERE c.contype = 'c' AND c.connamespace = 'public'::regnamespace ORDER BY 1, 2
"""


def written(model: type[models.Model], assignment: str) -> str:
    """The name of the CHECK that refuses to write this into a row of that table; "" where none does."""
    table = model._meta.db_table
    row = f"SELECT id FROM {table} LIMIT 1"
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {assignment} WHERE id = ({row})")
    except IntegrityError as refusal:
        return refusal.__cause__.diag.constraint_name
    return ""


def with_choices() -> Iterable[tuple[type[models.Model], models.Field]]:
    return [(model, field) for model in MODELS for field in model._meta.local_fields if field.choices]


@pytest.mark.django_db
def test_every_field_with_choices_is_held_to_them_by_the_database():
    held = {(table, columns[0]): rule for table, _name, rule, columns in fetch(CHECKS_SQL) if len(columns) == 1}
    for model, field in with_choices():
        wanted = {str(value) for value, _label in field.flatchoices} | ({""} if field.blank else set())
        rule = held.get((model._meta.db_table, field.column), "")
        assert set(re.findall(r"'([^']*)'::", rule)) == wanted, f"{model.__name__}.{field.name}: {rule or 'no CHECK'}"
    assert len(with_choices()) >= 28


@pytest.mark.django_db
def test_no_number_that_counts_or_costs_falls_below_nothing():
    a_row_of_everything()
    for model in MODELS:
        for field in model._meta.local_fields:
            if isinstance(field, (models.PositiveIntegerField, models.PositiveSmallIntegerField)):
                if not model._base_manager.exists():
                    continue
                assert written(model, f"{field.column} = -1"), f"{model.__name__}.{field.name}"


# By constraint: the table, and what it must refuse.
TRIED = {
    "course_duration": ("catalogue_course", "duration_minutes = 4"),
    "course_duration ": ("catalogue_course", "duration_minutes = 1441"),
    "course_capacity": ("catalogue_course", "capacity = 0"),
    "course_one_to_one_is_one_seat": ("catalogue_course", "format = 'one_to_one', capacity = 2"),
    "course_deposit_within_price": ("catalogue_course", "deposit = price + 1"),
    "course_min_students": ("catalogue_course", "min_students = capacity + 1"),
    "course_min_students ": ("catalogue_course", "min_students = 0"),
    "course_total_minutes": ("catalogue_course", "total_minutes = duration_minutes - 1"),
    "course_tax_rate": ("catalogue_course", "tax_rate = 10001"),
    "course_ages": ("catalogue_course", "age_min = 9, age_max = 8"),
    "qualification_proficiency": ("catalogue_qualification", "proficiency = 6"),
    "session_ends_after_start": ("timetable_session", "ends_at = starts_at"),
    "session_capacity": ("timetable_session", "capacity = 0"),
    "session_occurrence_of_series": ("timetable_session", "series_id = NULL, occurrence_on = '2026-12-01'"),
    "slot_ends_after_start": ("timetable_slot", "ends_at = starts_at - interval '1 minute'"),
    "slot_of_a_day_at_most": ("timetable_slot", "ends_at = starts_at + interval '1441 minutes'"),
    "slot_not_oversold": ("timetable_slot", "seats_taken = capacity + 1"),
    "booking_pending_has_a_hold": (
        "bookings_booking",
        "status = 'pending', settled_by = 'order', holds_seat = true, hold_expires_at = NULL",
    ),
    "booking_live_holds_seat": ("bookings_booking", "status = 'confirmed', holds_seat = false"),
    "booking_of_enrollment_is_firm": ("bookings_booking", "settled_by = 'enrollment', enrollment_id = NULL"),
    "enrollment_weekly_has_a_series": ("bookings_enrollment", "type = 'weekly_recurring', series_id = NULL"),
    "enrollment_in_class_is_weekly": ("bookings_enrollment", "type = 'one_off', in_class = true"),
    "enrollment_away_in_order": ("bookings_enrollment", "in_class = false, away_from = '2026-12-01'"),
    "attendance_says_when": ("bookings_attendance", "status = 'late', marked_at = NULL"),
    "payment_amount": ("billing_payment", "amount = 0"),
    "payment_succeeded_says_when": ("billing_payment", "status = 'failed', succeeded_at = now()"),
    "paymentrequest_amount": ("billing_paymentrequest", "amount = 0"),
    "allocation_amount": ("billing_allocation", "amount = 0"),
    "ledgerentry_amount": ("billing_ledgerentry", "amount = 0"),
    "ledgerentry_moves": ("billing_ledgerentry", "debit = credit"),
    "orderline_adds_up": ("billing_orderline", "total = list_price - discount - 1"),
    "product_tax_rate": ("catalogue_product", "tax_rate = 10001"),
    "productline_quantity": ("billing_productline", "quantity = 0, total = 0, tax = 0"),
    "productline_adds_up": ("billing_productline", "total = unit_price * quantity + 1"),
    "productline_handed_over_says_when": ("billing_productline", "status = 'handed_over', handed_over_at = NULL"),
    "productline_cancelled_says_when": ("billing_productline", "status = 'cancelled', cancelled_at = NULL"),
    "allocation_of_one_line": ("billing_allocation", "line_id = NULL, product_line_id = NULL"),
    "person_has_a_name": ("people_person", "first_name = '', last_name = '', organisation = ''"),
    "person_placeholder_is_blank": ("people_person", "is_placeholder = true, birth_date = '1990-01-01'"),
    "school_slug_is_plain": ("schools_school", "slug = 'No Slug'"),
    "school_currency_is_iso": ("schools_school", "currency = 'gbp'"),
    "school_colour_is_hex": ("schools_school", "colour = 'red'"),
    "proposal_percent": ("planning_proposal", "percent = 101"),
    "proposal_lease": ("planning_proposal", "status = 'solving', lease = NULL"),
    "placement_or_reason": ("planning_placement", "reason = 'all_taken', weekday = 1"),
    "substituterequest_says_when": ("planning_substituterequest", "status = 'settled', decided_at = NULL"),
    "lessonrequest_placed_is_enrolled": ("planning_lessonrequest", "status = 'placed', enrollment_id = NULL"),
    "apitoken_person": ("access_apitoken", "role = 'client', person_id = NULL"),
    "claim_is_a_stretch": ("diary_claim", "during = 'empty'"),
    "claim_is_a_stretch ": ("diary_claim", "during = tstzrange(lower(during), NULL)"),
    "closure_ends_after_start": ("diary_closure", "last_day = first_day - 1"),
    "openinghours_closes_a_date": ("diary_openinghours", "closes = true, date = NULL, weekday = 1"),
    "openinghours_end_after_start": ("diary_openinghours", "starts = '10:00', ends = '10:00'"),
    "openinghours_valid": ("diary_openinghours", "valid_from = '2026-12-02', valid_until = '2026-12-01'"),
    "openinghours_weekday_or_date": ("diary_openinghours", "closes = false, date = '2026-12-01', weekday = 1"),
    "outsideevent_ends_after_start": ("diary_outsideevent", "ends_at = starts_at"),
    "timeoff_ends_after_start": ("diary_timeoff", "ends_at = starts_at"),
    "resource_capacity": ("timetable_resource", "capacity = 0"),
    "review_rating": ("learning_review", "rating = 6"),
    "instructorstats_rating": ("people_instructorstats", "ratings = 1, average_rating = NULL"),
    "instructorstats_slots": ("people_instructorstats", "completed_slots = total_slots + 1"),
    "series_capacity": ("timetable_series", "capacity = 0"),
    "series_duration": ("timetable_series", "duration_minutes = 4"),
    "travel_between_two": ("timetable_travel", "other_id = one_id"),
    "travel_within_a_day": ("timetable_travel", "minutes = 1441"),
}


@pytest.fixture
def everything(db) -> School:
    return a_row_of_everything()


def test_each_check_refuses_what_it_is_there_for(everything):
    by_table = {model._meta.db_table: model for model in MODELS}
    outcomes = {name: written(by_table[table], assignment) for name, (table, assignment) in TRIED.items()}
    assert outcomes == {name: name.strip() for name in TRIED}
    for model, field in with_choices():
        if model._base_manager.exists():
            assert written(model, f"{field.column} = 'zzz'"), f"{model.__name__}.{field.name}"


def test_every_check_has_been_tried(everything):
    """By name above, or as one field's own: its choices, or a number that may not be negative."""
    own = {field.column for _model, field in with_choices()}
    named = {name.strip() for name in TRIED}
    untried = [
        name
        for _table, name, rule, columns in fetch(CHECKS_SQL)
        if name not in named and not (len(columns) == 1 and (columns[0] in own or ">= 0" in rule))
    ]
    assert untried == []


def test_control_a_sound_change_is_written(everything):
    by_table = {model._meta.db_table: model for model in MODELS}
    assert written(by_table["catalogue_course"], "capacity = capacity, price = price + 1") == ""
