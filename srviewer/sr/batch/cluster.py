"""Dask clusters: a running one, or worker processes of our own."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING

from srviewer.errors import UserError
from srviewer.job import Job, Progress
from srviewer.nn.devices.cores import usable_cores
from srviewer.stop_signals import blocked
from srviewer.temporary_folders import temporary_folder

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

LOOK_EVERY = 0.1  # seconds
CONNECT_SECONDS = 10
CLOSE_SECONDS = 2


@contextmanager
def client_of(scheduler: str) -> Iterator["Client"]:
    """Connect to a running cluster.

    Args:
        scheduler: Its address, such as tcp://host:8786.

    Yields:
        The client, which is closed afterwards.

    Raises:
        UserError: No scheduler answers there.
    """
    from distributed import Client

    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise UserError(
            f"No Dask scheduler answers at '{scheduler}' ({error}). Start one with "
            f"'dask scheduler', or leave --scheduler away."
        ) from error
    try:
        yield client
    finally:
        with suppress(OSError):  # one that does not answer is not waited for
            client.close(timeout=CLOSE_SECONDS)


@contextmanager
def private_scratch() -> Iterator[None]:
    """Have workers that run short of memory store their data in a private folder."""
    # Dask takes half a second to load, which no other verb needs.
    from dask import config

    with temporary_folder() as private, config.set({"temporary-directory": str(private)}):
        yield


def started_cluster(workers: int) -> Job["LocalCluster"]:
    """Start a cluster in another thread, where nothing interrupts it half way.

    Args:
        workers: The number of processes; each works on one volume at a time.

    Returns:
        A job whose result is the cluster. When the job is closed early, so is the cluster.
    """
    with ThreadPoolExecutor(1) as thread:
        started = thread.submit(_local_cluster, workers)
        try:
            while not wait([started], LOOK_EVERY).done:
                yield Progress(0.0, "Starting workers")
        except BaseException:
            started.result().close()
            raise
    return started.result()


def _local_cluster(workers: int) -> "LocalCluster":
    """Processes that work on one volume each."""
    from distributed import LocalCluster

    threads = max(1, usable_cores() // workers)
    with blocked():  # a terminal's signals reach its processes too; the batch ends its workers
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,  # volumes at once in a process; torch has threads of its own
            dashboard_address="127.0.0.1:0",  # any free port: several batches may run side by side
            silence_logs=logging.CRITICAL,
            env={"OMP_NUM_THREADS": str(threads)},
        )


def processes_can_start() -> bool:
    """Whether workers may be processes: their locks need a /dev/shm that can be written to."""
    try:
        with blocked():  # a process is started that looks after such locks
            get_context("spawn").Lock()
    except OSError:
        return False
    return True
