"""What tests of classes start from."""

import pytest

from photolens.database import Connection
from tests.classes.timetable import Timetable


@pytest.fixture
def timetable(conn: Connection) -> Timetable:
    """Gyms, trainers, classes and members, in the test's own transaction or clone."""
    return Timetable(conn)
