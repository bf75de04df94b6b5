"""The API's page: all that the document says is on it, and lines that can be sent."""

import gzip
import html
import re
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, get_type_hints

import orjson
import pytest
from django.test import Client as Browser
from django.test import RequestFactory
from pydantic import TypeAdapter

from schoolbell.api.app import api
from schoolbell.api.booking_body import BookingIn
from schoolbell.web.reference.document import Operation, reference_of
from schoolbell.web.reference.page import reference

AN_ID = "01a1f8c3-36f5-7533-aa28-379aa35149e0"
BAD = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return orjson.loads(Browser().get("/api/openapi.json").content)


@pytest.fixture(scope="module")
def page() -> str:
    return Browser().get("/api/docs").content.decode()


def told_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, told in item.items():
            yield method, path, told


def article(page: str, name: str) -> str:
    start = page.index(f'<article id="{name}"')
    return page[start : page.index("</article>", start)]


def rows(part: str) -> set[str]:
    return {html.unescape(name) for name in re.findall("<dt>([^<]+)</dt>", part)}


def objects(schema: Any, document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What it may be, or hold in a list, of the kind that has fields."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from objects(one, document)
    if "items" in schema:
        yield from objects(schema["items"], document)
    if "properties" in schema:
        yield schema


def every_field(schema: Any, document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], bool]]:
    for one in objects(schema, document):
        for name, inner in one["properties"].items():
            yield name, inner, name in one.get("required", ())
            yield from every_field(inner, document)


def body_schema(told: dict[str, Any]) -> Any:
    return told["requestBody"]["content"]["application/json"]["schema"]


def operations(document: dict[str, Any]) -> dict[str, Operation]:
    return {one.id: one for group in reference_of(document).groups for one in group.operations}


def test_every_operation_is_there_with_its_address_its_parameters_and_every_field_of_its_body(document, page):
    for method, path, told in told_of(document):
        part = article(page, told["operationId"])
        assert f'<b class="m-{method}">{method.upper()}</b> <code>{html.escape(path)}</code>' in part
        assert html.escape(told["summary"]) in part
        wanted = {one["name"] for one in told["parameters"]}
        if "requestBody" in told:
            wanted |= {name for name, _, _ in every_field(body_schema(told), document)}
        assert wanted <= rows(part), told["operationId"]
        links = set(re.findall(r'href="#status-(\d+)"', part))
        assert links == {status for status, answer in told["responses"].items() if "$ref" in answer}


def test_every_answer_is_there_with_the_fields_of_what_it_holds(document, page):
    for _method, _path, told in told_of(document):
        part = article(page, told["operationId"])
        for status, answer in told["responses"].items():
            if "$ref" in answer:
                continue
            found = part[part.index(f"<summary><b>{status}</b>") :]
            for shape in objects(answer["content"]["application/json"]["schema"], document):
                listed = set(shape["properties"]) == {"items", "next"}
                shapes = list(objects(shape["properties"]["items"], document)) if listed else [shape]
                assert {name for one in shapes for name in one["properties"]} <= rows(found), told["operationId"]


def test_a_field_says_its_kind_its_limits_its_choices_and_what_holds_without_it(page):
    booking = article(page, "create_booking")
    assert "<dt>slots</dt><dd><em>list of at most 100: id (UUID).</em>" in booking
    assert "<dt>student</dt><dd><b>Required</b> <em>id (UUID) or NewStudentIn or NamedLaterIn.</em>" in booking
    assert "<details><summary>NamedLaterIn</summary>" in booking
    assert "<dt>relationship</dt><dd><em>text, at most 30 characters; without it &quot;parent&quot;.</em>" in booking
    assert (
        "<dt>enrollment_type</dt><dd><em>one of these or null; without it null.</em>"
        "  <code>trial</code> <code>one_off</code></dd>"
    ) in booking
    assert "<dt>limit</dt><dd><em>after the ?, whole number, 1 to 200; without it 50.</em>" in article(
        page, "list_bookings"
    )
    assert '<dt>slots</dt><dd><em>list: <a class="text" href="#shape-BookedSlot">BookedSlot</a>.</em>' in booking
    assert "<dt>starts</dt><dd><b>Required</b> <em>clock time such as 16:30.</em>" in article(page, "create_series")


def test_who_may_call_it(page):
    assert "Anybody may call it, without a token too." in article(page, "create_booking")
    assert "Who may call it: the office." in article(page, "create_course")
    assert "Who may call it: the office, instructors." in article(page, "mark_attendance")
    cancelling = article(page, "cancel_booking")
    assert (
        "Who may call it: the office, clients, students. Whoever has an order’s key may, for that order." in cancelling
    )


def test_every_code_is_explained_and_every_link_leads_somewhere(document, page):
    for told in document["components"]["responses"].values():
        assert {
            f"<dt>{code}</dt><dd>{html.escape(sentence)}</dd>" in page for code, sentence in told["x-codes"].items()
        } == {True}
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert 'href="/api/openapi.json"' in page


def test_what_looks_like_html_in_the_document_is_text(document):
    bad = deepcopy(document)
    told = bad["paths"]["/api/v1/{school}/bookings"]["post"]
    told |= {"summary": BAD, "description": f"{BAD}\n\n`{BAD}`"}
    told["parameters"][0]["description"] = BAD
    schema = body_schema(told)
    schema["properties"]["session"] = {
        "type": "string",
        "description": BAD,
        "default": BAD,
        "enum": [BAD],
        "title": BAD,
    }
    schema["examples"] = [{"session": BAD}]
    bad["components"]["schemas"]["NewBooking"] |= {"description": BAD, "title": BAD}
    bad["components"]["responses"]["CONFLICT"] |= {"description": BAD, "x-codes": {BAD: BAD}}
    shown = reference(RequestFactory().get("/api/docs"), read=lambda: bad).content.decode()
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 12
    assert "<code>&lt;script&gt;alert(1)&lt;/script&gt;</code>" in article(shown, "create_booking")


def test_what_the_lines_send_is_understood(document):
    """As the API itself reads it, before it asks the database."""
    views = {
        operation.operation_id: operation.view_func
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    }
    sent = 0
    for name, operation in operations(document).items():
        if "<<END" not in operation.curl:
            continue
        body = operation.curl.partition("<<END\n")[2].removesuffix("\nEND")
        told = orjson.loads(re.sub(r'"\$\w+"', f'"{AN_ID}"', body))
        TypeAdapter(get_type_hints(views[name], include_extras=True).get("body", BookingIn)).validate_python(told)
        sent += 1
    assert sent > 30


def test_the_lines_are_good_for_a_shell(document):
    lines = [one.curl for one in operations(document).values()]
    read = subprocess.run(["bash", "-n"], input="\n".join(lines), text=True, capture_output=True, check=True)
    assert read.stderr == ""
    assert operations(document)["list_free_times"].curl == 'curl -sS "$api/availability?course=$course"'
    assert operations(document)["withdraw_time_off"].curl.splitlines() == [
        'curl -sS -X POST "$api/time-off/$time_off/withdraw" \\',
        '  -H "Authorization: Bearer $token" \\',
        '  -H "Idempotency-Key: $RANDOM-$RANDOM-$RANDOM"',
    ]


def test_it_comes_small_and_is_fetched_once():
    answer = Browser().get("/api/docs", headers={"Accept-Encoding": "gzip"})
    whole = gzip.decompress(answer.content)
    assert whole == Browser().get("/api/docs").content
    assert len(whole) < 600_000
    assert len(answer.content) < 60_000
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    again = Browser().get("/api/docs", headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert Browser().head("/api/docs").status_code == 200
    assert Browser().post("/api/docs", content_type="application/json").status_code == 405
