"""Two of the office have the same details open, and neither loses what the other wrote."""

import pytest
from django.test import Client as Browser

from factories import OWNER, new_client, new_course, new_instructor, new_resource, new_student
from schoolbell.catalogue.models import Course, Product
from schoolbell.catalogue.products import ProductValues, add_product
from schoolbell.catalogue.qualifications import teach_only
from schoolbell.journal.models import Record
from schoolbell.people.models import Instructor, Person, Student
from schoolbell.schools.models import School
from schoolbell.timetable.models import Resource
from web.office.conftest import as_staff
from web.pages import as_shown, text_of


@pytest.fixture
def second(school: School) -> Browser:
    return as_staff(school)


def test_one_writes_the_address_and_the_other_the_phone(school: School, browser: Browser, second: Browser, office: str):
    clara = new_client(school, "Clara Ash")
    page = f"{office}families/{clara.pk}/edit/"
    one, other = as_shown(browser.get(page)), as_shown(second.get(page))
    assert browser.post(page, one | {"address": "1 High St\r\nYork"}).status_code == 302
    assert second.post(page, other | {"phone": "020 7946 0018"}).status_code == 302
    person = Person.objects.get(id=clara.person_id)
    assert (person.phone, person.address.splitlines()) == ("020 7946 0018", ["1 High St", "York"])
    told = Record.objects.of(school).filter(name="person.changed").order_by("id")
    assert [one.new for one in told] == [{"changed": ["address"]}, {"changed": ["phone"]}]


def test_where_both_changed_the_same_the_second_sees_it_first(
    school: School, browser: Browser, second: Browser, office: str
):
    clara = new_client(school, "Clara Ash")
    page = f"{office}families/{clara.pk}/edit/"
    one, other = as_shown(browser.get(page)), as_shown(second.get(page))
    browser.post(page, one | {"last_name": "Oak", "phone": "020 7946 0018"})
    met = second.post(page, other | {"last_name": "Elm", "email": "c@example.org"})
    assert met.status_code == 422
    assert "It was changed meanwhile, to “Oak”. Send yours again to keep it instead." in text_of(met)
    again = as_shown(met)
    assert (again["last_name"], again["phone"]) == (["Elm"], ["020 7946 0018"])
    assert Person.objects.get(id=clara.person_id).last_name == "Oak"
    assert second.post(page, again).status_code == 302
    person = Person.objects.get(id=clara.person_id)
    assert (person.last_name, person.email, person.phone) == ("Elm", "c@example.org", "020 7946 0018")


def test_what_was_emptied_is_said_too_and_the_same_twice_is_no_clash(
    school: School, browser: Browser, second: Browser, office: str
):
    student = new_student(school, "Sam Ash", phone="020 7946 0018")
    page = f"{office}students/{student.pk}/edit/"
    one, other = as_shown(browser.get(page)), as_shown(second.get(page))
    browser.post(page, one | {"phone": "", "skill_level": "B1", "status": "paused"})
    met = second.post(page, other | {"phone": "020 7946 0019", "skill_level": "B1", "status": "left"})
    assert "It was emptied meanwhile. Send yours again to keep it." in text_of(met)
    assert "It was changed meanwhile, to “Paused”." in text_of(met)
    assert text_of(met).count("meanwhile") == 4  # in the summary, and beside the field
    assert second.post(page, as_shown(met)).status_code == 302
    student = Student.objects.select_related("person").get(id=student.pk)
    assert (student.person.phone, student.status, student.skill_level) == ("020 7946 0019", "left", "B1")


def test_a_product_a_place_and_a_course(school: School, browser: Browser, second: Browser, office: str):
    product = add_product(school, ProductValues("Book", 900, "Thin"), by=OWNER)
    hall = new_resource(school, facilities={"step_free": True, "lift": True})
    course = new_course(school, name="Aid", deposit=1000, is_active=True)
    for path, mine, yours in (
        (f"products/{product.pk}/", {"price": "12.00"}, {"name": "Big book"}),
        (f"resources/{hall.pk}/edit/", {"facilities": "Step free\r\nKitchen", "capacity": "9"}, {"city": "York"}),
        (f"courses/{course.pk}/edit/", {"deposit": "20.00", "age_min": "16"}, {"name": "First aid", "is_active": []}),
    ):
        one, other = as_shown(browser.get(office + path)), as_shown(second.get(office + path))
        assert browser.post(office + path, one | mine).status_code == 302, path
        assert second.post(office + path, other | yours).status_code == 302, path
    product = Product.objects.get(id=product.pk)
    assert (product.name, product.price, product.description, product.is_active) == ("Big book", 1200, "Thin", True)
    hall = Resource.objects.get(id=hall.pk)
    assert (hall.city, hall.capacity, hall.facilities) == ("York", 9, {"step_free": True, "Kitchen": True})
    course = Course.objects.get(id=course.pk)
    assert (course.name, course.deposit, course.age_min, course.is_active) == ("First aid", 2000, 16, False)


def test_the_school_and_its_rules(school: School, browser: Browser, second: Browser, office: str):
    page = f"{office}settings/school/"
    one, other = as_shown(browser.get(page)), as_shown(second.get(page))
    assert browser.post(page, one | {"tagline": "Well taught", "terms": "Come\r\nin time"}).status_code == 302
    assert second.post(page, other | {"address": "1 High St"}).status_code == 302
    school.refresh_from_db()
    assert (school.tagline, school.terms.splitlines(), school.address) == (
        "Well taught", ["Come", "in time"], "1 High St",
    )  # fmt: skip
    page = f"{office}settings/policies/"
    one, other = (as_shown(one.get(page)) for one in (browser, second))
    assert browser.post(page, one | {"furthest_ahead_days": "40 days"}).status_code == 302
    assert second.post(page, other | {"notice_minutes": "3 h"}).status_code == 302
    school.refresh_from_db()
    assert (school.policies.furthest_ahead_days, school.policies.notice_minutes) == (40, 180)


def test_two_who_write_in_two_groups_of_the_rules_both_have_their_way(
    school: School, browser: Browser, second: Browser, office: str
):
    page = f"{office}settings/policies/"
    one, other = (as_shown(one.get(page)) for one in (browser, second))
    browser.post(page, one | {"late_fee_percent": "40", "notice_minutes": "2 h"})
    met = second.post(page, other | {"late_fee_percent": "60", "buffer_after_minutes": "10 min"})
    assert "It was changed meanwhile, to “40”. Send yours again to keep it instead." in text_of(met)
    assert second.post(page, as_shown(met)).status_code == 302
    school.refresh_from_db()
    kept = school.policies
    assert (kept.late_fee_percent, kept.buffer_after_minutes, kept.notice_minutes) == (60, 10, 120)


def test_what_an_instructor_teaches_is_put_together(school: School, browser: Browser, second: Browser, office: str):
    ida, aid, choir, yoga = new_instructor(school), *(new_course(school, name=name) for name in ("Aid", "Bows", "Cup"))
    teach_only(ida, [aid], by=OWNER)
    page = f"{office}instructors/{ida.pk}/edit/"
    one, other = as_shown(browser.get(page)), as_shown(second.get(page))
    assert one["courses"] == [str(aid.pk)]
    browser.post(page, one | {"courses": [str(aid.pk), str(choir.pk)]})
    second.post(page, other | {"courses": [str(yoga.pk)], "max_hours_per_week": "20"})
    taught = ida.qualifications.order_by("course__name").values_list("course__name", flat=True)
    assert list(taught) == ["Bows", "Cup"]
    assert Instructor.objects.get(id=ida.pk).max_hours_per_week == 20


def test_a_course_s_own_rules_and_who_teaches_it(school: School, browser: Browser, second: Browser, office: str):
    course, other_course = new_course(school), new_course(school, name="Bows")
    ida, tom = new_instructor(school), new_instructor(school, name="Tom Teacher")
    for one in (ida, tom):
        teach_only(one, [other_course], by=OWNER)
    for path, mine, yours in (
        ("policies/", {"notice_minutes": "2 h"}, {"free_cancel_hours": "5 h"}),
        ("instructors/", {"instructors": [str(ida.pk)]}, {"instructors": [str(tom.pk)]}),
    ):
        page = f"{office}courses/{course.pk}/{path}"
        one, other = as_shown(browser.get(page)), as_shown(second.get(page))
        assert browser.post(page, one | mine).status_code == 302, path
        assert second.post(page, other | yours).status_code == 302, path
    assert Course.objects.get(id=course.pk).overrides == {"notice_minutes": 120, "free_cancel_hours": 5}
    assert set(course.qualifications.values_list("instructor_id", flat=True)) == {ida.pk, tom.pk}


@pytest.mark.parametrize(
    ("shown", "status"),
    [("", 302), ("no json", 302), ("[]", 302), ("[" * 100_000, 302), ('{"phone": {"a": [1]}}', 422)],
)
def test_what_no_page_showed_is_not_believed(school: School, browser: Browser, office: str, shown: str, status: int):
    clara = new_client(school, "Clara Ash")
    page = f"{office}families/{clara.pk}/edit/"
    sent = as_shown(browser.get(page)) | {"shown": shown, "phone": "020 7946 0018"}
    assert browser.post(page, sent).status_code == status
    assert Person.objects.get(id=clara.person_id).phone == ("020 7946 0018" if status == 302 else "")
