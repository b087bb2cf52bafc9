"""The background process of a session: the database, the embedded AWS and the API's front, until told to end.

``python -m tercet.local.server WORK_FOLDER REGION SUFFIX``; started by :meth:`tercet.local.session.Session.start`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from tercet.local import database, emulator, front
from tercet.local.session import Endpoints, Session, hold_as_server

HOST: Final = "127.0.0.1"
_LOOK_EVERY_S: Final = 2.0


def main() -> None:
    """Serve until SIGTERM, or until the session's folder is gone: then nobody could ever stop this process."""
    work_folder, region, suffix = sys.argv[1:]
    session = Session(Path(work_folder))
    told_to_end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_end.set())
    hold_as_server(session.folder)
    with (
        database.serve(session.folder) as payments,
        emulator.serve(HOST, 0, session.folder, function_environment={database.VARIABLE: payments.url}) as aws,
        front.serve(HOST, 0, aws_endpoint=aws.url, region=region, folder=session.folder) as api,
    ):
        session.announce(Endpoints(os.getpid(), aws.url, api.url, region, suffix, payments.name))
        while session.log.exists() and not told_to_end.wait(_LOOK_EVERY_S):
            pass


if __name__ == "__main__":
    main()
