"""Runs a program until standard input ends, then kills it: it ends with whoever holds the other end, however they do.

SIGTERM ends it at once: the other end may have been inherited by others.

``python -I -S supervisor.py FOLDER PROGRAM ARGUMENT…``; the folder, which holds the program's socket, is removed with
it. Imports the standard library only, so that it starts at once.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading


def main() -> int:
    """Run it, and give its exit code."""
    # A terminal's Ctrl-C is for who started us; they end our input if they end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    folder, *command = sys.argv[1:]
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def wait_for_end() -> None:
        # Not sys.stdin: its lock would be held while the interpreter ends.
        while os.read(0, 4096):
            pass
        program.kill()

    threading.Thread(target=wait_for_end, daemon=True).start()
    try:
        return program.wait()
    finally:
        program.kill()
        program.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
