"""A caller of one school's API, in the test's own process."""

from dataclasses import dataclass, field
from typing import Any

import orjson
from django.test import Client


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    @property
    def code(self) -> str:
        """What a problem says it is; "" of an answer that is none."""
        is_problem = self.headers["Content-Type"] == "application/problem+json"
        return self.json["code"] if is_problem else ""

    @property
    def told(self) -> tuple[int, str]:
        return self.status, self.code


@dataclass(frozen=True)
class Api:
    """`token` is a secret, "" for a guest, who may have the key of an order."""

    slug: str
    token: str = ""
    order_key: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def get(self, path: str = "", **query: Any) -> Reply:
        query = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None, raw: bytes | None = None) -> Reply:
        content = raw if raw is not None else b"" if body is None else orjson.dumps(body)
        return self.send("POST", path, content=content, key=key)

    def send(
        self,
        method: str,
        path: str,
        *,
        content: bytes = b"",
        query: Any = None,
        key: str | None = None,
        kind: str = "application/json",
    ) -> Reply:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if self.order_key:
            headers["order-key"] = self.order_key
        if key is not None:
            headers["idempotency-key"] = key
        answer = self.client.generic(
            method,
            f"/api/v1/{self.slug}{path}",
            content,
            content_type=kind,
            headers=headers,
            query_params=query,
        )
        return Reply(answer.status_code, answer.headers, answer.content)

    def made(self, path: str, body: Any = None, **more: Any) -> Any:
        """What a POST that succeeds answers."""
        reply = self.post(path, body, **more)
        assert reply.status in (200, 201), reply.body
        return reply.json
