"""The words of e-mails and texts: a template file each, in `templates/`."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  (plain text)
    keep_trailing_newline=False,
)
# What people have written may have lines of its own; a subject has one.
_ENVIRONMENT.filters["one_line"] = lambda text: " ".join(text.split())


def render(template: str, **values: str) -> tuple[str | None, str]:
    """A message's subject and body. The first line of an e-mail's template is its subject; a text has none."""
    text = _ENVIRONMENT.get_template(f"{template}.txt").render(**values)
    head, separator, body = text.partition("\n\n")
    if separator and head.startswith("Subject: "):
        return head.removeprefix("Subject: "), body
    return None, text
