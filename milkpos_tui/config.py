"""The settings of this machine: `config.toml` in the home, written by people."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from milkpos_tui.actions import check_keymap
from milkpos_tui.domain.errors import Refused


class Config(NamedTuple):
    """What may be set. `keys` gives actions other keys: `[keys] pay = "f5, ctrl+f"`."""

    keys: Mapping[str, tuple[str, ...]] = MappingProxyType({})


def read_config(path: Path) -> Config:
    """The settings of a file; the usual ones where there is none. Refused with the reason."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("config", f"{path} can't be read: {error}") from error
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Refused("config", f"{path}: {error}") from error
    unknown = table.keys() - {"keys"}
    if unknown:
        raise Refused("config", f"{path}: there is no setting '{min(unknown)}'")
    return Config(_keys(path, table.get("keys", {})))


def _keys(path: Path, table: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(table, dict) or not all(isinstance(v, str) for v in table.values()):
        raise Refused("config", f'{path}: [keys] holds lines like pay = "f5, ctrl+f"')
    keys = {
        action: tuple(key.strip().lower() for key in given.split(",") if key.strip())
        for action, given in table.items()
    }
    check_keymap(keys)
    return keys
