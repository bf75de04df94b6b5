"""Finding people by what is known of them, and changing it."""

import pytest

from factories import OWNER, new_client, new_school, new_student
from schoolbell.accounts.actions import create_user
from schoolbell.journal.models import Record
from schoolbell.kit.ids import new_id
from schoolbell.kit.refusals import InputRefused
from schoolbell.people.actions import NewPerson, add_client, change_person, change_student, link_user
from schoolbell.people.models import Person, Student
from schoolbell.people.queries import names_of_users, people_matching, students_of
from schoolbell.schools.models import School


@pytest.fixture
def sofia(school: School) -> Person:
    new = NewPerson(first_name="Sofia", last_name="Marchetti", email="sofia@example.org", phone="+61 412 555 019")
    add_client(NewPerson(first_name="Max", last_name="Bergström"), school=school, by=OWNER)
    return add_client(new, school=school, by=OWNER).person


@pytest.mark.parametrize(
    "text",
    [
        "sofia",
        "MARCH",
        "sofia  marchetti",
        "a March",
        "sofia@",
        "0412 555",
        "412555019",
        "(0412) 555-019",
        "+61412.555/019",
    ],
)
def test_somebody_is_found_by_a_part_of_name_address_or_number(school: School, sofia: Person, text: str):
    assert list(people_matching(school, text)) == [sofia]


@pytest.mark.parametrize("text", ["Marchetty", "12", "%", "_", "sofia\0x", "0000", "A55-K019", "555x"])
def test_what_is_not_known_finds_nobody(school: School, sofia: Person, text: str):
    assert list(people_matching(school, text)) == []


def test_an_organisation_is_found_by_its_name_and_nobody_of_another_school(school: School):
    yard = add_client(NewPerson(organisation="The Yard Ltd"), school=school, by=OWNER).person
    add_client(NewPerson(organisation="The Yard Ltd"), school=new_school(), by=OWNER)
    assert list(people_matching(school, "the yard")) == [yard]


def test_the_students_of_clients_come_in_one_query(school: School, django_assert_num_queries):
    clara, bo = new_client(school, "Clara Parent"), new_client(school, "Bo Parent")
    sam, kim = new_student(school, "Sam Learner", guardian=clara), new_student(school, "Kim Learner", guardian=clara)
    with django_assert_num_queries(1):
        assert students_of([clara, bo]) == {clara.pk: [sam, kim], bo.pk: []}


def test_a_user_goes_by_their_own_name_or_else_their_address(school: School):
    linked, unlinked = (create_user(f"{new_id().hex}@example.org", "a-long-way-home") for _ in range(2))
    link_user(new_client(school, "Clara Parent").person, linked, by=OWNER)
    link_user(new_client(new_school(), "Somebody Else").person, unlinked, by=OWNER)
    assert names_of_users(school, {linked.pk, unlinked.pk, new_id()}) == {
        linked.pk: "Clara Parent",
        unlinked.pk: unlinked.email,
    }


def test_changing_a_person_keeps_what_changed_but_no_value_in_the_record(school: School, sofia: Person):
    changed = change_person(
        sofia, NewPerson(first_name=" Sofia ", last_name="Rossi", email="s@example.org", phone=sofia.phone), by=OWNER
    )
    assert (changed.first_name, changed.last_name, changed.email) == ("Sofia", "Rossi", "s@example.org")
    record = Record.objects.of(school).get(name="person.changed")
    assert (record.subject_id, record.old, record.new) == (sofia.pk, {}, {"changed": ["last_name", "email"]})


def test_changing_nothing_records_nothing(school: School, sofia: Person):
    change_person(
        sofia,
        NewPerson(first_name="Sofia", last_name="Marchetti", email="sofia@example.org", phone="+61 412 555 019"),
        by=OWNER,
    )
    assert not Record.objects.of(school).filter(name="person.changed").exists()


def test_nobody_becomes_nameless(school: School, sofia: Person):
    with pytest.raises(InputRefused) as refused:
        change_person(sofia, NewPerson(first_name=" "), by=OWNER)
    assert refused.value.errors == {"first_name": ["Give a name."]}
    assert Person.objects.get(school_id=school.pk, id=sofia.pk).last_name == "Marchetti"


def test_where_a_student_stands_is_recorded_with_what_it_was(school: School):
    student = new_student(school)
    change_student(student, by=OWNER, status="paused", skill_level=" B1 ")
    change_student(student, by=OWNER, status="paused", skill_level="B1")
    assert Student.objects.of(school).get().status == "paused"
    (record,) = Record.objects.of(school).filter(name="student.changed")
    assert (record.student_id, record.old, record.new) == (
        student.pk,
        {"status": "active", "skill_level": ""},
        {"status": "paused", "skill_level": "B1"},
    )
    with pytest.raises(InputRefused):
        change_student(student, by=OWNER, status="gone", skill_level="")
