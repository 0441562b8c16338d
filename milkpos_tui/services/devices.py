"""The registry of this machine's devices. No entries: another machine has other devices."""

from milkpos_tui.domain.devices import (
    OPTIONS_MAX,
    Device,
    DeviceState,
    Kind,
    Role,
    check_device,
)
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.text import clean
from milkpos_tui.journal.clock import Clock
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.services.permissions import Permissions
from milkpos_tui.services.shops import Shops
from schema.connection import TillDatabase

WORDS_MAX = 300

_COLUMNS = "name, role, counter, kind, address, options, state, words, seen_at, errors, last_error"
_ALL = f"SELECT {_COLUMNS} FROM device ORDER BY counter, role, name"
_OF = f"SELECT {_COLUMNS} FROM device WHERE counter = ? ORDER BY role, name"
_BY_NAME = f"SELECT {_COLUMNS} FROM device WHERE name = ?"
_TAKEN = "SELECT name FROM device WHERE counter = ? AND role = ? AND name <> ?"
_ADD = """
INSERT INTO device (name, role, counter, kind, address, options, added_at, words, last_error)
VALUES (?, ?, ?, ?, ?, ?, ?, '', '')
"""
_CHANGE = (
    "UPDATE device SET role = ?, counter = ?, kind = ?, address = ?, options = ? WHERE name = ?"
)
_REMOVE = "DELETE FROM device WHERE name = ?"
_NOTE = """
UPDATE device SET state = ?, words = ?, seen_at = coalesce(?, seen_at), errors = errors + ?,
    last_error = iif(? = '', last_error, ?) WHERE name = ?
"""


class Devices:
    """Who may set up the shop may set up its devices; what they did last is noted by whoever ran
    them."""

    def __init__(
        self,
        db: TillDatabase,
        journal: Journal,
        shops: Shops,
        permissions: Permissions,
        clock: Clock,
    ) -> None:
        self._db = db
        self._journal = journal
        self._shops = shops
        self._permissions = permissions
        self._clock = clock

    def all(self) -> tuple[Device, ...]:
        """Every device, by counter."""
        return tuple(map(_device, self._db.connection().execute(_ALL)))

    def of(self, counter: str) -> tuple[Device, ...]:
        """The devices of a counter."""
        return tuple(map(_device, self._db.connection().execute(_OF, (counter,))))

    def device(self, name: str) -> Device:
        """A device by its name. Refused where there is none."""
        found = self._db.connection().execute(_BY_NAME, (name,)).fetchone()
        if found is None:
            known = ", ".join(device.name for device in self.all()) or "none is set up"
            raise Refused("device-unknown", f"there is no device '{clean(name)}', only {known}")
        return _device(found)

    def add(self, device: Device, actor: Actor) -> Device:
        """Set up a device. Refused for a taken name, a second scale, printer or display."""
        device = self._checked(device, actor)
        with self._journal.transaction() as connection:
            if connection.execute(_BY_NAME, (device.name,)).fetchone():
                raise Refused("device-taken", f"there is a device {device.name} already")
            self._refuse_second(device)
            row = (*_settings(device), self._clock.now())
            connection.execute(_ADD, (device.name, *row))
        return self.device(device.name)

    def change(self, device: Device, actor: Actor) -> Device:
        """A device's settings as they are from now on."""
        device = self._checked(device, actor)
        with self._journal.transaction() as connection:
            self.device(device.name)
            self._refuse_second(device)
            connection.execute(_CHANGE, (*_settings(device), device.name))
        return self.device(device.name)

    def remove(self, name: str, actor: Actor) -> Device:
        """A device is set up no longer."""
        self._permissions.check(Right.SETTINGS, actor, about=name)
        with self._journal.transaction() as connection:
            device = self.device(name)
            connection.execute(_REMOVE, (name,))
        return device

    def note(self, name: str, state: DeviceState, words: str, errors: int = 0) -> None:
        """What became of a device: `words` say what it is, or why it is down; `errors` more than
        before. One that was removed meanwhile is left alone."""
        words = clean(words, limit=WORDS_MAX)
        down = words if state is DeviceState.DOWN else ""
        seen_at = self._clock.now() if state is DeviceState.UP else None
        with self._journal.transaction() as connection:
            row = (state.value, "" if down else words, seen_at, errors, down, down, name)
            connection.execute(_NOTE, row)

    def _checked(self, device: Device, actor: Actor) -> Device:
        self._permissions.check(Right.SETTINGS, actor, about=device.name)
        device = check_device(device)
        if len(_written(device)) > OPTIONS_MAX:
            raise Refused("device-option", f"all options together have at most {OPTIONS_MAX} signs")
        return device._replace(counter=self._shops.check_counter(device.counter))

    def _refuse_second(self, device: Device) -> None:
        if not device.role.one_a_counter:
            return
        found = (
            self._db.connection()
            .execute(_TAKEN, (device.counter, device.role.value, device.name))
            .fetchone()
        )
        if found:
            raise Refused(
                "device-second",
                f"counter {device.counter} has a {device.role} already, {found[0]}",
            )


def _settings(device: Device) -> tuple[str, str, str, str, str]:
    return (
        device.role.value,
        device.counter,
        device.kind.value,
        device.address,
        _written(device),
    )


def _written(device: Device) -> str:
    return "\n".join(f"{name}={value}" for name, value in sorted(device.options.items()))


def _device(row: tuple[str | int | None, ...]) -> Device:
    name, role, counter, kind, address, options, state, words, seen_at, errors, last = row
    pairs = (line.partition("=") for line in str(options).splitlines())
    return Device(
        str(name),
        Role(str(role)),
        str(counter),
        Kind(str(kind)),
        str(address),
        {option: value for option, _, value in pairs},
        DeviceState(str(state)),
        str(words),
        None if seen_at is None else int(seen_at),
        int(errors or 0),
        str(last),
    )
