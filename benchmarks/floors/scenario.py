"""What is done with the floors; the till's own scenario is to do the like of it."""

import re
import string
import sys
from pathlib import Path

from benchmarks.measure import Idle, Keys, Memory, Scenario

LINES_AT_START = 50
PRICE_RUPEES = 45
TYPED = string.ascii_lowercase + string.digits
LINES_ADDED = 60
IDLE_SECONDS = 10

# As a terminal with true colour over SSH has it, and no more.
FLOOR_ENV = {"COLORTERM": "truecolor"}


def floor(name: str, lines: int = LINES_AT_START, idle_seconds: float = IDLE_SECONDS) -> Scenario:
    """The scenario of `stock` or `lean`."""

    def total(added: int) -> str:
        return rf"^TOTAL {(lines + added) * PRICE_RUPEES}\.00"

    def typed(i: int) -> str:
        prompt = "> " if name == "lean" else "▊  "
        return rf"^{prompt}{re.escape(TYPED[: i + 1])}[ ▎]"

    return Scenario(
        name=f"{name}-{lines}",
        command=[sys.executable, str(Path(__file__).with_name(f"{name}.py")), str(lines)],
        env=FLOOR_ENV,
        ready="READY",
        steps=[
            Memory("memory at start"),
            Keys("", lambda i: "warm<enter>", lambda i: total(1), settle_s=0.3),
            Keys("character typed", lambda i: TYPED[i], typed, repeat=len(TYPED)),
            Keys("", lambda i: "<enter>", lambda i: total(2), settle_s=0.3),
            Keys(
                "line added",
                lambda i: "<enter>",
                lambda i: total(3 + i),
                repeat=LINES_ADDED,
                before=lambda i: f"item {i + 1}",
            ),
            Memory("memory after"),
            Idle("idle", idle_seconds),
        ],
    )
