"""The API document: what flask-smorest cannot infer of our conventions, said once for every operation."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import marshmallow
from apispec import APISpec
from apispec.ext.marshmallow.common import resolve_schema_instance
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import fields as ma_fields

from photolens import dry_run, idempotency, problems, spreadsheets
from photolens.access import Demand
from photolens.fields import Input, Output
from photolens.naming import camel_case
from photolens.problems import ProblemKind

DESCRIPTION = """The backend that photography studios run on.

Sign in with `POST /auth/login`, and send the token as `Authorization: Bearer <token>`: above, under Authorize. Each
operation names the permission it needs (`x-permissions`: of each group one). A row that is not yours is answered as one
that is not there. A write with `Prefer: dry-run` is done and undone, and told (`x-dry-run`). Where a server has many
studios, the host says which one is asked, or the header `X-Studio`, by its name.
"""

_ALWAYS = (
    problems.UNKNOWN_STUDIO,
    problems.INVALID,
    problems.RATE_LIMITED,
    problems.INTERNAL_ERROR,
    problems.UNAVAILABLE,
)
_WITH_FILE = (problems.BODY_TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE, problems.INVALID)
_WITH_BODY = (problems.MALFORMED_JSON, *_WITH_FILE)


class Fault(Output):
    """One thing wrong with a request, and where."""

    location = ma_fields.String(data_key="in", metadata={"enum": ["body", "query", "header"], "example": "body"})
    pointer = ma_fields.String(metadata={"description": "JSON pointer to it.", "example": "/items/0/quantity"})
    line = ma_fields.Integer(metadata={"description": "Of a file, the line.", "example": 17})
    detail = ma_fields.String(metadata={"example": "has more than three decimals"})
    readings = ma_fields.List(
        ma_fields.String(metadata={"format": "date-time"}),
        metadata={
            "description": "Of a local time that is missing or comes twice, the instants it may mean.",
            "example": ["2027-03-14T06:30:00Z", "2027-03-14T07:30:00Z"],
        },
    )
    optional = frozenset({"line", "readings"})


class Problem(Output):
    """A refusal (RFC 9457), told to people by `detail` and to machines by `code`."""

    class Meta:
        unknown = marshmallow.INCLUDE

    type = ma_fields.String(metadata={"format": "uri", "example": "urn:photolens:problem:not_found"})
    title = ma_fields.String(metadata={"example": problems.NOT_FOUND.title})
    status = ma_fields.Integer(metadata={"example": 404})
    code = ma_fields.String(metadata={"example": "not_found"})
    detail = ma_fields.String(metadata={"example": "There is no client 999."})
    instance = ma_fields.String(metadata={"example": "/api/v1/clients/999"})
    errors = ma_fields.List(
        ma_fields.Nested(Fault), metadata={"description": "Of an `invalid` request, the faults, a hundred at most."}
    )
    error_count = ma_fields.Integer(metadata={"description": "Of an `invalid` file, how many faults.", "example": 1})
    optional = frozenset({"errors", "error_count"})


# What problems of a kind say beside that, each with its field; a domain's schemas add their own.
PROBLEM_MEMBERS: dict[str, Any] = {}


class CamelCasePaths(FlaskPlugin):
    """flask-smorest's reading of Flask's rules, with path parameters named as everything else in the document."""

    def rule_to_params(self, rule: Any) -> list[dict[str, Any]]:
        return [parameter | {"name": camel_case(parameter["name"])} for parameter in super().rule_to_params(rule)]

    @staticmethod
    def flaskpath2openapi(path: str) -> str:
        return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", lambda match: "{" + camel_case(match[1]) + "}", path)


def register_components(spec: APISpec) -> None:
    """The problem's schema, the token, and the request headers that many operations share."""
    members = {"optional": Problem.optional | PROBLEM_MEMBERS.keys(), "__doc__": Problem.__doc__, **PROBLEM_MEMBERS}
    spec.components.schema("Problem", schema=type("Problem", (Problem,), members))
    spec.components.security_scheme(
        "bearer",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "The token that `POST /auth/login` answers, or a personal access token (`pl_…`).",
        },
    )
    spec.components.parameter(
        "IDEMPOTENCY_KEY",
        "header",
        {
            "name": "Idempotency-Key",
            "description": "Sent again with the same key, a request is answered again and done once. Kept 24 h.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "example": "6f1c2a50-booking-7"},
        },
    )
    spec.components.parameter(
        "LAST_EVENT_ID",
        "header",
        {
            "name": "Last-Event-ID",
            "description": "The event after which to go on; a browser sends it by itself.",
            "schema": {"type": "string"},
        },
    )
    spec.components.parameter(
        "IF_MATCH_OPTIONAL",
        "header",
        {
            "name": "If-Match",
            "description": "The ETag you have read; 412 if the resource is no longer the same.",
            "schema": {"type": "string"},
        },
    )
    _register_dry_run(spec)


def _register_dry_run(spec: APISpec) -> None:
    """How a dry run is asked for, and answered with 200."""
    applied = {"description": "`dry-run`: nothing was done.", "schema": {"type": "string"}}
    spec.components.response(
        "DRY_RUN",
        {
            "description": "What a write would have answered and caused; with status 200, and nothing was done.",
            "headers": _HEADERS | {"Preference-Applied": applied},
            "content": {dry_run.MIMETYPE: {"schema": dry_run.DryRun, "example": example_of(dry_run.DryRun)}},
        },
    )
    spec.components.parameter(
        "PREFER_DRY_RUN",
        "header",
        {
            "name": "Prefer",
            "description": "With `dry-run` it is done and undone, and answered as `x-dry-run` says (a `DryRun`).",
            "schema": {"type": "string"},
        },
    )


def describe_conventions(
    doc: dict[str, Any], doc_info: dict[str, Any], *, spec: APISpec, method: str, **_others: Any
) -> dict[str, Any]:
    """Add what an operation of this shape always has: its id, its request headers, its problem answers."""
    doc["operationId"] = doc_info["operation_id"]
    demand: Demand = doc_info["demand"]
    _describe_demand(doc, demand)
    responses = doc["responses"] = {str(status): answer for status, answer in doc.get("responses", {}).items()}
    for status in [status for status in responses if not 200 <= int(status) < 300]:
        del responses[status]
    _describe_shapes(doc, doc_info)

    kinds = [*doc_info.get("refuses", ()), *_ALWAYS, *_refusals_of(demand)]
    if doc_info["has_path_id"]:
        kinds.append(problems.NOT_FOUND)
    if "requestBody" in doc:
        kinds += _WITH_BODY
    if "form_body" in doc_info:
        kinds.append(problems.BAD_REQUEST)
    if "csv_body" in doc_info:
        kinds += _WITH_FILE
    parameters = doc.setdefault("parameters", [])
    if method == "post" and doc_info["takes_key"]:
        parameters.append("IDEMPOTENCY_KEY")
        kinds += [idempotency.KEY_REUSED, idempotency.IN_PROGRESS, problems.INVALID, problems.BODY_TOO_LARGE]
    _describe_files(doc, doc_info)
    if doc_info.get("is_streamed"):
        pass  # it is sent before it is whole, so it has no ETag
    elif doc_info.get("has_events"):
        parameters.append("LAST_EVENT_ID")
    elif method == "get":
        parameters.append("IF_NONE_MATCH")
        responses["304"] = {"description": "Not Modified"}
    elif method != "post":
        parameters.append("IF_MATCH_OPTIONAL")
        kinds.append(problems.PRECONDITION_FAILED)
    if method != "get":
        kinds += _describe_dry_run(doc, doc_info["takes_dry_run"])
    responses |= _problem_responses(spec, kinds)
    return doc


def _describe_shapes(doc: dict[str, Any], doc_info: dict[str, Any]) -> None:
    """What is sent and answered as JSON, each with an example: made here, as no start waits for the document."""
    if "form_body" in doc_info:
        in_form, in_json = doc_info["form_body"]
        content = {"multipart/form-data": {"schema": in_form}, "application/json": {"schema": in_json}}
        doc["requestBody"] = {"required": True, "content": content}
    for media in doc.get("requestBody", {}).get("content", {}).values():
        media["example"] = example_of(media["schema"])
    if "answered" in doc_info:
        schema = doc_info["answered"]
        [(status, response)] = doc["responses"].items()
        response["headers"] = headers_of(int(status), schema)
        if schema is not None:
            response["content"] = {"application/json": {"schema": schema, "example": example_of(schema)}}


def _describe_files(doc: dict[str, Any], doc_info: dict[str, Any]) -> None:
    """What is sent or answered as a file: text, of a CSV its columns as an example; or bytes, which have none."""

    def file(mimetype: str, example: str | None) -> dict[str, Any]:
        if example is None:
            return {mimetype: {"schema": {"type": "string", "format": "binary"}}}
        return {mimetype: {"schema": {"type": "string"}, "example": example}}

    if "csv_body" in doc_info:
        doc["requestBody"] = {"required": True, "content": file(spreadsheets.MIMETYPE, doc_info["csv_body"])}
    answered = doc["responses"].get("200", {})
    if "table" in doc_info:
        answered.setdefault("content", {}).update(file(spreadsheets.MIMETYPE, ",".join(doc_info["table"])))
    if "document" in doc_info:
        answered["content"] = file(*doc_info["document"])


def _describe_dry_run(doc: dict[str, Any], is_taken: bool) -> list[ProblemKind]:
    """Where its dry run is described, beside the answers: among them it would be one more type of every write's answer
    in every generated client. Gives the problems of a write that has none.
    """
    if not is_taken:
        return [dry_run.UNSUPPORTED]
    doc["parameters"].append("PREFER_DRY_RUN")
    doc["x-dry-run"] = {"$ref": "#/components/responses/DRY_RUN"}
    return []


def _describe_demand(doc: dict[str, Any], demand: Demand) -> None:
    """Say who may call an operation: `security` for machines, `x-permissions` for the front end, words for people."""
    doc["security"] = [{"bearer": []}] if demand.caller else []
    doc["x-permissions"] = [sorted(any_of) for any_of in demand.permissions]
    if not demand.caller:
        words = "Needs no token."
    elif demand.permissions:
        groups = (" or ".join(f"`{permission}`" for permission in any_of) for any_of in doc["x-permissions"])
        words = f"Needs {', and '.join(groups)}."
    else:
        words = "Needs a token."
    if demand.contact:
        words += " Only for contacts of a client."
    if demand.vendor:
        words += " Only for vendors whom an administrator has let in."
    if demand.in_person:
        words += " Only in person: a personal access token does not serve."
    doc["description"] = "\n\n".join(filter(None, (doc.get("description"), words)))


def _refusals_of(demand: Demand) -> list[ProblemKind]:
    kinds = []
    if demand.caller:
        kinds.append(problems.UNAUTHENTICATED)
    if demand.permissions:
        kinds.append(problems.FORBIDDEN)
    if demand.in_person:
        kinds.append(problems.SESSION_REQUIRED)
    if demand.contact:
        kinds.append(problems.NOT_A_CONTACT)
    if demand.vendor:
        kinds.append(problems.NOT_A_VENDOR)
    return kinds


def _problem_responses(spec: APISpec, kinds: Iterable[ProblemKind]) -> dict[str, Any]:
    """The problem answers an operation can give, by status, each code with its example."""
    responses: dict[str, Any] = {}
    for kind in sorted(set(kinds), key=lambda kind: (kind.status, kind.code)):
        if kind.code not in spec.components.examples:
            spec.components.example(kind.code, {"summary": kind.title, "value": _problem_example(kind)})
        media = {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": {}}
        response = responses.setdefault(
            str(kind.status), {"description": "", "content": {"application/problem+json": media}}
        )
        if kind.status in (429, 503) or kind is idempotency.IN_PROGRESS:
            seconds = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            response["headers"] = {"Retry-After": seconds}
        response["description"] += (" · " if response["description"] else "") + f"`{kind.code}`"
        examples = response["content"]["application/problem+json"]["examples"]
        examples[kind.code] = {"$ref": f"#/components/examples/{kind.code}"}
    return responses


def _problem_example(kind: ProblemKind) -> dict[str, Any]:
    return {
        "type": f"urn:photolens:problem:{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "code": kind.code,
        "detail": f"{kind.title}.",
        "instance": "/api/v1/…",
    }


@cache
def page_of(schema: type[Output], beside: type[Output] = Output) -> type[Output]:
    """The schema of a page of such rows, with what it says beside them."""
    members: dict[str, Any] = {
        "data": ma_fields.List(ma_fields.Nested(schema)),
        "next_cursor": ma_fields.String(allow_none=True, metadata={"example": None}),
        "total": ma_fields.Integer(metadata={"example": 1}),
        "optional": beside.optional | {"total"},
        "__doc__": f"A page of {schema.__name__}.",
    }
    return type(f"{schema.__name__}Page", (beside,), members)


def example_of(schema: Any) -> Any:
    """An example of a schema, from the examples of its fields."""
    instance = resolve_schema_instance(schema)
    return {
        field.data_key or name: _field_example(field)
        for name, field in instance.fields.items()
        if "example" in field.metadata or isinstance(field, (ma_fields.Nested, ma_fields.List))
    }


def _field_example(field: Any) -> Any:
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, ma_fields.List):
        return [_field_example(field.inner)]
    return example_of(field.schema)


def columns_of(table: type[Input]) -> list[str]:
    """The columns of a table whose rows have this shape, in their order."""
    return [field.data_key or name for name, field in table().fields.items()]


_HEADERS: dict[str, Any] = {
    "X-Request-Id": {"description": "Names this request in the log.", "schema": {"type": "string"}},
    "RateLimit-Limit": {"description": "Requests a minute.", "schema": {"type": "integer"}},
    "RateLimit-Remaining": {"description": "What is left of them.", "schema": {"type": "integer"}},
    "RateLimit-Reset": {"description": "Seconds until all are back.", "schema": {"type": "integer"}},
}


def headers_of_stream() -> dict[str, Any]:
    """The headers of a file: its name, and no hash of what is sent before it is whole."""
    name = {"description": "An attachment, and what to call it.", "schema": {"type": "string"}}
    return _HEADERS | {"Content-Disposition": name}


def headers_of_events() -> dict[str, Any]:
    """The headers of a stream of events."""
    return dict(_HEADERS)


def headers_of(status: int, schema: type[Output] | None) -> dict[str, Any]:
    """The headers of a success."""
    text = {"type": "string"}
    headers = dict(_HEADERS)
    if status != 204:
        headers["ETag"] = {"description": "The hash of this answer.", "schema": text}
    if schema is not None and "next_cursor" in schema._declared_fields:
        headers["Link"] = {"description": 'The next page, as rel="next".', "schema": text}
    if status in (201, 202):
        headers["Location"] = {"description": "The address of the new resource.", "schema": text}
    return headers


def schema_name(schema: Any) -> str:
    """The name of a schema in the document: its class, and Patch where every field may be left out."""
    instance = resolve_schema_instance(schema)
    return type(instance).__name__ + ("Patch" if instance.partial else "")


def without_idle_default(_converter: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """apispec: an absent filter has no default worth a word, and what a PATCH leaves out stays as it is."""
    if ret.get("default", "") is None or getattr(field.parent, "partial", False):
        ret.pop("default", None)
    return {}
