"""An HTTP client for tests: every answer it gets is checked against the API document, whatever the test looks at."""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask
from jsonschema_rs import Draft202012Validator
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from photolens.naming import camel_case

PREFIX = "/api/v1"
PDF = "application/pdf"
OF_BYTES = {PDF, "application/zip"}


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
        self._client = app.test_client()
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
        if body is not None:
            options["json"] = body
        options["headers"] = with_token(self._token, options.get("headers"))
        # Read to its end, and closed: a file is only then done with the database.
        response = self._client.open(PREFIX + path, method=method, buffered=True, **options)
        check_answer(self._app, method, PREFIX + path, response)
        is_text = bool(response.data) and (response.mimetype or "").startswith("text/")
        body = response.text if is_text else response.get_json(silent=True)
        if response.mimetype in OF_BYTES:
            body = response.data.decode("latin-1")  # a sign for each byte
        return Answer(response.status_code, body, response.headers)


def with_token(token: str | None, headers: Any) -> Headers:
    """These headers, and the token, if they carry none."""
    merged = Headers(headers)
    if token is not None and "Authorization" not in merged:
        merged["Authorization"] = f"Bearer {token}"
    return merged


def check_answer(app: Flask, method: str, path: str, response: TestResponse) -> None:
    """Fail unless the API document has this answer: its status, its code if it is a problem, its shape."""
    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method=method, return_rule=True)
    except HTTPException:
        assert response.status_code in (404, 405), f"{method} {path}: {response.status_code} for no known address"
        return
    document = api_document(app)
    operation = document["paths"][openapi_path(rule.rule)][method.lower()]
    documented = operation["responses"].get(str(response.status_code))
    assert documented is not None, f"{method} {path} answered {response.status_code}: {response.text[:500]}"
    if "content" not in documented:
        assert not response.data
        return
    media = documented["content"].get(response.mimetype)
    assert media is not None, f"{method} {path} answered {response.status_code} as {response.mimetype}"
    if response.mimetype in OF_BYTES or (response.mimetype or "").startswith("text/"):
        return
    if response.mimetype == "application/problem+json":
        assert response.json is not None
        assert response.json["code"] in media["examples"], f"{method} {path}: code {response.json['code']}"
    schema = _validator(media["schema"]["$ref"], app)
    faults = [error.message for error in schema.iter_errors(response.json)]
    assert not faults, f"{method} {path} {response.status_code}: {faults[:3]}"


_documents: list[dict[str, Any]] = []
_validators: dict[str, Draft202012Validator] = {}


def api_document(app: Flask) -> dict[str, Any]:
    """The API document of an application, which is the same for all of them: it is written once."""
    if not _documents:
        _documents.append(app.test_client().get("/api/openapi.json").json)  # type: ignore[arg-type]
    return _documents[0]


def _validator(reference: str, app: Flask) -> Draft202012Validator:
    if reference not in _validators:
        components = api_document(app)["components"]
        _validators[reference] = Draft202012Validator({"$ref": reference, "components": components})
    return _validators[reference]


def openapi_path(rule: str) -> str:
    """`/clients/<id:client_id>` → `/clients/{clientId}`."""
    return re.sub(r"<(?:id|uuid|word):(\w+)>", lambda match: "{" + camel_case(match[1]) + "}", rule)
