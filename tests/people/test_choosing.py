"""One of many people is found by what is typed for them."""

import pytest
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories import OWNER, new_client, new_school, new_student
from schoolbell.diary.models import Diary
from schoolbell.kit.time import now
from schoolbell.people.actions import NewPerson, add_client, add_student, change_student
from schoolbell.people.choosing import FEW, clients_to_choose, meant, students_to_choose
from schoolbell.people.models import PERSON_WORDS, Person, Student
from schoolbell.schools.models import School


def names(school: School, text: str, most: int = 10) -> list[str]:
    return [one.person.name for one in meant(students_to_choose(school), school, text, most=most)]


@pytest.fixture
def family(school: School) -> Student:
    """Bea, whose mother has the numbers."""
    clara = NewPerson(first_name="Clara", last_name="O’Neill", email="clara@example.org", phone="+44 7700 900 123")
    return new_student(school, "Bea Marie Smith-Ray", guardian=add_client(clara, school=school, by=OWNER))


@pytest.mark.parametrize(
    "text",
    ["bea", "SMITH", "ray", "marie sm", "smith bea", " Bea  Smith-Ray ", "mith", "a Mar", "clara", "o’neill", "clara@",
     "clara@example.org", "7700 900123", "(07700) 900-123", "b"],
)  # fmt: skip
def test_a_student_is_found_by_any_word_or_by_whoever_answers_for_them(school: School, family: Student, text: str):
    new_student(school, "Tom Fox")
    assert names(school, text) == ["Bea Marie Smith-Ray"]


@pytest.mark.parametrize(
    "text", ["Beatrix", "%", "_", "b_a", "\\", "'", "'''", "x:*", "be:x", "(", "& |", "\0\0%", "<i>", "x" * 10_000]
)
def test_what_is_nobodys_name_finds_nobody(school: School, family: Student, text: str):
    assert names(school, text) == []


def test_signs_part_words_and_stand_for_nothing(school: School):
    odd, otto = new_student(school, "50%_off O'Brien"), new_student(school, "Otto Brand")
    for text in ("50%", "off", "o'brien", "f O", "%"):
        assert meant(students_to_choose(school), school, text, most=10) == [odd], text
    assert meant(students_to_choose(school), school, "bra% ott!", most=10) == [otto]


def test_their_own_name_comes_first_then_the_rest_by_name(school: School):
    kim = new_client(school, "Kim Adams")
    new_student(school, "Abe Adams", guardian=kim)
    for name in ("Zoe Kimball", "Kim Zander", "Kim Moss"):
        new_student(school, name)
    assert names(school, "kim") == ["Kim Moss", "Kim Zander", "Zoe Kimball", "Abe Adams"]
    assert names(school, "kim", most=2) == ["Kim Moss", "Kim Zander"]
    assert names(school, "") == ["Abe Adams", "Kim Moss", "Kim Zander", "Zoe Kimball"]


def test_only_who_may_be_chosen(school: School):
    for name, status in (("Sam Paused", "paused"), ("Sam Left", "left")):
        change_student(new_student(school, name), by=OWNER, status=status, skill_level="")
    gone = new_student(school, "Sam Archived")
    Person.objects.filter(id=gone.person_id).update(archived_at=now())
    nobody = new_student(school, "Sam Nobody")
    Person.objects.filter(id=nobody.person_id).update(is_placeholder=True, first_name="", last_name="")
    new_student(new_school(), "Sam Elsewhere")
    new_student(school, "Sam Here")
    assert names(school, "sam") == ["Sam Here"]
    assert names(school, "") == ["Sam Here"]
    assert names(school, "named") == []
    assert names(school, "elsewhere") == []


def test_clients_are_found_by_their_own_and_by_their_organisation(school: School):
    add_client(NewPerson(organisation="The Yard Ltd", email="pay@yard.example"), school=school, by=OWNER)
    sam = add_student(NewPerson(first_name="Sam", last_name="Yardley"), school=school, by=OWNER)
    assert sam.person.clients.count() == 1  # who pays for themselves
    found = {
        text: [one.person.name for one in meant(clients_to_choose(school), school, text, most=10)]
        for text in ("yard", "ltd", "pay@", "sam")
    }
    assert found == {
        "yard": ["Sam Yardley", "The Yard Ltd"],
        "ltd": ["The Yard Ltd"],
        "pay@": ["The Yard Ltd"],
        "sam": ["Sam Yardley"],
    }


def test_where_no_word_begins_so_any_part_counts_however_many_there_are(school: School):
    new_student(school, "Ada Goldsmith")
    new_student(school, "Ben Lee", guardian=new_client(school, "Cy Goldsmith"))
    assert names(school, "smith") == ["Ada Goldsmith", "Ben Lee"]
    diaries = Diary.objects.bulk_create(Diary(school=school) for _ in range(FEW))
    Person.objects.bulk_create(Person(school=school, diary=one, last_name="Locksmith") for one in diaries)
    assert names(school, "smith") == ["Ada Goldsmith", "Ben Lee"]


def test_the_words_of_people_are_in_an_index(db: None):
    words = SearchQuery("'bea':*", search_type="raw", config="simple")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert (
            "Bitmap Index Scan on person_words"
            in Person.objects.alias(words=PERSON_WORDS).filter(words=words).explain()
        )


def test_the_index_by_name_gives_the_first_few_without_sorting_them_all(school: School):
    new_student(school, "Bea Ray")
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as taken:
        meant(students_to_choose(school), school, "", most=10)
        for way in ("seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {taken[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan using person_by_name" in plan
