"""Text messages: handed to the provider that sends them, by HTTP.

The wire is ours, and small enough for any provider's adapter (docs/operations.md): `{"to", "text"}` is posted, and any
2xx means that it has been taken.
"""

from base64 import b64encode
from urllib.parse import unquote, urlsplit
from uuid import UUID

from photolens.messages import Undelivered

TIMEOUT = 10.0  # seconds for a connection, and again for the answer

# Refusals that are not of this message: of our password, or until later.
_NOT_FINAL = {401, 408, 429}


def send_text(*, recipient: str, text: str, reference: UUID, url: str) -> None:
    """Hand a text to the provider at an address such as `https://name:password@sms.example/messages`.

    The reference goes along as its `Idempotency-Key`: a text that comes again under one is to be sent once. Raises
    Undelivered: for good, where the provider refuses this text, and will again. Redirections are not followed.
    """
    import urllib3  # it takes a tenth of a second to import: the first text waits for it, and no start of a server

    parts = urlsplit(url)
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    headers = {"Idempotency-Key": str(reference)}
    if parts.username:
        name_and_password = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Authorization"] = f"Basic {b64encode(name_and_password.encode()).decode()}"
    try:
        with urllib3.PoolManager(timeout=TIMEOUT, retries=False) as pool:
            answer = pool.request(
                "POST",
                address,
                json={"to": recipient, "text": text},
                headers=headers,
                preload_content=False,  # what else it says is of no use
            )
            answer.close()
    except urllib3.exceptions.HTTPError as error:
        raise Undelivered(f"The text provider cannot be used: {type(error).__name__}", is_final=False) from None
    if not 200 <= answer.status < 300:
        is_final = 400 <= answer.status < 500 and answer.status not in _NOT_FINAL
        raise Undelivered(f"The text provider answers {answer.status}", is_final=is_final)
