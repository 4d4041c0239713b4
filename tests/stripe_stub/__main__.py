"""`python -m tests.stripe_stub --port 12111`: a Stripe to try things out with, until Ctrl-C."""

import argparse
import contextlib
import time

from tests.stripe_stub import StripeStub


def main() -> None:
    """Serve, and say what to set in the environment."""
    parser = argparse.ArgumentParser(prog="python -m tests.stripe_stub", description=__doc__)
    parser.add_argument("--port", type=int, default=12111, help="the port of 127.0.0.1 to listen on; 0 for a free one")
    with StripeStub(parser.parse_args().port) as stripe, contextlib.suppress(KeyboardInterrupt):
        print("\n".join(f"export {name}={value}" for name, value in stripe.environment.items()), flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
