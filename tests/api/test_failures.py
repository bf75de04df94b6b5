"""What nobody foresaw: an answer that says nothing, a log that says where, and neither says what was sent."""

import json
import subprocess
import sys

import psycopg
import pytest
from django.db import connection

from api_client import Api
from databases import environment
from factories import new_school, new_token
from schoolbell.people.models import Client
from schoolbell.schools.actor import Role
from servers import start_servers

SENT = {"name": "Annabel Secretname", "email": "annabel@secret.example", "phone": "555-0100-SECRET"}


@pytest.fixture
def failing(scratch):
    """Served by a real process, in a database where a table is gone and another takes no new rows."""
    school = new_school()
    token = new_token(school, Role.OWNER)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_record RENAME TO elsewhere")
        cursor.execute("ALTER TABLE people_person ADD CONSTRAINT nobody_new CHECK (email = '') NOT VALID")
    with start_servers(scratch, 1) as servers:
        yield school, token, servers


def test_a_failure_is_told_by_an_id_that_the_log_has_and_nothing_that_was_sent_is_in_the_log(failing):
    school, token, servers = failing
    url = f"{servers.addresses[0]}/api/v1/{school.slug}"
    headers = {"Authorization": f"Bearer {token}", "User-Agent": "secret-agent", "Idempotency-Key": "secret-key"}
    nothing_refused = {"name": "Annabel Secretname"}
    answers = [
        servers.http.post(url + "/clients?hush=secret-query", json=body, headers=headers)
        for body in (SENT, nothing_refused)
    ]
    log = servers.logs[0].read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    failures = {line["failure"]: line for line in lines if line["event"] == "failed"}
    assert len(failures) == 2
    for answer in answers:
        problem = answer.json()
        assert (answer.status_code, answer.headers["Content-Type"]) == (500, "application/problem+json")
        assert problem == {
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "detail": f"Something went wrong on our side. The log has it as {problem['id']}.",
            "code": "internal_error",
            "id": problem["id"],
        }
        line = failures[problem["id"]]
        assert (line["method"], line["path"]) == ("POST", f"/api/v1/{school.slug}/clients")
        assert "schoolbell/api/clients.py" in line["exception"]
    told = [failures[answer.json()["id"]]["exception"] for answer in answers]
    assert "psycopg.errors.CheckViolation 23514 people_person nobody_new" in told[0]
    assert "psycopg.errors.UndefinedTable 42P01" in told[1]
    for secret in ("ecretname", "annabel", "555-0100-SECRET", token, token.removeprefix("sb_"), "secret-"):
        assert secret not in log
    with psycopg.connect(servers.database) as seen:
        assert seen.execute("SELECT count(*) FROM people_person").fetchone() == (0,)


def test_a_body_of_ten_megabytes_over_the_wire_is_refused_and_the_server_lives(served):
    school = new_school()
    url = f"{served.addresses[0]}/api/v1/{school.slug}"
    headers = {"Authorization": f"Bearer {new_token(school, Role.OWNER)}", "Content-Type": "application/json"}
    answer = served.http.post(url + "/clients", content=b'{"name": "' + b"a" * 10_000_000 + b'"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")

    assert served.http.get(url).status_code == 200


def test_a_body_that_does_not_say_how_long_it_is_is_refused_and_nothing_is_written(served):
    school = new_school()
    url = f"{served.addresses[0]}/api/v1/{school.slug}"
    headers = {"Authorization": f"Bearer {new_token(school, Role.OWNER)}", "Content-Type": "application/json"}
    for path, name in (("/clients", b"Ann"), ("/bookings", b"Ann"), ("/clients", b"A" * 500_000)):
        pieces = iter([b'{"name": "', name, b'"}'])
        answer = served.http.post(url + path, content=pieces, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (411, "length_required")
    assert Client.objects.of(school).count() == 0
    assert served.http.get(url).status_code == 200


def test_a_database_that_is_not_there_is_told_as_such_and_its_address_is_nowhere():
    code = """
import sys
from django.test import Client
import django
django.setup()
answer = Client(raise_request_exception=False).get("/api/v1/anything/courses")
sys.stdout.write(f"{answer.status_code} {answer['Content-Type']} {answer.json()['code']}")
"""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment("postgresql://nobody:hunter2@127.0.0.1:1/nothing"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.split() == ["503", "application/problem+json", "database_away"]
    assert '"event": "failed"' in ran.stderr
    assert "hunter2" not in ran.stderr + ran.stdout


def test_an_api_client_of_no_school_is_told_so(db):
    assert Api("nowhere").get().told == (404, "not_found")
