"""The shop's settings: what an owner set, else what is usual."""

from milkpos_tui.domain.roles import Right
from milkpos_tui.domain.settings import SETTINGS, Setting, check_setting
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.permissions import Permissions
from schema.connection import TillDatabase

_READ = "SELECT value FROM setting WHERE name = ?"


class Settings:
    """Each read asks the database: another terminal may change them."""

    def __init__(self, db: TillDatabase, journal: Journal, permissions: Permissions) -> None:
        self._db = db
        self._journal = journal
        self._permissions = permissions

    def text(self, setting: Setting) -> str:
        """A setting's value as it was written."""
        found = self._db.connection().execute(_READ, (setting.name,)).fetchone()
        return str(found[0]) if found else setting.usual

    def all(self) -> tuple[tuple[Setting, str], ...]:
        """Every setting with its value."""
        return tuple((setting, self.text(setting)) for setting in SETTINGS.values())

    def change(self, name: str, value: str, actor: Actor) -> tuple[Setting, str]:
        """Another value for a setting, and what it now is. Nothing is written where nothing
        differs. Refused for no such setting or a value without meaning."""
        setting, value = check_setting(name, value)
        actor = self._permissions.check(Right.SETTINGS, actor, about=setting.name)
        with self._journal.transaction():
            if value != self.text(setting):
                body = {"name": setting.name, "value": value}
                self._journal.append(Kind.SETTING_CHANGED, setting.name, body, actor)
        return setting, value
