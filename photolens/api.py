"""The HTTP house: flask-smorest's Api and Blueprint, taught our conventions once.

A route carries decorators that both act and document: `arguments` (validated by marshmallow), `answers` or `pages`
(its success), `refuses` (its named problems). What every operation of its shape also has is added by `openapi`.
"""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from itertools import islice
from threading import Lock
from typing import Any, NoReturn

import flask_smorest
import marshmallow
import orjson
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, request
from flask_swagger_ui import get_swaggerui_blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import NotFound
from werkzeug.routing import BaseConverter

from photolens import (
    access,
    answers,
    csv_bodies,
    downloads,
    dry_run,
    event_streams,
    form_bodies,
    idempotency,
    openapi,
    preconditions,
    problems,
    spreadsheets,
)
from photolens.database import take_connection
from photolens.faults import MOST_FAULTS, pointers
from photolens.fields import MAX_ID, Input, Output
from photolens.naming import camel_case
from photolens.problems import ProblemKind, invalid

PREFIX = "/api/v1"
BODY_LIMIT = 1024 * 1024
CSV_BODY_LIMIT = 20 * 1024 * 1024


class IdConverter(BaseConverter):
    """The number of a row in a path; what cannot be one is no address at all."""

    regex = r"[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        if int(value) > MAX_ID:
            raise NotFound  # a ValidationError would leave the address to other methods: 405
        return int(value)


class WordConverter(BaseConverter):
    """An id that somebody else has given, in a path: letters, digits and underscores."""

    regex = r"[A-Za-z0-9_]{1,255}"


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
            for pointer, detail in islice(pointers(messages), MOST_FAULTS)
        ]
        raise problems.INVALID("See errors.", errors=faults)


class Blueprint(flask_smorest.Blueprint):
    """flask-smorest's Blueprint, with our way out and the documentation that goes with it."""

    ARGUMENTS_PARSER = ArgumentsParser()

    def __init__(self, name: str, import_name: str, description: str) -> None:
        super().__init__(name, import_name, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(openapi.describe_conventions)

    def answers(
        self,
        status: int,
        schema: type[Output] | None = None,
        *,
        named_by: str = "id",
        location: str | None = None,
        table: type[Output] | None = None,
    ) -> Callable[..., Any]:
        """Answer with the view's value as JSON of this shape.

        `named_by` is the member that ends the address of what a 201 or 202 has created, below the one it was created
        at; elsewhere it is at `location`, with members of the value in braces.
        With the shape of its `data` as `table`, those rows are answered as CSV to whoever asks for that.
        """
        columns = None if table is None else openapi.columns_of(table)

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                return answers.answer(view(*args, **kwargs), status, named_by, location, columns)

            if columns is not None:
                access.describe(answer, table=columns)

            documented: Callable[..., Any] = self.response(status)(access.describe(answer, answered=schema))
            return documented

        return decorator

    def streams(self, table: type[Output], filename: str) -> Callable[..., Any]:
        """Answer with the rows that the view yields as a CSV file of these columns, as they come."""
        columns = openapi.columns_of(table)

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                return downloads.one_of_few(
                    lambda: answers.stream(columns, view(*args, **kwargs), filename, take_connection)
                )

            access.describe(answer, table=columns, is_streamed=True)
            documented: Callable[..., Any] = self.response(
                200, description="A CSV file.", headers=openapi.headers_of_stream()
            )(answer)
            return documented

        return decorator

    def takes_csv(self, schema: type[Input], *, ignoring: type[Output]) -> Callable[..., Any]:
        """Take a CSV file whose lines have this shape, and hand it over as a `CsvFile`.

        A row has the columns that the file has, with None where a cell is empty. The columns of `ignoring`, an export
        that may be sent back, may be there as well.
        """
        instance = schema()
        columns, ignored = openapi.columns_of(schema), openapi.columns_of(ignoring)

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def take(*args: Any, **kwargs: Any) -> Any:
                return view(csv_bodies.file_of_request(instance, ignored), *args, **kwargs)

            example = b"".join(spreadsheets.to_csv(columns, [openapi.example_of(instance)])).decode()
            return access.describe(take, csv_body=example, body_limit=CSV_BODY_LIMIT)

        return decorator

    def takes_form(self, form: type[Input], json: type[Input], *, limit: int) -> Callable[..., Any]:
        """Take a form, with files, of at most so many bytes; or JSON, that has what the files are by other means.

        The view is handed what either schema loads; files are there until it has answered.
        """
        in_form, in_json = form(), json()

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def take(*args: Any, **kwargs: Any) -> Any:
                if request.mimetype != form_bodies.MIMETYPE:
                    return view(self.ARGUMENTS_PARSER.parse(in_json, request, location="json"), *args, **kwargs)
                with form_bodies.form_of_request(in_form) as parts:
                    return view(parts, *args, **kwargs)

            return access.describe(take, form_body=(in_form, in_json), form_limit=limit)

        return decorator

    def sends_file(self, mimetype: str) -> Callable[..., Any]:
        """Answer with a file of the storage's, as the view gives it: what reads it, and its name for the reader."""

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                return downloads.one_of_few(lambda: downloads.answer(mimetype, *view(*args, **kwargs)))

            access.describe(answer, document=(mimetype, None), is_streamed=True)
            documented: Callable[..., Any] = self.response(200, headers=openapi.headers_of_stream())(answer)
            return documented

        return decorator

    def events(self, example: event_streams.Event) -> Callable[..., Any]:
        """Answer with the events that the look finds which the view gives, as they happen."""

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                return event_streams.answer(view(*args, **kwargs))

            access.describe(answer, document=(event_streams.MIMETYPE, event_streams.written([example]).decode()))
            access.describe(answer, has_events=True)
            documented: Callable[..., Any] = self.response(200, headers=openapi.headers_of_events())(answer)
            return documented

        return decorator

    def sends(self, mimetype: str, example: str | None = None) -> Callable[..., Any]:
        """Answer with the bytes that the view gives, a document of this media type; what is no text has no example."""

        def decorator(view: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(view)
            def answer(*args: Any, **kwargs: Any) -> Response:
                return answers.document(view(*args, **kwargs), mimetype)

            access.describe(answer, document=(mimetype, example))
            documented: Callable[..., Any] = self.response(200, headers=openapi.headers_of(200, None))(answer)
            return documented

        return decorator

    def pages(
        self, schema: type[Output], *, beside: type[Output] = Output, as_table: bool = False
    ) -> Callable[..., Any]:
        """Answer with a page of rows of this shape, what it says beside them, and the link to the next."""
        return self.answers(200, openapi.page_of(schema, beside), table=schema if as_table else None)

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[..., Any]:
        """flask-smorest's `arguments`, of one schema for all requests."""
        # Building a schema costs more than loading with it.
        instance = schema() if isinstance(schema, type) else schema
        decorator: Callable[..., Any] = super().arguments(instance, **kwargs)
        if kwargs.get("location") == "query":
            return lambda view: access.describe(decorator(view), takes_query=True)
        return decorator

    @staticmethod
    def refuses(*kinds: ProblemKind) -> Callable[..., Any]:
        """Name the problems that this operation has beside those of its shape."""

        def decorator(view: Any) -> Any:
            return access.describe(view, refuses=kinds)

        return decorator

    @staticmethod
    def confidential(view: Any) -> Any:
        """What this POST is sent or answers is a secret: nothing of it is kept, so it takes no Idempotency-Key."""
        return access.describe(view, is_confidential=True)

    @staticmethod
    def commits_first(view: Any) -> Any:
        """This POST commits, and then calls out: no transaction is around it, and no answer of it stored.

        What it was asked is kept on the row that it commits, with its `idempotency.sent_key` where doing it again would
        make another one.
        """
        return access.describe(view, commits_first=True)

    @staticmethod
    def reads_the_primary(view: Any) -> Any:
        """This read is about the server that is written to: no standby answers it."""
        return access.describe(view, is_of_primary=True)

    @staticmethod
    def counts_tries(view: Any) -> Any:
        """This write counts tries at a secret, whatever becomes of them: there is no dry run of it."""
        return access.describe(view, counts_tries=True)

    def add_url_rule(
        self, rule: str, endpoint: str | None = None, view_func: Any = None, *args: Any, **options: Any
    ) -> None:
        """Flask's; a caller is let through, a POST keeps its Idempotency-Key, a change its If-Match, a dry run nothing.

        Raises TypeError for a view that does not say who may call it.
        """
        described = getattr(view_func, "_apidoc", {})
        if "demand" not in described:
            raise TypeError(f"{view_func.__name__} does not say who may call it: see photolens.access")
        demand: access.Demand = described["demand"]
        # Keys are kept for a user: where there is none, or where nothing may be kept, a POST takes none.
        takes_key = demand.caller and not described.get("is_confidential", False)
        method = options.get("methods", ["GET"])[0]
        wrap = _conventions_of(method, takes_key)
        if described.get("commits_first", False):
            wrap = partial(idempotency.left_to_the_route, takes_form=lambda: _is_form(described))
        takes_dry_run = demand.caller and described.keys().isdisjoint({"commits_first", "counts_tries"})
        if method != "GET":
            wrap = dry_run.or_real(wrap, _conventions_of(method, is_done_once=False) if takes_dry_run else None)

        @wraps(view_func)
        def view(**path: Any) -> Response:
            access.admit(demand)
            form_limit = described["form_limit"] if _is_form(described) else BODY_LIMIT
            request.max_content_length = described.get("body_limit", form_limit)
            if request.args and not described.get("takes_query", False):
                raise invalid(f"/{next(iter(request.args))}", "is not known here", "query")
            return wrap(lambda: view_func(**path))

        view._apidoc = described | {  # type: ignore[attr-defined]
            "operation_id": camel_case(view_func.__name__),
            "has_path_id": "<" in rule,
            "takes_key": takes_key,
            "takes_dry_run": takes_dry_run,
        }
        super().add_url_rule(rule, endpoint, view, *args, **options)


def _is_form(described: dict[str, Any]) -> bool:
    """Whether the present request sends a form to a view that takes one."""
    return "form_limit" in described and request.mimetype == form_bodies.MIMETYPE


def _conventions_of(method: str, is_done_once: bool) -> Callable[[Callable[[], Response]], Response]:
    if method == "POST" and is_done_once:
        return idempotency.once
    if method in ("PUT", "PATCH", "DELETE"):
        return preconditions.if_unchanged
    return lambda produce: produce()


class Api(flask_smorest.Api):
    """flask-smorest's Api, whose errors leave through `problems`."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._undescribed: list[Blueprint] = []
        self._describing = Lock()
        super().__init__(*args, **kwargs)

    def register_blueprint(self, blp: Blueprint) -> None:
        """flask-smorest's, but that operations are described when the document is first asked for.

        That takes a good part of a start, and most processes are never asked.
        """
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._undescribed.append(blp)

    def _openapi_json(self) -> Response:
        with self._describing:
            for blp in self._undescribed:
                blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
                self.spec.tag({"name": blp.name, "description": blp.description})
            self._undescribed = []
        document: Response = super()._openapi_json()
        return document

    def _register_error_handlers(self) -> None:
        """Nothing: `problems.init_app` answers every failure."""

    def _register_responses(self) -> None:
        """Nothing: flask-smorest's own error schema is no answer of ours, so it has no place in the document."""

    def _register_pagination_header(self) -> None:
        """Nothing: `paging` has no such header."""


def init_app(app: Flask, blueprints: Iterable[Blueprint]) -> Api:
    """Register the domains' blueprints, their OpenAPI 3.1 document and the page to read it with."""
    # No function here is a coroutine: Flask would look at a dozen of them in each request.
    app.ensure_sync = lambda function: function  # type: ignore[method-assign, assignment]
    app.url_map.converters |= {"id": IdConverter, "word": WordConverter}
    app.config.update(
        API_TITLE="Photolens",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        API_SPEC_OPTIONS={"info": {"description": openapi.DESCRIPTION}},
    )
    api = Api(
        app,
        spec_kwargs={
            "flask_plugin": openapi.CamelCasePaths(),
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=openapi.schema_name),
        },
    )
    api.ma_plugin.converter.add_attribute_function(openapi.without_idle_default)
    api.register_converter(
        IdConverter, lambda converter: {"type": "integer", "format": "int64", "minimum": 1, "maximum": MAX_ID}
    )
    openapi.register_components(api.spec)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    app.register_blueprint(
        get_swaggerui_blueprint("/api/docs", "/api/openapi.json", {"app_name": "Photolens API", "validatorUrl": None})
    )
    return api
