"""Peewee looks for every database driver there is; here it finds none."""

import subprocess
import sys


# Peewee probes every driver that is installed
def test_peewee_does_not_load_psycopg(tmp_path):
    (tmp_path / "psycopg.py").touch()
    code = "import sys, milkpos_tui.till; sys.exit('psycopg' in sys.modules)"
    env = {"PYTHONPATH": f".:{tmp_path}"}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0
