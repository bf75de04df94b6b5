"""What is done in the demo first, as people do it, for pages of which it has none."""

import re

import httpx

from benchmarks.server import ServerFailed

PASSWORD = "ring-the-bell"  # noqa: S105 - the demo's, which it prints


def sign_in(browser: httpx.Client, email: str) -> None:
    form = {"email": email, "password": PASSWORD, "csrfmiddlewaretoken": _token(browser.get("/sign-in").text)}
    if browser.post("/sign-in", data=form).status_code != httpx.codes.FOUND:
        raise ServerFailed(f"{email} cannot sign in.")


def book_for_somebody(browser: httpx.Client, path: str) -> None:
    """One seat on the booking form of that address, and who comes is said later."""
    page = browser.get(path).text
    sent = {name: _hidden(page, name) for name in ("csrfmiddlewaretoken", "session", "key")}
    form = sent | {"seats": "1", "seat-1-later": "on", "pay_with": "transfer", "accepted": "on"}
    if re.search(r'<input type="radio"[^>]* name="students"', page):  # the last seat: somebody known, or somebody new
        form["students"] = "new"
    answer = browser.post(path, data=form)
    if answer.status_code not in (httpx.codes.FOUND, httpx.codes.SEE_OTHER):
        raise ServerFailed(f"{path} cannot be booked for somebody: {answer.status_code}.")


def hand_in(browser: httpx.Client, school: str) -> str:
    """A sample file; the address at which it is looked over."""
    page = f"/s/{school}/office/files/"
    sample = browser.get(f"{page}samples/clients.csv").content
    form = {"csrfmiddlewaretoken": _token(browser.get(page).text)}
    answer = browser.post(page, data=form, files={"handed_in": ("clients.csv", sample, "text/csv")})
    if answer.status_code != httpx.codes.FOUND:
        raise ServerFailed(f"A sample file cannot be handed in: {answer.status_code}.")
    return answer.headers["Location"]


def _token(page: str) -> str:
    return _hidden(page, "csrfmiddlewaretoken")


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if found is None:
        raise ServerFailed(f"A form does not send {name}.")
    return found[1]
