"""The lock between processes: who waits gets it, also from one that takes it again and again."""

import subprocess
import sys
from pathlib import Path

from remindcli.store.lock import FileLock

GREEDY = """
import sys
from pathlib import Path
from time import monotonic
from remindcli.store.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
while True:
    assert lock.acquire(60)
    begun = monotonic()
    print("has it", flush=True)
    while monotonic() < begun + 0.005:
        pass
    lock.release()
"""


def test_one_that_takes_it_again_and_again_shuts_nobody_out(folder: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", GREEDY, folder / "lock"], stdout=subprocess.PIPE, text=True) as greedy:
        try:
            assert greedy.stdout is not None
            assert greedy.stdout.readline() == "has it\n"
            lock = FileLock(folder / "lock")
            for _ in range(10):
                assert lock.acquire(5), "it had a moment hundreds of times"
                lock.release()
        finally:
            greedy.kill()
