"""The database itself keeps every row in its school. What it holds is read from its own catalogue."""

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models import Count, Q

from factories import (
    at,
    buy_seat,
    hour_at,
    new_course,
    new_instructor,
    new_lessons,
    new_resource,
    new_school,
    new_session,
    new_student,
    pay_for,
    payer_of,
)
from planning.asking import window
from schoolbell.access.answers import Answer, AskedOnce, answer_once
from schoolbell.access.tokens import create_token
from schoolbell.billing.payments import Attempt, pay
from schoolbell.billing.products import order_products
from schoolbell.billing.wishes import ProductWish
from schoolbell.bookings.models import Enrollment, Seating
from schoolbell.catalogue.actions import qualify
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.diary.models import Closure, HolidayRegion, OutsideCalendar, OutsideEvent, SchoolDiary, TimeOff
from schoolbell.diary.school_hours import school_diary
from schoolbell.learning.models import Review
from schoolbell.people.models import Instructor, InstructorStats, Person, Student
from schoolbell.planning.models import LessonRequest, Placement, Proposal, SubstituteRequest
from schoolbell.planning.pausing import pause_enrollment
from schoolbell.planning.weekly import WeeklyPlan, enroll_weekly
from schoolbell.schools.actor import SYSTEM, Role
from schoolbell.schools.models import School
from schoolbell.schools.rows import SchoolForeignKey, SchoolModel
from schoolbell.timetable.actions import set_travel
from schoolbell.timetable.models import Resource, Session, SkippedOccurrence, Slot

OURS = [config.label for config in apps.get_app_configs() if config.name.startswith("schoolbell.")]
MODELS = [model for label in OURS for model in apps.get_app_config(label).get_models()]
SCHOOL_MODELS = [model for model in MODELS if issubclass(model, SchoolModel)]
SCHOOL_TABLES = sorted(model._meta.db_table for model in SCHOOL_MODELS)


def fetch(sql: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def columns_of_keys(kind: str, tables: list[str]) -> dict[str, list[tuple[str, list[str]]]]:
    """Per table its constraints of that kind: name and columns, in their order."""
    found: dict[str, list[tuple[str, list[str]]]] = {table: [] for table in tables}
    for table, name, columns in fetch(
        """
        SELECT c.conrelid::regclass::text, c.conname, array_agg(a.attname::text ORDER BY k.place)
        FROM pg_constraint AS c, unnest(c.conkey) WITH ORDINALITY AS k(column_number, place), pg_attribute AS a
        WHERE c.contype = %s AND a.attrelid = c.conrelid AND a.attnum = k.column_number
          AND c.connamespace = 'public'::regnamespace
        GROUP BY c.oid ORDER BY 1, 2
        """,
        kind,
    ):
        if table in found:
            found[table].append((name, columns))
    return found


FOREIGN_KEYS_SQL = """
    SELECT c.conrelid::regclass::text, c.conname, c.confrelid::regclass::text,
           array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, place)
                 JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY place),
           array(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(n, place)
                 JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY place),
           c.condeferrable, c.confdeltype
    FROM pg_constraint AS c WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace ORDER BY 1, 2
"""


def school_foreign_keys() -> list[tuple]:
    """Those between two tables of a school."""
    return [key for key in fetch(FOREIGN_KEYS_SQL) if key[0] in SCHOOL_TABLES and key[2] in SCHOOL_TABLES]


def tables_of_schools() -> list[str]:
    """Those that there are just now, whether or not a model of today knows them."""
    return [
        table
        for (table,) in fetch(
            "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'school_id'"
            " AND table_schema = 'public' ORDER BY 1"
        )
    ]


def check_tables() -> None:
    """The rules of a school's rows, in the tables that there are just now: after any migration."""
    of_schools = tables_of_schools()
    needed = fetch(
        "SELECT table_name::text, array_agg(column_name || ' ' || data_type || ' ' || is_nullable ORDER BY column_name)"
        " FROM information_schema.columns WHERE table_name = ANY(%s)"
        " AND column_name IN ('id', 'school_id', 'created_at', 'updated_at') GROUP BY 1 ORDER BY 1",
        of_schools,
    )
    instant = "timestamp with time zone NO"
    assert needed == [
        (table, [f"created_at {instant}", "id uuid NO", "school_id uuid NO", f"updated_at {instant}"])
        for table in of_schools
    ]

    keys = columns_of_keys("p", of_schools)
    assert {table: [columns for _name, columns in own] for table, own in keys.items()} == {
        table: [["id", "school_id"]] for table in of_schools
    }

    # Every unique or excluding index leads with the school, save the primary key.
    unique = fetch(
        """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text,
               (SELECT attname::text FROM pg_attribute WHERE attrelid = i.indrelid AND attnum = i.indkey[0])
        FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary
          AND (i.indisunique OR i.indisexclusion) ORDER BY 1, 2
        """
    )
    assert [index for index in unique if index[0] in of_schools and index[2] != "school_id"] == []

    for table, name, target, own, theirs, deferrable, on_delete in fetch(FOREIGN_KEYS_SQL):
        if table not in of_schools:
            continue
        if target == "schools_school":
            assert (own, theirs) == (["school_id"], ["id"]), name
        else:
            assert target in of_schools, name
            assert own[0] == "school_id", name
            assert len(own) == 2, name
            assert theirs == ["school_id", "id"], name
        assert not deferrable, (table, name)
        assert on_delete == "a", (table, name)  # no action: neither SET NULL nor SET DEFAULT

    assert fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal") == []


def check_catalogue() -> None:
    """The tables are those of the models, every one by the rules."""
    assert tables_of_schools() == SCHOOL_TABLES
    check_tables()
    excluding = fetch("SELECT conname::text FROM pg_constraint WHERE contype = 'x' ORDER BY 1")
    assert {"claim_lessons_exclude", "claim_kinds_exclude"} <= {name for (name,) in excluding}
    expected = {
        (model._meta.db_table, field.column)
        for model in SCHOOL_MODELS
        for field in model._meta.local_fields
        if isinstance(field, SchoolForeignKey)
    }
    assert {(table, own[1]) for table, _name, _target, own, *_ in school_foreign_keys()} == expected
    assert fetch(
        "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')"
    ) == [("schoolbell_refuse",)]


@pytest.mark.django_db
def test_the_tables_are_as_they_should_be_after_all_migrations():
    check_catalogue()


def test_every_table_but_those_of_schools_and_logins_is_of_a_school():
    assert {model for model in apps.get_models() if model._meta.app_label in OURS} - set(SCHOOL_MODELS) == {
        School,
        get_user_model(),
    }


@pytest.mark.usefixtures("scratch")
def test_after_every_single_migration_back_and_forward_the_tables_keep_the_rules():
    """One by one to nothing and back: every state that an installation can stop in."""

    def shape() -> list[tuple]:
        return fetch(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        ) + fetch("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2")

    before = shape()
    assert len(before) > 100
    executor = MigrationExecutor(connection)
    state, steps = ProjectState(real_apps=executor.loader.unmigrated_apps), []
    for migration, _backwards in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        if migration.app_label in OURS:
            steps.append((migration, state))
        state = migration.mutate_state(state, preserve=True)
    assert len(steps) > 50
    for migration, was in reversed(steps):
        executor.unapply_migration(was.clone(), migration)
        check_tables()
    assert tables_of_schools() == []
    for migration, was in steps:
        executor.apply_migration(was.clone(), migration)
        check_tables()
    assert shape() == before
    check_catalogue()


def test_no_model_has_a_unique_field_or_an_implicit_many_to_many():
    for model in SCHOOL_MODELS:
        assert model._meta.local_many_to_many == [], model
        for field in model._meta.local_fields:
            assert field.primary_key or not field.unique, field
            if isinstance(field, models.ForeignKey) and not isinstance(field, SchoolForeignKey):
                # A login is of no school, and a login that goes must not be stopped by a school's row.
                assert field.related_model is School or field.db_constraint is False, field


def a_row_of_everything() -> School:
    """A school with at least one row in every table, each foreign key set in one of them."""
    school = new_school()
    instructor, resource = new_instructor(school), new_resource(school)
    course = new_course(school, trial_price=1000, tax_rate=2000)
    qualify(instructor, course, by=SYSTEM)
    session = new_session(course, hour_at(30), instructors=[instructor], resource=resource)
    booking = buy_seat(session, new_student(school), enrollment_type="trial")
    pay_for(booking)
    wish = ProductWish(add_product(school, ProductValues("Kit", 100), by=SYSTEM))
    student = new_student(school)
    placed = order_products(
        [wish], school=school, student=student, client=payer_of(student), pay_with="desk", by=SYSTEM
    )
    pay(placed, Attempt("demo", "card", token="succeeds"), by=SYSTEM)
    create_token(school, Role.OWNER, by=SYSTEM)
    asked = AskedOnce.of("key", principal="who", method="POST", path="/", body=b"")
    answer_once(school.pk, asked, lambda: Answer(201, b"{}"))
    diary = instructor.person.diary
    school_diary(school)
    enrollment = weekly_lessons(school, resource)
    rows = [
        HolidayRegion(country="GB"),
        Closure(first_day=dt.date(2026, 12, 24), last_day=dt.date(2026, 12, 25), name="Christmas"),
        TimeOff(diary=diary, starts_at=at(40), ends_at=at(41)),
        calendar := OutsideCalendar(diary=diary, name="Mine", url="https://example.org/a.ics", timezone="UTC"),
        OutsideEvent(calendar=calendar, starts_at=at(42), ends_at=at(43)),
        SkippedOccurrence(series=enrollment.series, occurrence_on=at(50).date(), reason="closure"),
        InstructorStats(instructor=instructor, last_updated=at(0)),
        SubstituteRequest(session=session, instructor=instructor, wanted=instructor),
        Seating(enrollment=enrollment, session=session),
        Review(booking=booking, client=booking.client, instructor=instructor, rating=4),
        *a_proposal(enrollment, instructor, resource),
    ]
    set_travel(resource, new_resource(school), minutes=30, by=SYSTEM)
    for row in rows:
        row.school = school
        row.save(force_insert=True)
    return school


def weekly_lessons(school: School, resource: Resource) -> Enrollment:
    """Its series took over from one that was paused."""
    student, starts_on = new_student(school), at(7).date()
    plan = WeeklyPlan(
        student=student,
        client=payer_of(student),
        course=new_lessons(school),
        instructor=new_instructor(school),
        weekday=starts_on.isoweekday(),
        starts=dt.time(10),
        starts_on=starts_on,
        resource=resource,
    )
    enrollment = enroll_weekly(plan, by=SYSTEM)
    return pause_enrollment(enrollment, from_day=at(20).date(), until=at(27).date(), by=SYSTEM)


def a_proposal(enrollment: Enrollment, instructor: Instructor, resource: Resource) -> list[SchoolModel]:
    """One that repairs another, with a place for a request that has its enrollment already."""
    request = LessonRequest(
        student=enrollment.student,
        client=enrollment.client,
        course=enrollment.course,
        windows=[window(1, 9, 12).as_json()],
        timezone="UTC",
        starts_on=enrollment.starts_on,
        status="placed",
        enrollment=enrollment,
    )
    before = Proposal(seconds=60, status="discarded")
    proposal = Proposal(seconds=60, repairs=before, status="accepted")
    place = {"instructor": instructor, "resource": resource, "weekday": 1, "starts": dt.time(9)}
    return [request, before, proposal, Placement(proposal=proposal, request=request, **place)]


def refused_by_foreign_key(sql: str, values: list) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except IntegrityError as refusal:
        return refusal.__cause__.sqlstate == "23503"
    return False


@pytest.mark.django_db
def test_raw_sql_cannot_point_any_row_at_another_schools_by_any_foreign_key():
    one, other = a_row_of_everything(), a_row_of_everything()
    SchoolDiary.objects.of(other).delete()  # a school has one: a second would be refused for that
    tried = 0
    for table, name, target, (_school_id, column), *_ in school_foreign_keys():
        mine = fetch(f"SELECT id FROM {table} WHERE school_id = %s AND {column} IS NOT NULL LIMIT 1", one.pk)
        theirs = fetch(f"SELECT id FROM {target} WHERE school_id = %s LIMIT 1", other.pk)
        assert mine, f"no row of {table} has its {column}"
        assert theirs, f"no row in {target}"
        values = [theirs[0][0], mine[0][0]]
        assert refused_by_foreign_key(f"UPDATE {table} SET {column} = %s WHERE id = %s", values), name

        columns = [
            c
            for (c,) in fetch(
                "SELECT attname::text FROM pg_attribute WHERE attrelid = %s::regclass"
                " AND attnum > 0 AND NOT attisdropped",
                table,
            )
        ]
        # A copy in the other school, pointing at what stayed in the first.
        copied = {"id": "%s::uuid", "school_id": "%s::uuid"}
        chosen = ", ".join(copied.get(c, f'"{c}"') for c in columns)
        names = ", ".join(f'"{c}"' for c in columns)
        order = [value for c in columns if c in copied for value in [uuid.uuid4() if c == "id" else other.pk]]
        copy = f"INSERT INTO {table} ({names}) SELECT {chosen} FROM {table} WHERE id = %s"
        assert refused_by_foreign_key(copy, [*order, mine[0][0]]), name
        tried += 1
    assert tried == len(school_foreign_keys()) >= 30


@pytest.mark.django_db
def test_a_row_that_others_point_at_cannot_be_moved_to_another_school():
    one, other = a_row_of_everything(), new_school()
    for table in {key[2] for key in school_foreign_keys()}:
        pointed_at = next(
            (target_id, source)
            for source, _n, target, own, *_ in school_foreign_keys()
            if target == table
            for (target_id,) in fetch(
                f"SELECT {own[1]} FROM {source} WHERE school_id = %s AND {own[1]} IS NOT NULL LIMIT 1", one.pk
            )
        )
        assert refused_by_foreign_key(f"UPDATE {table} SET school_id = %s WHERE id = %s", [other.pk, pointed_at[0]]), (
            table
        )


@pytest.mark.django_db
def test_control_a_key_of_one_column_lets_a_row_point_into_another_school():
    one, other = a_row_of_everything(), a_row_of_everything()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        (name,) = next(
            (name,)
            for table, name, _t, own, *_ in school_foreign_keys()
            if (table, own[1]) == ("timetable_slot", "session_id")
        )
        cursor.execute(f"ALTER TABLE timetable_slot DROP CONSTRAINT {name}")
    mine, theirs = Slot.objects.of(one).first(), Session.objects.of(other).first()
    assert not refused_by_foreign_key("UPDATE timetable_slot SET session_id = %s WHERE id = %s", [theirs.pk, mine.pk])


class TestSaving:
    @pytest.mark.django_db
    def test_save_never_writes_the_school(self, django_assert_num_queries):
        person = new_student(new_school()).person
        person.last_name = "Changed"
        with django_assert_num_queries(1) as queries:
            person.save()
        update, where = queries[0]["sql"].split(" WHERE ")
        assert update.startswith('UPDATE "people_person" SET')
        assert "school_id" not in update
        assert f'"people_person"."school_id" = \'{person.school_id.hex}\'' in where

    @pytest.mark.django_db
    def test_save_cannot_touch_another_schools_row(self):
        person, other = new_student(new_school()).person, new_school()
        before = Person.objects.filter(id=person.pk).values().get()
        person.school, person.last_name = other, "Changed"
        with pytest.raises((IntegrityError, models.ObjectDoesNotExist)), transaction.atomic():
            person.save()
        assert Person.objects.filter(id=person.pk).values().get() == before

    @pytest.mark.django_db
    def test_save_does_not_copy_a_row_into_another_school(self):
        diary, other = new_student(new_school()).person.diary, new_school()
        diary.school = other
        with pytest.raises(models.ObjectDoesNotExist), transaction.atomic():
            diary.save()
        assert type(diary).objects.of(other).count() == 0

    @pytest.mark.django_db
    def test_save_moves_the_time_of_the_last_change_and_nothing_before_it(self):
        person = new_student(new_school()).person
        before = Person.objects.get(id=person.pk)
        Person.objects.filter(id=person.pk).update(updated_at=before.updated_at.replace(year=2000))
        before.save()
        after = Person.objects.get(id=person.pk)
        assert after.created_at == before.created_at
        assert after.updated_at.year > 2000


@contextmanager
def tables(*made: type[models.Model]) -> Iterator[None]:
    with connection.schema_editor() as editor:
        for model in made:
            editor.create_model(model)
    yield


def foreign_keys_of(table: str) -> list[str]:
    return [
        d
        for (d,) in fetch(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'f'"
            " ORDER BY 1",
            table,
        )
    ]


SCHOOL_KEY = "FOREIGN KEY (school_id) REFERENCES schools_school(id)"


@pytest.mark.usefixtures("scratch")
def test_columns_and_constraints_of_a_schools_table_come_and_go_through_the_schema_editor():
    class Trial(SchoolModel):
        label = models.CharField(max_length=5)

        class Meta:
            app_label = "timetable"
            db_table = "trial"

    def field(name: str, **options: object) -> SchoolForeignKey:
        made = SchoolForeignKey(Person, related_name="+", **options)
        made.set_attributes_from_name(name)
        made.model = Trial
        return made

    required, optional = field("person"), field("person", null=True)
    composite = "FOREIGN KEY (school_id, person_id) REFERENCES people_person(school_id, id)"

    def run(act: Callable) -> None:
        with connection.schema_editor() as editor:
            act(editor)

    run(lambda e: e.create_model(Trial))
    assert foreign_keys_of("trial") == [SCHOOL_KEY]
    run(lambda e: e.add_field(Trial, optional))
    assert foreign_keys_of("trial") == [SCHOOL_KEY, composite]
    run(lambda e: e.alter_field(Trial, optional, required))
    assert foreign_keys_of("trial") == [SCHOOL_KEY, composite]
    run(lambda e: e.alter_field(Trial, required, optional))
    assert foreign_keys_of("trial") == [SCHOOL_KEY, composite]
    plain = models.UUIDField(null=True)
    plain.set_attributes_from_name("person_id")
    plain.model = Trial
    run(lambda e: e.alter_field(Trial, optional, plain))
    assert foreign_keys_of("trial") == [SCHOOL_KEY]
    run(lambda e: e.alter_field(Trial, plain, optional))
    assert foreign_keys_of("trial") == [SCHOOL_KEY, composite]
    renamed = field("someone", null=True)
    run(lambda e: e.alter_field(Trial, optional, renamed))
    assert foreign_keys_of("trial") == [SCHOOL_KEY, composite.replace("person_id", "someone_id")]
    run(lambda e: e.alter_field(Trial, renamed, optional))
    unique = models.UniqueConstraint(fields=["school", "label"], name="trial_label")
    run(lambda e: e.add_constraint(Trial, unique))
    assert fetch("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'trial_label'") == [
        ("UNIQUE (school_id, label)",)
    ]
    run(lambda e: e.remove_constraint(Trial, unique))
    assert fetch("SELECT conname FROM pg_constraint WHERE conname = 'trial_label'") == []
    run(lambda e: e.remove_field(Trial, optional))
    assert foreign_keys_of("trial") == [SCHOOL_KEY]
    longer = models.CharField(max_length=50)
    longer.set_attributes_from_name("label")
    run(lambda e: e.alter_field(Trial, Trial._meta.get_field("label"), longer))
    keys = fetch(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = 'trial'::regclass AND contype = 'p'"
    )
    assert keys == [("PRIMARY KEY (id, school_id)",)]
    run(lambda e: e.delete_model(Trial))
    assert fetch("SELECT to_regclass('trial')") == [(None,)]
    del apps.all_models["timetable"]["trial"]
    apps.clear_cache()


class TestJoins:
    """Two schools may hold rows of the same id (a Citus shard could); a join must not mix them."""

    @pytest.fixture
    def twins(self, db: None) -> tuple[School, School]:
        """The second school has a copy of the first's person, under the same id and another name."""
        one, other = new_school(), new_school()
        student = new_student(one, "Ann One")
        person = student.person
        copy = Person.objects.get(id=person.pk)
        theirs = new_student(other, "Bob Other").person
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM people_guardianship WHERE school_id = %s", [other.pk])
            cursor.execute("DELETE FROM people_client WHERE school_id = %s", [other.pk])
            cursor.execute("DELETE FROM people_student WHERE school_id = %s", [other.pk])
            cursor.execute(
                "UPDATE people_person SET id = %s WHERE id = %s AND school_id = %s", [copy.pk, theirs.pk, other.pk]
            )
        return one, other

    def test_the_database_lets_two_schools_have_one_id(self, twins):
        one, other = twins
        assert list(Person.objects.of(one).values_list("id")) == list(Person.objects.of(other).values_list("id"))

    def test_select_related_stays_in_the_school(self, twins):
        one, _other = twins
        found = Student.objects.of(one).select_related("person")
        assert [student.person.first_name for student in found] == ["Ann"]
        assert '("people_person"."school_id" = ("people_student"."school_id"))' in str(found.query)

    def test_a_filter_across_a_join_stays_in_the_school(self, twins):
        assert Student.objects.filter(person__first_name="Bob").count() == 0
        assert Student.objects.filter(person__first_name="Ann").count() == 1

    def test_exclude_across_a_join_stays_in_the_school(self, twins):
        assert Student.objects.exclude(person__first_name="Bob").count() == 1
        assert Student.objects.exclude(person__first_name="Ann").count() == 0

    def test_exclude_back_across_two_joins_says_whose_school_it_means(self, twins):
        assert Person.objects.exclude(students__bookings__status="pending").count() == 2

    def test_following_a_key_stays_in_the_school(self, twins):
        one, _other = twins
        assert Student.objects.of(one).get().person.first_name == "Ann"

    def test_prefetching_stays_in_the_school(self, twins):
        one, _other = twins
        students = Student.objects.of(one).prefetch_related("person")
        assert [student.person.first_name for student in students] == ["Ann"]

    def test_counting_grouped_by_the_key_stays_in_the_school(self, twins):
        counted = Person.objects.annotate(n=Count("students"), clients_too=Count("clients", distinct=True))
        assert sorted((p.first_name, p.n, p.clients_too) for p in counted) == [("Ann", 1, 1), ("Bob", 0, 0)]


@pytest.mark.django_db
def test_annotations_over_two_joins_count_right():
    school = new_school()
    course = new_course(school)
    for day, students in ((30, 2), (31, 3), (32, 0)):
        session = new_session(course, hour_at(day))
        for _ in range(students):
            buy_seat(session, new_student(school))
    counted = (
        Session.objects.of(school)
        .select_related("course")
        .annotate(
            seats=Count("slots__attendances", distinct=True),
            confirmed=Count("bookings", filter=Q(bookings__status="confirmed")),
        )
        .order_by("starts_at")
    )
    assert [(one.seats, one.confirmed, one.course.name) for one in counted] == [
        (2, 0, "First aid"),
        (3, 0, "First aid"),
        (0, 0, "First aid"),
    ]


@pytest.mark.django_db
def test_the_way_back_finds_the_rows_that_point_here():
    one, other = (new_student(new_school(), name) for name in ("Ann One", "Bob Other"))
    assert [list(student.person.students.all()) for student in (one, other)] == [[one], [other]]
    people = Person.objects.filter(id__in=[one.person_id, other.person_id]).prefetch_related("students")
    assert {person.first_name: list(person.students.all()) for person in people} == {"Ann": [one], "Bob": [other]}
    assert Person.objects.exclude(students__status="active").count() == 0


def test_an_owned_key_that_could_be_emptied_is_refused():
    for emptied in (models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING):
        with pytest.raises(TypeError):
            SchoolForeignKey(Person, emptied)
