"""What someone with the database file and the standard `sqlite3` can do to it.

Always in a process of its own: `sqlite3` and `apsw` on one file in one process destroy it.
"""

import hashlib
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

from milkpos_tui.home import Home

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60  # for the other process; never waited for unless something is wrong
HASH_TAG = b"milkpos/entry/1\n"  # as docs/journal.md says


def tamper(home: Home, *statements: str) -> None:
    """Run SQL on a till's database as a careful thief does: the triggers are away meanwhile, and
    as they were afterwards."""
    _do("edit", home, list(statements))


def drop(home: Home, *statements: str) -> None:
    """Run SQL on a till's database as it is."""
    _do("plain", home, list(statements))


def forge(home: Home, seed: bytes, *, total_paise: int) -> None:
    """The whole journal written anew with another key: one bill's total is smaller, and every hash,
    signature, the head, the node's row and the anchor fit."""
    _do("forge", home, {"seed": seed.hex(), "total_paise": total_paise})


def _do(what: str, home: Home, how: object) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.commands.tampering", what, home.path],
        cwd=ROOT,
        input=json.dumps(how).encode(),
        timeout=PATIENCE_S,
        check=True,
    )


# --- in the other process -----------------------------------------------------------------------


def _edit(connection: sqlite3.Connection, statements: list[str]) -> None:
    """Foreign keys and CHECKs are no hindrance either."""
    connection.execute("PRAGMA ignore_check_constraints = ON")
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    triggers = triggers.fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    changed = 0
    for statement in statements:
        changed += connection.execute(statement).rowcount
    assert changed, f"nothing was tampered with: {statements}"
    for _, sql in triggers:
        connection.execute(sql)


def _plain(connection: sqlite3.Connection, statements: list[str]) -> None:
    for statement in statements:
        connection.execute(statement)


def _forge(connection: sqlite3.Connection, seed: str, total_paise: int, anchor: Path) -> None:
    from nacl.signing import SigningKey

    key = SigningKey(bytes.fromhex(seed))
    public = bytes(key.verify_key)
    statements: list[tuple[str, tuple[object, ...]]] = []
    prev = bytes(32)
    rows = connection.execute("SELECT seq, content FROM entry ORDER BY seq").fetchall()
    for seq, content in rows:
        fields = json.loads(content)
        if fields["kind"] == "node.opened":
            fields["body"]["public_key"] = public.hex()
        if fields["kind"] == "bill.paid":
            fields["body"]["total_paise"] = total_paise
        told = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        content = told.encode()
        digest = hashlib.sha256(HASH_TAG + prev + content).digest()
        values = (content, prev, digest, key.sign(digest).signature, seq)
        sql = "UPDATE entry SET content = ?, prev = ?, hash = ?, signature = ? WHERE seq = ?"
        statements.append((sql, values))
        prev = digest
    for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        statements.insert(0, (f"DROP TRIGGER {name}", ()))
    statements.append(("UPDATE head SET hash = ?", (prev,)))
    statements.append(("UPDATE node SET public_key = ?", (public,)))
    for sql, values in statements:
        connection.execute(sql, values)
    anchor.write_text(f"{1:08d} {len(rows):012d} {prev.hex()}\n")


def _main(what: str, folder: str) -> None:
    home = Path(folder)
    how = json.load(sys.stdin)
    connection = sqlite3.connect(home / "till.db")
    try:
        if what == "edit":
            _edit(connection, how)
        elif what == "plain":
            _plain(connection, how)
        else:
            _forge(connection, **how, anchor=home / "journal.anchor")
        connection.commit()
    finally:
        connection.close()


if __name__ == "__main__":
    _main(*sys.argv[1:])
