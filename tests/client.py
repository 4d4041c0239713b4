"""An HTTP client for tests: every answer it gets is checked against the API document, whatever the test looks at."""

import re
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlencode

import orjson
from flask import Flask
from jsonschema_rs import Draft202012Validator
from werkzeug.datastructures import Headers
from werkzeug.routing import Rule

from photolens.embedded import ROOT
from photolens.naming import camel_case

PREFIX = "/api/v1"
PDF = "application/pdf"
OF_BYTES = {PDF, "application/zip"}
DRY_RUN = "application/vnd.photolens.dry-run+json"


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the JSON body or text (None if there is none), the headers."""

    status: int
    body: Any
    headers: Headers


def token_of(role: str) -> str:
    """The session token of the user of a role who is in every test database (callers.sql)."""
    return f"test-{role.lower()}"


class ApiClient:
    """`api.post("/clients", {...})`: paths below `/api/v1`, JSON bodies; gives an Answer.

    Signed in as the owner, if not told otherwise; `api.by_role("EDITOR")`, `api.by_token(None)` call as somebody else.
    """

    def __init__(self, app: Flask, token: str | None = token_of("OWNER")) -> None:
        self._app = app
        self._token = token

    def by_token(self, token: str | None) -> "ApiClient":
        """The same application, called with this token, or with none."""
        return ApiClient(self._app, token)

    def by_role(self, role: str) -> "ApiClient":
        """The same application, called by the user of this role."""
        return self.by_token(token_of(role))

    def get(self, path: str, **options: Any) -> Answer:
        return self.request("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return self.request("POST", path, body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("PATCH", path, body, **options)

    def put(self, path: str, body: Any, **options: Any) -> Answer:
        return self.request("PUT", path, body, **options)

    def delete(self, path: str, **options: Any) -> Answer:
        return self.request("DELETE", path, **options)

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        if (sent := options.pop("json", body)) is not None:
            options["data"] = self._app.json.dumps(sent)
            options.setdefault("content_type", "application/json")
        headers = with_token(self._token, options.pop("headers", None))
        environ = environ_of(method, PREFIX + path, headers, **options)
        # Read to its end, and closed: a file is only then done with the database.
        answer, rule = answer_to(self._app, environ)
        check_answer(method, path, rule, answer)
        return answer


def environ_of(
    method: str,
    path: str,
    headers: Headers,
    *,
    query_string: str | Mapping[str, Any] | None = None,
    data: bytes | str = b"",
    content_type: str | None = None,
    environ_overrides: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A request as a WSGI server hands it over, with what Werkzeug's client takes; which takes as long as an answer."""
    path, _, query = path.partition("?")
    if isinstance(query_string, Mapping):
        query = urlencode([(name, value) for name, value in query_string.items() if value is not None], doseq=True)
    elif query_string is not None:
        query = query_string
    content = data.encode() if isinstance(data, str) else data
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query.encode().decode("latin-1"),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "HTTP_USER_AGENT": "tests",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(content),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if content:
        environ["CONTENT_LENGTH"] = str(len(content))
    for name in {name for name, _ in headers}:
        environ[f"HTTP_{name.upper().replace('-', '_')}"] = ", ".join(headers.getlist(name))
    content_type = environ.pop("HTTP_CONTENT_TYPE", None) if content_type is None else content_type
    if content_type is not None:
        environ["CONTENT_TYPE"] = content_type
    return environ | (environ_overrides or {})


def answer_to(app: Flask, environ: dict[str, Any]) -> tuple[Answer, Rule | None]:
    """What an application answers to a request, and the rule that it found for its address."""
    begun: list[tuple[str, list[tuple[str, str]], Rule | None]] = []

    def begin(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        begun.append((status, headers, environ["werkzeug.request"].url_rule))

    with closing(app(environ, begin)) as pieces:  # type: ignore[arg-type, type-var]
        content = b"".join(pieces)
    status, sent, rule = begun[-1]
    headers = Headers(sent)
    return Answer(int(status[:3]), _body_of(content, media_type_of(headers)), headers), rule


def with_token(token: str | None, headers: Any) -> Headers:
    """These headers, and the token, if they carry none."""
    merged = Headers(headers)
    if token is not None and "Authorization" not in merged:
        merged["Authorization"] = f"Bearer {token}"
    return merged


def media_type_of(headers: Headers) -> str:
    return headers.get("Content-Type", "").partition(";")[0].strip()


def _body_of(content: bytes, media_type: str) -> Any:
    if not content:
        return None
    if media_type in OF_BYTES:
        return content.decode("latin-1")  # a sign for each byte
    return content.decode() if media_type.startswith("text/") else orjson.loads(content)


def check_answer(method: str, path: str, rule: Rule | None, answer: Answer) -> None:
    """Fail unless the API document has this answer: its status, its code if it is a problem, its shape."""
    asked = f"{method} {path}"
    if rule is None:
        assert answer.status in (404, 405), f"{asked}: {answer.status} for no known address"
        return
    document = api_document()
    operation = document["paths"][openapi_path(rule.rule)][method.lower()]
    documented = operation["responses"].get(str(answer.status))
    if media_type_of(answer.headers) == DRY_RUN:
        documented = document["components"]["responses"][operation["x-dry-run"]["$ref"].rpartition("/")[2]]
    assert documented is not None, f"{asked} answered {answer.status}: {str(answer.body)[:500]}"
    if "content" not in documented:
        assert answer.body is None
        return
    media_type = media_type_of(answer.headers)
    media = documented["content"].get(media_type)
    assert media is not None, f"{asked} answered {answer.status} as {media_type}"
    if media_type in OF_BYTES or media_type.startswith("text/"):
        return
    if media_type == "application/problem+json":
        assert answer.body["code"] in media["examples"], f"{asked}: code {answer.body['code']}"
    schema = _validator(media["schema"]["$ref"])
    if not schema.is_valid(answer.body):
        faults = [error.message for error in schema.iter_errors(answer.body)]
        raise AssertionError(f"{asked} {answer.status}: {faults[:3]}")
    if media_type == DRY_RUN:
        _check_what_was_tried(operation, asked, answer.body)


def _check_what_was_tried(operation: dict[str, Any], asked: str, tried: dict[str, Any]) -> None:
    """Fail unless what a dry run says would be answered is what the operation answers."""
    content = operation["responses"][str(tried["status"])].get("content", {})
    if tried["body"] is None:
        assert not content, asked
        return
    schema = _validator(content["application/json"]["schema"]["$ref"])
    assert schema.is_valid(tried["body"]), f"{asked} {tried}"


@cache
def api_document() -> dict[str, Any]:
    """The API document that is committed; tests/contracts/test_house holds it to be the application's."""
    document: dict[str, Any] = orjson.loads((ROOT / "docs" / "openapi.json").read_bytes())
    return document


@cache
def _validator(reference: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": reference, "components": api_document()["components"]})


@cache
def openapi_path(rule: str) -> str:
    """`/clients/<id:client_id>` → `/clients/{clientId}`."""
    return re.sub(r"<(?:id|uuid|word):(\w+)>", lambda match: "{" + camel_case(match[1]) + "}", rule)
