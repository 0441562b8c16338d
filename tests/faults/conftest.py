"""What is lost and what is kept when something breaks is asked of a till as it is."""

import pytest


@pytest.fixture(autouse=True)
def _as_on_a_till(synced):
    """Commits wait for the disk."""
