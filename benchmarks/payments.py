"""What a payment costs: against a bare insert on the same server, in round trips, and in the function's cold start.

Everything is measured in one run, in turns, and told as ratios, because machines differ and are busy::

    make benchmark-payments

The last line is one JSON object:

``payment_over_insert``
    Payments per second, each authorized, captured, posted and published, over bare single-row inserts per second. Both
    go through the same database layer to the same MariaDB with full durability. The acquirer answers at once, and so
    does the bus.
``hot_over_uniform``
    Payments per second when all are one merchant's, over those of as many merchants as clients.
``round_trips``
    Queries sent to the database for one payment.
``cold_import_cpu_s``
    CPU seconds in which a bare interpreter imports all that a payment needs from the unpacked zip: the API's handler,
    what it imports once it is needed, and boto3. The zip's modules are compiled each time, because Lambda's folder
    cannot be written; boto3, which is part of the runtime, comes compiled from beside it. AWS clients are not made.
``zip_mib``
    Size of the zip.

The table tells for each kind of operation how much CPU time of clients and of the server it took, and how busy they
kept the machine together: where that is all of it, the ratio compares CPU time, and otherwise the waits for the disk.
Exit code 1 means that something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tercet.errors import TercetError  # noqa: E402
from tercet.payments.acquirer import Approved, Instruction, Outcome  # noqa: E402
from tercet.payments.acquirer.client import AcquirerClient  # noqa: E402
from tercet.payments.database import Statement, Value  # noqa: E402
from tercet.payments.database.mysql import MySqlDatabase  # noqa: E402
from tercet.payments.database.opening import mysql_connect  # noqa: E402
from tercet.payments.deadline import Deadline  # noqa: E402
from tercet.payments.errors import PaymentsError  # noqa: E402
from tercet.payments.migrations.run import migrate_mysql  # noqa: E402
from tercet.payments.model import Event, PaymentRequest, State  # noqa: E402
from tercet.payments.outbox import Outbox  # noqa: E402
from tercet.payments.processor import Caller, Processor  # noqa: E402
from tercet.payments.store import Store  # noqa: E402
from tercet.synth import artifact  # noqa: E402
from tests.payments.mariadb import MISSING, MariaDb, is_here  # noqa: E402

PROCESSES: Final = 8
"""Among which the clients are divided: the threads of one share its interpreter's lock."""

START_LIMIT_S: Final = 60.0
"""How long a worker may take to import and to connect, and an operation to end."""

WARM_UP_S: Final = 0.5
KEY_TTL_MS: Final = 86_400_000
IMPORTS: Final = 5
"""How often the cold import is measured; the median counts."""

PHASES: Final = {
    "insert": "bare inserts",
    "uniform": "payments, a merchant per client",
    "hot": "payments, one merchant",
}
_BARE: Final = (
    "CREATE TABLE bare (id BIGINT AUTO_INCREMENT PRIMARY KEY, client INTEGER, number INTEGER, detail CHAR(100))"
)
_INSERT: Final = "INSERT INTO bare (client, number, detail) VALUES (:client, :number, :detail)"

NOT_FOR_A_PAYMENT: Final = (
    *(f"tercet.payments.handlers.{name}" for name in ("consumer", "migrate", "steps", "sweeper")),
    "tercet.payments.migrations",
    "tercet.payments.database.sqlite",  # these three serve tests and the embedded AWS
    "tercet.payments.acquirer.journals.file",
    "tercet.payments.acquirer.journals.memory",
)
"""Modules, and packages, of the zip that the API's function never imports."""

_COLD_IMPORT: Final = """
import importlib, resource, sys
task, runtime, *names = sys.argv[1:]
sys.path += [task, runtime]
def cpu_s():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
before = cpu_s()
for name in names:
    importlib.import_module(name)
print(cpu_s() - before)
"""


class BenchmarkError(Exception):
    """Something could not be measured."""


@dataclass(frozen=True)
class Phase:
    """What was done in one phase of a round.

    Parameters
    ----------
    wall_s
        How long it took; the CPU times are of all clients, and of the server.
    """

    operations: int
    wall_s: float
    client_cpu_s: float
    server_cpu_s: float

    @property
    def rate(self) -> float:
        """Operations per second."""
        return self.operations / self.wall_s

    @property
    def busy(self) -> float:
        """The part of all processors' time that clients and server took."""
        return (self.client_cpu_s + self.server_cpu_s) / (self.wall_s * (os.cpu_count() or 1))


Rounds = dict[str, list[Phase]]
"""Phase → what was done in each round."""


class Instant:
    """An acquirer that approves at once: what it costs is nobody's business here."""

    def submit(self, instruction: Instruction, *, timeout_s: float) -> Outcome:  # noqa: ARG002 - it takes no time
        """Approve."""
        return Approved(reference="auth", captured=instruction.capture)

    def inquire(self, operation_id: str, *, timeout_s: float) -> Outcome | None:  # noqa: ARG002 - the port's
        """Refuse: nobody needs to ask an acquirer that answers."""
        raise AssertionError("an acquirer that answers is not asked")

    def reverse(self, operation_id: str, *, timeout_s: float) -> Outcome:  # noqa: ARG002 - the port's
        """Refuse, likewise."""
        raise AssertionError("nothing is reversed at an acquirer that answers")


class Bus:
    """Takes every event at once."""

    def publish(self, events: Sequence[Event]) -> int:
        """Take the events."""
        return len(events)


class Client:
    """One client, with what it does in each phase.

    Parameters
    ----------
    number
        Of the client; names its merchant.
    """

    def __init__(self, database: MySqlDatabase, number: int) -> None:
        acquirer = AcquirerClient(Instant())
        store = Store(database)
        self._database = database
        self._processor = Processor(store, acquirer, Outbox(store, Bus()), key_ttl_ms=KEY_TTL_MS)
        self._number = number
        self._done = 0

    def act(self, phase: str) -> None:
        """Insert a row, or make a payment."""
        self._done += 1
        if phase == "insert":
            values: dict[str, Value] = {"client": self._number, "number": self._done, "detail": "x" * 100}
            self._database.write(Statement(_INSERT, values))
            return
        merchant = "hot" if phase == "hot" else f"merchant-{self._number}"
        caller = Caller(merchant=merchant, correlation_id=f"request-{self._done}", deadline=Deadline.after(20))
        request = PaymentRequest(amount_minor=1000, currency="EUR", card_token="tok_visa")
        result = self._processor.create(caller, f"{phase}-{self._number}-{self._done}", request)
        if result.is_running or result.answer.payment.state is not State.CAPTURED:
            raise BenchmarkError(f"A payment is {result.answer.payment.state}, not captured.")


def work(pipe: Connection, url: str, first: int, threads: int) -> None:
    """Run some of the clients in a process of its own, phase by phase, until there is none to come.

    It sends ``None`` once it is ready, and after each phase how much was done in how many CPU seconds, or what failed.
    """
    database = MySqlDatabase(mysql_connect(url))
    clients = [Client(database, first + number) for number in range(threads)]
    pipe.send(None)
    while (order := pipe.recv()) is not None:
        phase, seconds = order
        before_s = time.process_time()
        counts, failures = run(clients, phase, seconds)
        pipe.send(failures[0] if failures else (sum(counts), time.process_time() - before_s))


def run(clients: Sequence[Client], phase: str, seconds: float) -> tuple[list[int], list[str]]:
    """Run each client in a thread; gives how often each has acted, and what failed."""
    end = time.monotonic() + seconds
    counts, failures = [0] * len(clients), list[str]()

    def go(number: int) -> None:
        try:
            while time.monotonic() < end and not failures:
                clients[number].act(phase)
                counts[number] += 1
        except (BenchmarkError, PaymentsError) as error:
            failures.append(f"{type(error).__name__}: {error}")

    threads = [threading.Thread(target=go, args=(number,)) for number in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts, failures


class Workers:
    """The clients' processes."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self._pipes = pipes

    def wait(self, limit_s: float) -> list[tuple[int, float]]:
        """Wait for one message of each.

        Raises
        ------
        BenchmarkError
            One failed, ended, or says nothing.
        """
        received = []
        for pipe in self._pipes:
            try:
                message = pipe.recv() if pipe.poll(limit_s) else f"A client says nothing for {limit_s:.0f} s."
            except EOFError:
                message = "A client's process has ended; its message is above."
            if isinstance(message, str):
                raise BenchmarkError(message)
            received.append(message)
        return received

    def act(self, phase: str, seconds: float, server_pid: int) -> Phase:
        """Have all clients act for a while."""
        start_s, server_s = time.monotonic(), cpu_s(server_pid)
        for pipe in self._pipes:
            pipe.send((phase, seconds))
        done = self.wait(seconds + START_LIMIT_S)
        wall_s = time.monotonic() - start_s
        return Phase(
            operations=sum(count for count, _ in done),
            wall_s=wall_s,
            client_cpu_s=sum(used_s for _, used_s in done),
            server_cpu_s=cpu_s(server_pid) - server_s,
        )


@contextmanager
def working(url: str, clients: int) -> Iterator[Workers]:
    """Start the clients' processes; they end with the context."""
    context = multiprocessing.get_context("spawn")  # nothing of this process: neither its threads nor its memory
    threads = clients // PROCESSES
    pipes: list[Connection] = []
    processes: list[BaseProcess] = []
    try:
        for number in range(PROCESSES):
            ours, theirs = context.Pipe()
            process = context.Process(target=work, args=(theirs, url, number * threads, threads), daemon=True)
            process.start()
            theirs.close()  # or its end would not be noticed
            pipes.append(ours)
            processes.append(process)
        workers = Workers(pipes)
        workers.wait(START_LIMIT_S)
        yield workers
    finally:
        for started in processes:
            started.kill()
            started.join()


def throughput(workers: Workers, server_pid: int, *, seconds: float, rounds: int) -> Rounds:
    """Measure each phase in turns."""
    for phase in PHASES:
        workers.act(phase, WARM_UP_S, server_pid)
    measured: Rounds = {phase: [] for phase in PHASES}
    for _ in range(rounds):
        for phase, done in measured.items():
            done.append(workers.act(phase, seconds, server_pid))
    return measured


def cpu_s(pid: int) -> float:
    """Give the CPU seconds that a process has taken (``utime`` and ``stime``, proc_pid_stat(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def round_trips(url: str) -> int:
    """Count the queries that one payment sends."""
    sent: list[None] = []
    database = MySqlDatabase(mysql_connect(url), on_round_trip=lambda: sent.append(None))
    client = Client(database, 9_999)
    client.act("uniform")
    sent.clear()
    client.act("uniform")
    return len(sent)


def cold_imports(task: Path, caches: Path) -> dict[str, float]:
    """Measure what a bare interpreter imports.

    Parameters
    ----------
    task
        The unpacked zip.
    caches
        An empty folder, for the bytecode of all but the zip.

    Returns
    -------
    dict
        What → CPU seconds, in the median; each of them includes the one before.
    """
    handler = ["tercet.payments.handlers.api"]
    files = sorted((task / "tercet" / "payments").rglob("*.py"))
    names = [".".join(file.relative_to(task).with_suffix("").parts).removesuffix(".__init__") for file in files]
    needed = [name for name in names if not f"{name}.".startswith(tuple(f"{prefix}." for prefix in NOT_FOR_A_PAYMENT))]
    steps = {
        "the API's handler": handler,
        "and all that a payment needs": [*handler, *needed, "boto3", "botocore.config"],
    }
    import_all(task, caches, steps["and all that a payment needs"], writes=True)
    shutil.rmtree(caches / task.relative_to("/"))
    return {
        step: statistics.median(import_all(task, caches, names, writes=False) for _ in range(IMPORTS))
        for step, names in steps.items()
    }


def import_all(task: Path, caches: Path, names: Sequence[str], *, writes: bool) -> float:
    """Import modules in an interpreter of their own, and give the CPU seconds that it took.

    Raises
    ------
    BenchmarkError
        One cannot be imported.
    """
    import boto3

    options = ["-I", "-S", "-X", f"pycache_prefix={caches}", *([] if writes else ["-B"])]
    runtime = str(Path(boto3.__file__).parent.parent)
    command = [sys.executable, *options, "-c", _COLD_IMPORT, str(task), runtime, *names]
    done = subprocess.run(command, capture_output=True, text=True, timeout=START_LIMIT_S, check=False)
    if done.returncode:
        raise BenchmarkError(f"The zip's modules cannot be imported:\n{done.stderr}")
    return float(done.stdout)


def main() -> int:
    """Measure everything, print a table and, last, one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=32, help=f"a multiple of {PROCESSES} (default: 32)")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each phase in each round (default: 4)")
    parser.add_argument("--rounds", type=int, default=5, help="of all phases in turn (default: 5)")
    options = parser.parse_args()
    if options.clients < PROCESSES or options.clients % PROCESSES:
        parser.error(f"--clients must be a multiple of {PROCESSES}")
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be more than 0")
    if not is_here():
        sys.stderr.write(MISSING + "\n")
        return 1
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            result = measure(Path(folder), clients=options.clients, seconds=options.seconds, rounds=options.rounds)
    except (BenchmarkError, PaymentsError, TercetError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


def measure(folder: Path, *, clients: int, seconds: float, rounds: int) -> dict[str, float]:
    """Measure everything, and report it."""
    server = MariaDb(folder / "mariadb")
    try:
        server.start()
        url = server.url(server.create_database())
        migrate_mysql(mysql_connect(url))
        MySqlDatabase(mysql_connect(url)).write(Statement(_BARE))
        ((pid_file,),) = server.execute("SELECT @@pid_file")
        server_pid = int(Path(pid_file).read_text(encoding="ascii"))
        with working(url, clients) as workers:
            measured = throughput(workers, server_pid, seconds=seconds, rounds=rounds)
        trips = round_trips(url)
    finally:
        server.stop()
    report(measured, clients=clients)
    artifact.build(folder)
    zip_path, task = folder / artifact.FILE_NAME, folder.resolve() / "task"
    with zipfile.ZipFile(zip_path) as archive:
        archive.extractall(task)
    imports = cold_imports(task, folder.resolve() / "caches")
    sys.stdout.write("CPU seconds of a cold import:\n")
    sys.stdout.writelines(f"  {step:32}{used_s:8.3f}\n" for step, used_s in imports.items())
    return {
        "payment_over_insert": round(ratio(measured, "uniform", "insert"), 3),
        "hot_over_uniform": round(ratio(measured, "hot", "uniform"), 3),
        "round_trips": trips,
        "cold_import_cpu_s": round(max(imports.values()), 3),
        "zip_mib": round(zip_path.stat().st_size / 2**20, 2),
    }


def report(measured: Rounds, *, clients: int) -> None:
    """Print for each phase how much was done a second, and what one operation took; medians of the rounds."""
    sys.stdout.write(
        f"{clients} clients in {PROCESSES} processes, and the server, on {os.cpu_count()} processors\n"
        f"{'':34}{'per second':>10}{'(least to most)':>18}{'CPU ms each: client':>21}{'server':>8}{'busy':>6}\n"
    )
    for phase, name in PHASES.items():
        done = measured[phase]
        rates = [each.rate for each in done]
        bounds = f"({min(rates):,.0f} to {max(rates):,.0f})"
        client_ms = statistics.median(1000 * each.client_cpu_s / each.operations for each in done)
        server_ms = statistics.median(1000 * each.server_cpu_s / each.operations for each in done)
        busy = statistics.median(each.busy for each in done)
        sys.stdout.write(
            f"  {name:32}{statistics.median(rates):10,.0f}{bounds:>18}{client_ms:21.3f}{server_ms:8.3f}{busy:6.0%}\n"
        )


def ratio(measured: Rounds, over: str, under: str) -> float:
    """Compare two phases: the median of the ratios within each round."""
    pairs = zip(measured[over], measured[under], strict=True)
    return statistics.median(above.rate / below.rate for above, below in pairs)


if __name__ == "__main__":
    sys.exit(main())
