"""The demo is started, stopped, killed and started again, as on somebody's own machine."""

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import psycopg
import pytest

from demo_process import (
    ROOT,
    Demo,
    children_by_parent,
    command_line,
    environment,
    fetch,
    free_port,
    refuses,
    schoolbell,
    wait_until_gone,
)
from factories import at
from schoolbell.embedded import running_url
from servers import rfc3339

ALL_HOLD = re.compile(r"All \d\d rules hold\.\n")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo that was filled once; every test leaves it running."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "data", free_port())
    demo.wait_until_open()
    yield demo
    if demo.process.poll() is None:
        demo.kill()


def again(demo: Demo) -> None:
    """Start it anew on the same data."""
    demo.__init__(demo.data, demo.port)  # type: ignore[misc]
    demo.wait_until_open()


def office(demo: Demo, school: str) -> httpx.Client:
    made = schoolbell(demo.data, "token", "create", "--school", school, "--role", "admin")
    assert made.returncode == 0, made.stderr
    return httpx.Client(
        base_url=f"{demo.url}/api/v1/{school}", headers={"Authorization": f"Bearer {made.stdout.strip()}"}, timeout=30
    )


def test_the_front_page_names_the_five_schools(filled: Demo) -> None:
    page = fetch(f"{filled.url}/").decode()
    assert set(re.findall(r'href="/s/([a-z-]+)/"', page)) == {"coding", "driving", "courses", "coaching", "first-aid"}
    assert "/api/docs" in page


def test_every_rule_holds_over_the_demo(filled: Demo) -> None:
    checked = schoolbell(filled.data, "check")
    assert (checked.returncode, ALL_HOLD.fullmatch(checked.stdout) is None) == (0, False)


def test_a_token_is_printed_alone(filled: Demo) -> None:
    made = schoolbell(filled.data, "token", "create", "--school", "coding", "--role", "admin")
    assert re.fullmatch(r"sb_[\w-]{43}\n", made.stdout)
    assert made.stderr == ""


def typed(demo: Demo, document: str) -> str:
    """What the lines of a document say when they are typed beside the demo."""
    lines = "\n".join(re.findall(r"```bash\n(.*?)```", (ROOT / document).read_text(), re.DOTALL))
    lines = lines.replace("127.0.0.1:8000", f"127.0.0.1:{demo.port}")
    lines = lines.replace("bin/schoolbell", f"{sys.executable} -m schoolbell")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", lines],
        env=environment(demo.data),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_the_first_steps_with_the_api_book_a_lesson_once_and_cancel_it(filled: Demo) -> None:
    said = typed(filled, "docs/api.md").splitlines()
    assert '"status":"pending"' in said[0]
    assert said[1:] == ["too_late_to_book", "cancelled"]


def test_the_lines_of_the_readme_book_a_seat(filled: Demo) -> None:
    said = typed(filled, "README.md")
    assert '"status":"pending","payment_status":"pending","amount":{"amount":' in said
    assert '"gateway":"desk","method":"cash"' in said
    assert '"status":"succeeded"' in said


def test_a_second_start_on_the_same_data_is_refused_in_one_line(filled: Demo) -> None:
    second = schoolbell(filled.data, "demo", "--port", str(free_port()))
    assert second.returncode == 1
    assert len(second.stderr.strip().splitlines()) == 1
    assert second.stderr.startswith("schoolbell: ")


def test_a_port_in_use_is_refused_in_one_line(filled: Demo, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        second = schoolbell(tmp_path / "other", "demo", "--port", str(port))
    assert second.returncode == 1
    assert second.stderr == (
        f"schoolbell: cannot listen on 127.0.0.1, port {port}: address already in use. Choose another with --port.\n"
    )


def test_a_running_database_is_not_reset(filled: Demo) -> None:
    reset = schoolbell(filled.data, "demo", "--reset", "--port", str(free_port()))
    assert reset.returncode == 1
    assert reset.stderr == f"schoolbell: the database in {filled.data} is running; stop it before you reset it.\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly(filled: Demo, number: signal.Signals) -> None:
    everybody = filled.family()
    assert len(everybody) > 5
    assert filled.stop(number) == 0
    wait_until_gone(everybody)
    assert refuses(filled.url)
    again(filled)


def test_nothing_is_left_when_only_its_first_process_is_killed(filled: Demo) -> None:
    everybody = filled.family()
    os.kill(filled.process.pid, signal.SIGKILL)
    filled.process.wait()
    wait_until_gone(everybody)
    again(filled)


def test_nothing_keeps_the_port_when_the_web_server_is_killed(filled: Demo) -> None:
    everybody = filled.family()
    children = children_by_parent()[filled.process.pid]
    [master] = [pid for pid in children if b"granian" in command_line(pid)]
    os.kill(master, signal.SIGKILL)
    filled.process.wait()
    wait_until_gone(everybody)
    again(filled)


def process_named(demo: Demo, word: bytes) -> int:
    [pid] = [pid for pid in children_by_parent()[demo.process.pid] if word in command_line(pid)]
    return pid


@pytest.mark.parametrize("word", [b"/bin/postgres", b"schoolbell\0worker"])
def test_a_database_or_worker_that_is_killed_comes_back(filled: Demo, word: bytes) -> None:
    before = process_named(filled, word)
    os.kill(before, signal.SIGKILL)
    wait_until_gone({before})
    while word not in b"".join(command_line(pid) for pid in children_by_parent().get(filled.process.pid, [])):
        assert filled.process.poll() is None, filled.output.read_text()
    while httpx.get(f"{filled.url}/api/v1/coding", timeout=30).status_code == 503:
        pass
    assert httpx.get(f"{filled.url}/api/v1/coding", timeout=30).json()["slug"] == "coding"


def test_after_a_kill_serve_alone_gives_a_seat_whose_hold_ran_out_to_the_next_buyer(filled: Demo) -> None:
    """No worker runs, and the hold was made before everything was killed."""
    with office(filled, "first-aid") as api:
        session = api.post(
            "/sessions",
            json={
                "course": api.get("/courses").json()["items"][0]["id"],
                "capacity": 1,
                "status": "published",
                "slots": [{"starts_at": rfc3339(at(90, 9)), "ends_at": rfc3339(at(90, 15))}],
            },
        ).json()["id"]
        first, second = ({"session": session, "student": a_student(api, name)} for name in ("Ann Early", "Bob Late"))
        held = api.post("/bookings", json=first).json()
        token = api.headers["Authorization"]
    assert held["status"] == "pending"
    filled.kill()
    port = free_port()
    serve = subprocess.Popen(
        [sys.executable, "-m", "schoolbell", "serve", "--port", str(port), "--workers", "1"],
        env=environment(filled.data),
        stderr=subprocess.PIPE,
        text=True,
    )
    assert serve.stderr is not None
    assert "Serving at" in next(line for line in serve.stderr if "Serving" in line or "schoolbell:" in line)
    url = f"http://127.0.0.1:{port}/api/v1/first-aid"
    with httpx.Client(base_url=url, headers={"Authorization": token}, timeout=30) as api:
        assert api.post("/bookings", json=second).json()["code"] == "session_full"
        with psycopg.connect(running_url(filled.data) or "", autocommit=True) as connection:
            connection.execute(
                "UPDATE bookings_booking SET hold_expires_at = now() - interval '1 second' WHERE id = %s", [held["id"]]
            )
        answer = api.post("/bookings", json=second)
        assert (answer.status_code, answer.json()["status"]) == (201, "pending")
        assert api.get(f"/bookings/{held['id']}").json()["status"] == "expired"
    serve.send_signal(signal.SIGTERM)
    assert serve.wait() == 0
    again(filled)


def a_student(api: httpx.Client, name: str) -> str:
    return str(api.post("/students", json={"name": name}).json()["id"])


def test_no_booking_that_was_answered_is_lost_when_everything_is_killed(filled: Demo) -> None:
    with office(filled, "first-aid") as api:
        course = api.get("/courses").json()["items"][0]["id"]
        days = [at(60 + day, 9) for day in range(24)]
        sessions = [
            api.post(
                "/sessions",
                json={
                    "course": course,
                    "status": "published",
                    "slots": [{"starts_at": rfc3339(day), "ends_at": rfc3339(day + dt.timedelta(hours=6))}],
                },
            ).json()["id"]
            for day in days
        ]
        students = [api.post("/students", json={"name": f"Student {number}"}).json()["id"] for number in range(40)]
        answered: list[str] = []
        enough = Event()

        def book(number: int) -> None:
            wanted = {"session": sessions[number % 24], "student": students[number // 24]}
            try:
                answer = api.post("/bookings", json=wanted)
            except httpx.TransportError:
                return  # nobody answered any more
            if answer.status_code == 201:
                answered.append(answer.json()["reference"])
                if len(answered) == 60:
                    enough.set()

        with ThreadPoolExecutor(8) as pool:
            running = [pool.submit(book, number) for number in range(24 * 12)]
            assert enough.wait(120)
            filled.kill()
            for one in running:
                one.result()
    assert len(answered) >= 60
    again(filled)
    with office(filled, "first-aid") as api:
        kept: Counter[str] = Counter()
        after = None
        while True:
            page = api.get("/bookings", params={"limit": 200} | ({"after": after} if after else {})).json()
            kept.update(booking["reference"] for booking in page["items"])
            after = page["next"]
            if after is None:
                break
    assert {reference: kept[reference] for reference in answered} == dict.fromkeys(answered, 1)
    checked = schoolbell(filled.data, "check")
    assert (checked.returncode, ALL_HOLD.fullmatch(checked.stdout) is None) == (0, False)
