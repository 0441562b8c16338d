"""What loading and building leave alone. Each in a process of its own, as a till starts it."""

import subprocess
import sys

from tests.support.sources import ROOT

BUILD = """
from drivers.printer.build import build
from drivers.printer.document import Barcode, Cut, Qr, Text
from drivers.printer.profile import PROFILES

for profile in PROFILES.values():
    build([Text("Milk"), Text("दूध"), Qr("upi://pay"), Barcode("1/2627/345"), Cut()], profile)
"""
LOGGING = """
import logging
root = logging.getLogger()
assert root.handlers == [] and root.level == logging.WARNING, root.handlers
"""


def run(code, tmp_path, **environment):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_building_writes_nothing_and_leaves_the_root_logger_alone(tmp_path):
    run(BUILD + LOGGING, tmp_path)
    assert list(tmp_path.iterdir()) == []  # python-escpos would leave a folder


def test_somebody_elses_folder_is_left_there(tmp_path):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    run(BUILD, tmp_path, ESCPOS_CAPABILITIES_PICKLE_DIR=str(theirs))
    assert len(list(theirs.iterdir())) == 1


def test_what_is_heavy_is_loaded_when_it_is_needed(tmp_path):
    modules = "build document drawing fonts job letters profile simulated status transport"
    imports = "\n".join(f"import drivers.printer.{name}" for name in modules.split())
    heavy = {"escpos", "serial", "PIL", "segno", "barcode", "milkpos_tui", "schema", "cli"}
    run(
        f"import sys, drivers.display.pole, drivers.display.simulated\n{imports}\n"
        f"assert not {heavy!r} & set(sys.modules)",
        tmp_path,
    )
