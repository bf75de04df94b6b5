"""Requests for weekly lessons in the office, and the timetable that is proposed for them."""

import datetime as dt
import subprocess
import sys

from django.test import Client as Browser

from databases import ROOT, environment
from factories import new_instructor, new_lessons, new_school, new_session, new_student
from planning.asking import ask, opened, proposed, window
from schoolbell.kit.time import Stretch, now
from schoolbell.people.models import Instructor
from schoolbell.planning.models import LessonRequest, Proposal
from schoolbell.planning.solving import take_next, work_out_waiting
from schoolbell.schools.models import School
from schoolbell.timetable.models import Session, Staffing
from web.office.conftest import as_staff
from web.pages import text_of


def in_a_week() -> dt.date:
    return now().date() + dt.timedelta(days=7)


def typed(student: object, course: object, *times: tuple[int, str, str], **more: str) -> dict[str, str]:
    values = {"student": str(student.pk), "course": str(course.pk), "starts_on": in_a_week().isoformat()}
    values |= {"time-TOTAL_FORMS": str(len(times)), "time-INITIAL_FORMS": "0"}
    for place, one in enumerate(times):
        values |= {f"time-{place}-{name}": str(v) for name, v in zip(("weekday", "starts", "ends"), one, strict=True)}
    return values | more


def test_an_empty_list_says_what_to_do(school: School, browser: Browser, office: str):
    assert text_of(browser.get(office + "requests/")).endswith(
        "Nobody waits for weekly lessons Write down who wants what and when they could. Then Schoolbell proposes a "
        "timetable for all of them. New request"
    )
    assert "First say what you teach one to one" in text_of(browser.get(office + "requests/new/"))


def test_a_request_is_written_down(school: School, browser: Browser, office: str):
    course, sam, ida = new_lessons(school), new_student(school), new_instructor(school)
    values = typed(sam, course, (1, "15:00", "18:00"), (3, "20:00", "00:00"), first=str(ida.pk))
    more = browser.post(office + "requests/new/", values | {"do": "more"})
    assert more.status_code == 200
    assert text_of(more).count("Day Monday") == 3
    assert LessonRequest.objects.count() == 0
    answer = browser.post(office + "requests/new/", values)
    assert (answer.status_code, answer["Location"]) == (302, office + "requests/")
    page = text_of(browser.get(office + "requests/"))
    assert "Sam Learner Piano Mon 15:00–18:00 Wed 20:00–24:00 Ida Teacher" in page
    assert "Propose a timetable" in page
    made = LessonRequest.objects.get()
    browser.post(f"{office}requests/{made.pk}/withdraw")
    assert "Sam Learner" in text_of(browser.get(office + "requests/?state=withdrawn"))
    assert "Nobody waits" in text_of(browser.get(office + "requests/"))


def test_what_is_not_right_is_said_beside_it(school: School, browser: Browser, office: str):
    course, sam = new_lessons(school), new_student(school)
    answer = browser.post(office + "requests/new/", typed(sam, course, (1, "15:00", "15:30")))
    assert answer.status_code == 422
    assert "Each time has room for a lesson of 60 minutes." in text_of(answer)
    nothing = browser.post(office + "requests/new/", {"time-TOTAL_FORMS": "1", "time-INITIAL_FORMS": "0"})
    assert nothing.status_code == 422
    assert "Choose who learns." in text_of(nothing)
    assert LessonRequest.objects.count() == 0


def test_a_proposal_from_the_first_look_to_the_last(school: School, browser: Browser, office: str):
    course, ida = new_lessons(school), opened(new_instructor(school, hours=False), 2, 9, 10)
    ask(course, window(2, 9, 12), student=new_student(school, "Ann A"), instructors=[ida], starts_on=in_a_week())
    ask(course, window(4, 9, 12), student=new_student(school, "Ben B"), starts_on=in_a_week())
    answer = browser.post(office + "proposals/")
    proposal = Proposal.objects.get()
    path = f"{office}proposals/{proposal.pk}/"
    assert answer["Location"] == path
    assert "It waits for the worker to begin." in text_of(browser.get(path))
    assert browser.post(office + "proposals/")["Location"] == office + "requests/"
    take_next()
    Proposal.objects.update(percent=45, placed=1, bound=2)
    part = browser.get(path + "progress")
    assert "1 of 2 have a place so far; at most 2 can." in part.content.decode()
    assert 'hx-get="progress" hx-trigger="every 1s"' in part.content.decode()
    assert "HX-Refresh" not in part
    Proposal.objects.update(status="queued", lease=None, lease_until=None)
    work_out_waiting()
    assert browser.get(path + "progress")["HX-Refresh"] == "true"
    page = text_of(browser.get(path))
    assert "1 of 2 requests have a place; at most 1 can have one. No timetable places more" in page
    assert "Ann A Tue 09:00 Piano Ida Teacher" in page
    assert "What could not be placed Ben B, Piano Nobody who teaches it is open at these times." in page
    assert browser.post(path + "accept")["Location"] == path
    assert text_of(browser.get(path)).startswith("Proposed timetable Repair it Accepted")
    assert Session.objects.count() >= 7
    assert "1 of 2 placed Accepted" in text_of(browser.get(office + "requests/"))


def test_what_was_taken_since_is_named_and_a_repair_is_offered(school: School, browser: Browser, office: str):
    course, ida = new_lessons(school), opened(new_instructor(school, hours=False), 2, 9, 11)
    ask(course, window(2, 9, 11), student=new_student(school, "Ann A"), starts_on=in_a_week())
    proposal = proposed(school)
    placed = proposal.placements.get()
    day = in_a_week() + dt.timedelta(days=(2 - in_a_week().isoweekday()) % 7)
    starts_at = dt.datetime.combine(day, placed.starts, dt.UTC)
    new_session(
        new_lessons(school, format="group"), Stretch(starts_at, starts_at + dt.timedelta(hours=1)), instructors=[ida]
    )
    answer = browser.post(f"{office}proposals/{proposal.pk}/accept")
    assert answer.status_code == 409
    assert "Ann A cannot have Piano with Ida Teacher as proposed" in text_of(answer)
    assert "Propose anew, changing as little as can be" in text_of(answer)
    again = browser.post(office + "proposals/", {"repairs": str(proposal.pk)})
    assert Proposal.objects.get(repairs=proposal).pk.hex in again["Location"].replace("-", "")
    assert browser.post(f"{office}proposals/{proposal.pk}/discard")["Location"] == office + "requests/"


WITHOUT_SOLVER = """
import sys
sys.modules["ortools"] = None  # as in an installation without the extra: nothing of that name can be imported
from schoolbell.cli import main
sys.exit(main(["solve"]))
"""


def test_without_the_solver_requests_are_matched_all_the_same_and_it_is_said(scratch: str):
    school = new_school()
    opened(new_instructor(school, hours=False), 2, 9, 10)
    for _ in range(2):
        ask(new_lessons(school), window(2, 9, 12), starts_on=in_a_week())
    browser = as_staff(school)
    path = browser.post(f"/s/{school.slug}/office/proposals/")["Location"]
    command = [sys.executable, "-c", WITHOUT_SOLVER]
    done = subprocess.run(command, env=environment(scratch), cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "1 worked out.\n"), done.stderr
    page = text_of(browser.get(path))
    assert "1 of 2 requests have a place" in page
    assert "A better solver is missing here: pip install schoolbell[solver]" in page
    assert Proposal.objects.get().method == "greedy"


def test_what_was_accepted_is_repaired_when_somebody_drops_out(school: School, browser: Browser, office: str):
    course = new_lessons(school)
    ida, bo = (opened(new_instructor(school, hours=False, name=name), 2, 9, 10) for name in ("Ida T", "Bo T"))
    for name, liked in (("Ann A", (ida, bo)), ("Ben B", (bo, ida))):
        ask(course, window(2, 9, 12), student=new_student(school, name), instructors=liked, starts_on=in_a_week())
    browser.post(office + "proposals/")
    work_out_waiting()
    before = Proposal.objects.get()
    page = f"{office}proposals/{before.pk}/"
    browser.post(page + "accept")
    assert "A repair finds new places for whoever needs one" in text_of(browser.get(page))
    opened(ida, 2, 10, 11)
    Instructor.objects.filter(id=bo.pk).update(status="left")
    again = browser.post(office + "proposals/", {"repairs": str(before.pk)})["Location"]
    work_out_waiting()
    words = text_of(browser.get(again))
    assert "Of the lessons that run, one changes from tomorrow on; all others stay as they are." in words
    assert "Ann A Tue 09:00 stays Piano Ida T" in words
    assert "Ben B Tue 10:00 now Tue 09:00 Piano Ida T" in words
    done = browser.post(again + "accept", follow=True)
    assert "The timetable is repaired: one place a week is another now." in done.content.decode()
    taught = Staffing.objects.filter(session__starts_at__gt=now(), instructor=bo)
    assert not taught.exists()
