"""A full disk (fault 6): refused with words, no half bill; works again when there is room."""

import resource
import subprocess
from contextlib import contextmanager
from datetime import date

import pytest

from milkpos_tui.domain.errors import Unreachable
from milkpos_tui.home import Home
from milkpos_tui.till import MachineClock, open_till, telling_storage_errors, verify_home
from tests.commands.driving import OPEN_SHIFT, UNREACHABLE, assert_words, found, run
from tests.support.tills import OWNER

SIZE_MB = 8
FULL = {"disk-full", "disk-fault"}  # a shared-memory file that can't grow is a fault to SQLite
BLOCK = 4096


class SmallDisk:
    """A file system of its own, small enough to be filled."""

    def __init__(self, path):
        self.path = path

    @contextmanager
    def full(self, room=0):
        """Nothing more than `room` bytes can be written meanwhile."""
        ballast = self.path / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(BLOCK))
            except OSError:
                file.truncate(file.tell() - room)
        try:
            yield
        finally:
            ballast.unlink()


class LimitedFiles:
    """Where nothing may be mounted: no file grows beyond the largest there is. Children keep to it
    as well."""

    def __init__(self, path):
        self.path = path

    @contextmanager
    def full(self, room=0):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        largest = max((file.stat().st_size for file in self.path.rglob("*.db-wal")), default=0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def disk(tmp_path):
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", path]
    try:
        subprocess.run(mount, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):  # not root, or not allowed in a container
        yield LimitedFiles(path)
        return
    try:
        yield SmallDisk(path)
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@pytest.fixture
def home(disk):
    """A till on the small disk."""
    return found(disk.path, MachineClock())


def books(home):
    """The numbers of the bills, gapless, and how many lines the open bill has."""
    with open_till(home) as till:
        numbers = [int(bill.number.split("/")[2]) for bill in _bills(till)]
        draft = till.drafts.open_on("1")
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    return len(numbers), len(draft.cart.lines) if draft else 0


def _bills(till):
    return till.bills.between(date.min, date.max)


def goods(home):
    """The catalogue."""
    with open_till(home) as till:
        return list(till.catalogue.items())


def assert_good(home):
    verdict = verify_home(home, rebuild=True)
    assert (verdict.result, verdict.bad) == ("good", None)


@pytest.mark.parametrize("room", [0, 48, 96, 200], ids="{} KB".format)
def test_selling_until_the_disk_is_full(home, disk, room):
    """However much room there is, it ends between two key-ins, never inside one."""
    with disk.full(room << 10):
        ran = run("ring", "--json", home=home, stdin="12\n110\n+\n" * 100)
        assert ran.code == UNREACHABLE
        assert ran.error["code"] in FULL
        assert "disk" in ran.error["message"]
        assert "nothing was stored" in ran.error["message"]
        assert all(one["ok"] for one in ran.documents)
    taken = len(ran.documents)
    assert taken < 300
    assert books(home) == divmod(taken, 3)
    assert_good(home)
    rest = ["12", "110", "+"][taken % 3 :] if taken % 3 else []
    again = run("ring", "--json", home=home, stdin="\n".join([*rest, "31", "+"]))
    assert (again.code, [one["ok"] for one in again.documents]) == (0, [True] * (len(rest) + 2))
    assert books(home) == (taken // 3 + (2 if rest else 1), 0)
    assert_good(home)


def test_words_for_people(home, disk):
    with disk.full(64 << 10):
        ran = run("ring", home=home, stdin="12\n+\n" * 100)
    assert ran.code == UNREACHABLE
    assert ran.err.splitlines()[-1].startswith("milkpos: the disk ")


def test_the_till_that_stays_open_goes_on_when_there_is_room(home, disk):
    """As on the screen: the same till, the same open bill, before, meanwhile and afterwards."""
    with open_till(home) as till:
        checkout = till.checkout("1", OWNER)
        for key in ("12", "+", "3*12"):
            checkout.key_in(key)
        with disk.full():
            refusals = set()
            for key in ("110", "+", "*2", "-", ".", "--"):
                with pytest.raises(Unreachable) as refused:
                    key_in_told(checkout, key)
                refusals.add(refused.value.code)
                assert "nothing was stored" in refused.value.message
                assert len(list(_bills(till))) == 1  # looking goes on
        assert refusals == {"disk-full"} or isinstance(disk, LimitedFiles)
        paid = checkout.key_in("+").paid
        assert (paid.document.total_paise, paid.number.split("/")[2]) == (186_00, "2")
    assert_good(home)


def key_in_told(checkout, key):
    """Again and again, for the last block of the WAL may still have room."""
    with telling_storage_errors():
        while True:
            checkout.key_in(key)


def test_what_else_changes_is_refused_whole(home, disk, tmp_path):
    assert run("ring", home=home, stdin="2*12\n+\n").code == 0
    number = run("bill", "list", "--json", home=home).json[0]["number"]
    give_back = ("bill", "return", number, "--line", "1=1", "--reason", "sour")
    many = tmp_path / "many.csv"
    many.write_text(
        "plu,name,unit,price\n" + "".join(f"{n},Item {n},kg,1\n" for n in range(1000, 6000))
    )
    before = goods(home)
    with disk.full(256 << 10):
        ran = run("product", "import", str(many), home=home)
        assert_words(ran, UNREACHABLE, "disk", "nothing was stored")
    assert goods(home) == before
    with disk.full():
        for args in (("product", "price", "12", "70"), give_back):
            assert_words(run(*args, home=home), UNREACHABLE, "disk")
    assert goods(home) == before
    assert books(home) == (1, 0)
    assert_good(home)
    assert run(*give_back, home=home).code == 0
    assert run("product", "import", str(many), home=home).code == 0
    assert_good(home)


def test_no_room_for_a_new_till(disk):
    home = Home(disk.path / "new")
    init = ["init", "--name", "Gopal", "--state-code", "29", "--tax-mode", "unregistered"]
    init += ["--owner", "asha", "--owner-name", "Asha", "--sample"]
    for room in (0, 128 << 10):
        with disk.full(room):
            ran = run(*init, home=home)
            assert (ran.code, ran.out) == (UNREACHABLE, "")
            assert ran.err.startswith("milkpos: ")
            assert not home.exists
    assert run(*init, home=home).code == 0
    assert run(*OPEN_SHIFT, home=home).code == 0
    assert run("ring", home=home, stdin="12\n+\n").code == 0
    assert_good(home)


def test_an_anchor_that_can_not_be_written_holds_no_sale_up(home, disk):
    """The commit is what counts; the anchor only lags behind."""
    home.anchor.unlink()
    home.anchor.mkdir()
    ran = run("ring", home=home, stdin="12\n+\n")
    assert ran.code == 0
    home.anchor.rmdir()
    assert run("audit", "verify", home=home).code == 3
    assert run("ring", home=home, stdin="12\n+\n").code == 0
    assert_good(home)


def test_the_disk_really_is_full(disk):
    """Or all of the above would prove nothing."""
    with disk.full(), pytest.raises(OSError, match=r"No space left|too large"):
        (disk.path / "file").write_bytes(bytes(SIZE_MB << 20))
    (disk.path / "file").write_bytes(bytes(BLOCK))
