"""Which of several processes runs which tests."""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadFileScheduling

_ASK_THE_DEPLOYED: Final = frozenset(
    ("tests/local/test_burst.py", "tests/local/test_lifecycle.py", "tests/requirements/test_platform.py")
)
"""Files whose tests ask the platform that the fixture ``deployed`` deploys."""


def deployed_for(nodeid: str) -> bool:
    """Tell whether a test stands in a file for which the platform is deployed."""
    return nodeid.split("::", 1)[0] in _ASK_THE_DEPLOYED


class OneDeployment(LoadFileScheduling):
    """Gives the tests of a file to one process, and those of all files that ask the deployed platform to one."""

    def _split_scope(self, nodeid: str) -> str:
        return "deployed" if deployed_for(nodeid) else super()._split_scope(nodeid)
