import pytest

from factories import new_school
from races.people import Race
from servers import Servers


@pytest.fixture
def race_in(served: Servers) -> Race:
    """Prices of nothing keep money out of the way: what is booked is confirmed."""
    return Race(served, new_school(timezone="UTC"))
