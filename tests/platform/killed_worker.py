"""A worker that a test can kill: `python -m tests.platform.killed_worker URL PORT AUTHORITIES SECRET_KEY`.

It does what waits, and reaches a receiver of the tests on this machine wherever it is to go.
"""

import sys
from functools import partial
from socket import create_connection

from photolens import standard_webhooks, worker
from photolens.config import Settings
from photolens.public_addresses import Network, connected
from tests.outside import PUBLIC


def main(url: str, port: str, authorities: str, secret_key: str) -> None:
    network = Network(
        lambda _: [PUBLIC], lambda _, timeout: create_connection(("127.0.0.1", int(port)), timeout), authorities
    )
    standard_webhooks.connected = partial(connected, network=network)  # type: ignore[attr-defined]
    worker.run(Settings.from_environment({"SECRET_KEY": secret_key}), url, until_idle=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
