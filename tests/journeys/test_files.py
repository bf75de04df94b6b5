"""A school brings its own files in: looks at what they would change, mends what is wrong, takes them in."""

from pathlib import Path

from playwright.sync_api import Page, expect

from importing.files import SAMPLES, everything_holds, riverside
from journeys.conftest import Site
from journeys.looking import Look
from journeys.test_office import SignIn, new_office_user
from schoolbell.people.models import Student


def test_a_school_moves_in_with_its_own_files(site: Site, look: Look, page: Page, sign_in: SignIn, tmp_path: Path):
    school = riverside()
    sign_in(page, new_office_user(school))
    page.goto(site.url(f"/s/{school.slug}/office/"))
    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="Files").click()
    page.locator("summary", has_text="Students and families").click()
    look(page, "office-files")
    page.get_by_role("button", name="Look them over").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose at least one file.")

    broken = tmp_path / "students.csv"
    text = (SAMPLES / "students.csv").read_text().replace("2018-01-30", "30/01/2018").replace("Jack,", "<b>Jack</b>,")
    broken.write_text(text, encoding="utf-16")
    page.get_by_label("Files", exact=True).set_input_files([broken, SAMPLES / "courses.csv"])
    page.get_by_role("button", name="Look them over").click()
    expect(page.get_by_role("cell", name="“30/01/2018” is not a date such as 2026-12-01")).to_be_visible()
    look(page, "office-files-to-mend")

    page.get_by_role("link", name="Choose others").click()
    page.get_by_label("Files", exact=True).set_input_files(sorted(SAMPLES.glob("*.csv")))
    page.get_by_role("button", name="Look them over").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What these files would change")
    batch = page.url
    page.locator("summary", has_text="courses.csv").click()
    look(page, "office-files-would-change")
    assert Student.objects.of(school).count() == 0
    page.get_by_role("button", name="Take 7 files in").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("7 files are taken in")
    look(page, "office-files-taken-in")
    assert Student.objects.of(school).count() == 8
    everything_holds()

    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="Staff and sign-ins").click()
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the address with which they sign in.")
    page.get_by_label("E-mail").fill("ann@example.org")
    page.get_by_label("First password").fill("a-long-way-home")
    page.get_by_role("button", name="Let them in").click()
    expect(page.get_by_text("ann@example.org can sign in now.")).to_be_visible()
    look(page, "office-sign-ins")

    page.goto(batch)
    expect(page.get_by_role("heading", level=1)).to_have_text("These files are not here any more")
    look(page, "office-files-gone")
    page.get_by_role("link", name="Choose files").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the files").click()
    assert download.value.suggested_filename.startswith(f"{school.slug}-")
