"""What the contracts ask for everything that there is; a stream among it tells what it has at first, and ends."""

import pytest

from photolens import event_streams


@pytest.fixture(autouse=True)
def _short_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_streams, "LONGEST", 0)
