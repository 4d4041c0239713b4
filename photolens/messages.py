"""Messages: their words, a template file each in `templates/`; and how it is said that one has not been taken."""

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


class Undelivered(Exception):  # noqa: N818  (no error of ours: it is answered for)
    """Whoever was to take a message has not; its text says why, and holds nothing of the message.

    `is_final` where trying again would come to the same.
    """

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.is_final = is_final


def render(template: str, **values: str) -> tuple[str | None, str]:
    """A message's subject and body. The first line of an e-mail's template is its subject; a text has none."""
    text = _ENVIRONMENT.get_template(f"{template}.txt").render(**values)
    head, separator, body = text.partition("\n\n")
    if separator and head.startswith("Subject: "):
        return head.removeprefix("Subject: "), body
    return None, text
