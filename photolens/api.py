"""The HTTP house: flask-smorest's Api and Blueprint, taught our conventions once.

A route carries decorators that both act and document: `arguments` (validated by marshmallow), `answers` or `pages`
(its success), `refuses` (its named problems). What every operation of its shape may also answer is added here.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, NoReturn

import flask_smorest
import marshmallow
import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_instance
from flask import Flask, Response, request
from flask_swagger_ui import get_swaggerui_blueprint
from marshmallow import fields as ma_fields
from webargs.flaskparser import FlaskParser
from werkzeug.routing import BaseConverter, ValidationError

from photolens import access, answers, idempotency, paging, preconditions, problems
from photolens.fields import MAX_ID, Output
from photolens.problems import ProblemKind

PREFIX = "/api/v1"
BODY_LIMIT = 1024 * 1024

_ALWAYS = (access.LOCAL_ONLY, problems.INTERNAL_ERROR, problems.UNAVAILABLE)
_WITH_BODY = (problems.MALFORMED_JSON, problems.BODY_TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE, problems.INVALID)


class IdConverter(BaseConverter):
    """The number of a row in a path; what cannot be one is no address at all."""

    regex = r"[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        if int(value) > MAX_ID:
            raise ValidationError()
        return int(value)


class ArgumentsParser(FlaskParser):
    """webargs with our answers: every fault of a request at once, each with its pointer."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"query": marshmallow.RAISE, "json": None}

    def load_json(self, req: Any, schema: marshmallow.Schema) -> Any:
        if not req.is_json:
            if not req.get_data(cache=True):
                return {}
            raise problems.UNSUPPORTED_MEDIA_TYPE("Send the body as application/json.")
        try:
            return orjson.loads(req.get_data(cache=True))
        except orjson.JSONDecodeError as error:
            raise problems.MALFORMED_JSON(f"At character {error.pos}: {error.msg}.") from None

    def handle_error(
        self, error: marshmallow.ValidationError, req: Any, schema: marshmallow.Schema, **kwargs: Any
    ) -> NoReturn:
        location, messages = next(iter(error.normalized_messages().items()))
        faults = [
            {"in": "body" if location == "json" else location, "pointer": pointer, "detail": detail}
            for pointer, detail in _pointers(messages, "")
        ]
        raise problems.INVALID("See errors.", errors=faults)


def _pointers(messages: Any, pointer: str) -> Iterable[tuple[str, str]]:
    """marshmallow's tree of messages, flat: (JSON pointer, sentence)."""
    if not isinstance(messages, Mapping):
        yield from ((pointer, _sentence(message)) for message in messages)
        return
    for key, inner in messages.items():
        step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
        yield from _pointers(inner, pointer + step)


def _sentence(message: str) -> str:
    plain = {
        "Unknown field.": "is not known here",
        "Invalid input type.": "is not an object",
        "Missing data for required field.": "is required",
        "Field may not be null.": "may not be null",
        "Not a valid list.": "is not a list",
    }
    return plain.get(message, message)


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


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's Blueprint, with our way out and the documentation that goes with it."""

    ARGUMENTS_PARSER = ArgumentsParser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(self._prepare_conventions_doc)

    def answers(self, status: int, schema: type[Output] | None = None, *, named_by: str = "id") -> Callable[..., Any]:
        """Answer with the view's value as JSON of this shape; a POST keeps its Idempotency-Key, a change its If-Match.

        `named_by` is the member that ends the address of what a 201 has created.
        """

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                def produce() -> Response:
                    return answers.json_answer(view(*args, **kwargs), status, named_by)

                if request.method == "POST":
                    return idempotency.once(produce)
                if request.method in ("PUT", "PATCH", "DELETE"):
                    return preconditions.if_unchanged(produce)
                return produce()

            documented: Callable[..., Any] = self.response(
                status, schema, example=example_of(schema), headers=_headers_doc(status)
            )(answer)
            return documented

        return decorator

    def pages(self, schema: type[Output]) -> Callable[..., Any]:
        """Answer with a page of rows of this shape, and the link to the next."""
        page_schema = page_of(schema)

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                page = view(*args, **kwargs)
                response = answers.json_answer(page, 200)
                if page["nextCursor"] is not None:
                    response.headers["Link"] = paging.next_link(page["nextCursor"])
                return response

            headers = _headers_doc(200) | {
                "Link": {"description": 'The next page, as rel="next".', "schema": {"type": "string"}}
            }
            documented: Callable[..., Any] = self.response(
                200, page_schema, example=example_of(page_schema), headers=headers
            )(answer)
            return documented

        return decorator

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[..., Any]:
        """flask-smorest's `arguments`, with an example of the body."""
        if kwargs.get("location", "json") == "json":
            kwargs.setdefault("example", example_of(schema))
        decorator: Callable[..., Any] = super().arguments(schema, **kwargs)
        return decorator

    @staticmethod
    def refuses(*kinds: ProblemKind) -> Callable[..., Any]:
        """Name the problems that this operation has beside those of its shape."""

        def decorator(view: Any) -> Any:
            view._apidoc = getattr(view, "_apidoc", {}) | {"refuses": kinds}
            return view

        return decorator

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc["operation_id"] = re.sub(r"_(.)", lambda match: match[1].upper(), endpoint)
                doc["has_path_id"] = "<id:" in options.get("rule", "") or "<id:" in self._rules[endpoint]

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        self._rules: dict[str, str] = getattr(self, "_rules", {})
        self._rules[endpoint or view_func.__name__] = rule
        super().add_url_rule(rule, endpoint, view_func, *args, **options)

    @staticmethod
    def _prepare_conventions_doc(
        doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **kwargs: Any
    ) -> dict[str, Any]:
        """Add what an operation of this shape always has: its id, its request headers, its problem answers."""
        doc["operationId"] = doc_info["operation_id"]
        takes_arguments = "arguments" in doc_info
        responses = doc.setdefault("responses", {})
        for status in [status for status in responses if not 200 <= int(status) < 300]:
            del responses[status]

        kinds = [*doc_info.get("refuses", ()), *_ALWAYS]
        if doc_info["has_path_id"]:
            kinds.append(problems.NOT_FOUND)
        if "requestBody" in doc:
            kinds += _WITH_BODY
        elif takes_arguments:
            kinds.append(problems.INVALID)
        parameters = doc.setdefault("parameters", [])
        if method == "post":
            parameters.append("IDEMPOTENCY_KEY")
            kinds += [idempotency.KEY_REUSED, idempotency.IN_PROGRESS, problems.INVALID]
        elif method == "get":
            parameters.append("IF_NONE_MATCH")
            responses["304"] = {"description": "Not Modified"}
        else:
            parameters.append("IF_MATCH_OPTIONAL")
            kinds.append(problems.PRECONDITION_FAILED)
        for status in sorted({kind.status for kind in kinds}):
            codes = sorted({kind.code for kind in kinds if kind.status == status})
            responses[str(status)] = {
                "description": " · ".join(f"`{code}`" for code in codes),
                "content": {
                    "application/problem+json": {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
                    }
                },
            }
        return doc


def page_of(schema: type[Output]) -> type[Output]:
    """The schema of a page of such rows."""
    members: dict[str, Any] = {
        "data": ma_fields.List(ma_fields.Nested(schema)),
        "next_cursor": ma_fields.String(allow_none=True, metadata={"example": None}),
        "total": ma_fields.Integer(metadata={"example": 1}),
        "optional": frozenset({"total"}),
        "__doc__": f"A page of {schema.__name__}.",
    }
    return type(f"{schema.__name__}Page", (Output,), members)


def example_of(schema: Any) -> Any:
    """An example of a schema, from the examples of its fields."""
    if schema is None:
        return None
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


def _headers_doc(status: int) -> dict[str, Any]:
    text = {"type": "string"}
    headers: dict[str, Any] = {"X-Request-Id": {"description": "Names this request in the log.", "schema": text}}
    if status != 204:
        headers["ETag"] = {"description": "The hash of this answer.", "schema": text}
    if status == 201:
        headers["Location"] = {"description": "The address of the new resource.", "schema": text}
    return headers


def _schema_name(schema: Any) -> str:
    instance = resolve_schema_instance(schema)
    return type(instance).__name__ + ("Patch" if instance.partial else "")


def _without_null_default(_converter: Any, _field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """apispec: a filter that is absent has no default worth a word."""
    if "default" in ret and ret["default"] is None:
        del ret["default"]
    return {}


class Api(flask_smorest.Api):
    """flask-smorest's Api, whose errors leave through `problems`."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Nothing: `problems.init_app` answers every failure."""


def init_app(app: Flask, blueprints: Iterable[Blueprint]) -> Api:
    """Register the domains' blueprints, their OpenAPI 3.1 document and the page to read it with."""
    app.url_map.converters["id"] = IdConverter
    app.config.update(
        API_TITLE="Photolens",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        API_SPEC_OPTIONS={"info": {"description": "The backend that photography studios run on."}},
    )
    api = Api(app, spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name)})
    api.ma_plugin.converter.add_attribute_function(_without_null_default)
    api.register_converter(
        IdConverter, lambda converter: {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}
    )
    components = api.spec.components
    components.schema("Problem", schema=Problem)
    components.parameter(
        "IDEMPOTENCY_KEY",
        "header",
        {
            "name": "Idempotency-Key",
            "description": "Sent again with the same key, a request is answered again and done once. Kept 24 h.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "example": "6f1c2a50-booking-7"},
        },
    )
    components.parameter(
        "IF_MATCH_OPTIONAL",
        "header",
        {
            "name": "If-Match",
            "description": "The ETag you have read; 412 if the resource is no longer the same.",
            "schema": {"type": "string"},
        },
    )
    kinds: dict[str, ProblemKind] = {}
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
        for endpoint_docs in blueprint._docs.values():
            for doc in endpoint_docs.values():
                kinds |= {kind.code: kind for kind in (doc or {}).get("refuses", ())}
    shared = (
        *_ALWAYS,
        *_WITH_BODY,
        problems.NOT_FOUND,
        problems.PRECONDITION_FAILED,
        idempotency.KEY_REUSED,
        idempotency.IN_PROGRESS,
    )
    for kind in {**kinds, **{kind.code: kind for kind in shared}}.values():
        example = {
            "type": f"urn:photolens:problem:{kind.code}",
            "title": kind.title,
            "status": kind.status,
            "code": kind.code,
            "detail": kind.title + ".",
            "instance": f"{PREFIX}/…",
        }
        components.example(kind.code, {"summary": kind.title, "value": example})
    app.register_blueprint(
        get_swaggerui_blueprint("/api/docs", "/api/openapi.json", {"app_name": "Photolens API", "validatorUrl": None})
    )
    return api
