"""By what messages go out: the URLs of services, which hold the keys of the shop's accounts there.

They are in a file beside the keys, on this machine alone, in no entry and no table.
"""

import json
import os
from pathlib import Path

from milkpos_tui.domain.errors import NotWhole, Refused, Unreachable
from milkpos_tui.domain.messages import check_address, check_channel
from milkpos_tui.domain.roles import Right
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.permissions import Permissions


class MessageChannels:
    """The channels of this machine by name. No error of theirs tells a URL."""

    def __init__(self, urls: Path, permissions: Permissions) -> None:
        self._urls = urls
        self._permissions = permissions

    def all(self) -> dict[str, str]:
        """URL templates by the name of their channel. NotWhole where the file is none of ours."""
        try:
            table = json.loads(self._urls.read_text())
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise Unreachable("message-urls", f"{self._urls} can't be read") from error
        except ValueError:  # its own words could tell a piece of the file
            raise _no_channels(self._urls) from None
        if not isinstance(table, dict) or not all(isinstance(url, str) for url in table.values()):
            raise _no_channels(self._urls)
        return table

    def set(self, name: str, url: str, actor: Actor) -> str:
        """A channel by its URL, or with an empty one taken away. Refused for a URL without {phone}
        or {email}."""
        name = check_channel(name)
        self._permissions.check(Right.SETTINGS, actor, about="message-url")
        channels = self.all()
        if url:
            channels[name] = check_address(url.strip())
        elif channels.pop(name, None) is None:
            raise Refused("channel-unknown", f"there is no channel '{name}'")
        self._store(channels)
        return name

    def _store(self, channels: dict[str, str]) -> None:
        new = self._urls.with_name(self._urls.name + ".new")
        try:
            new.unlink(missing_ok=True)  # whatever was left there was open to whom it was open to
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(channels, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._urls)
        except OSError as error:
            raise Unreachable("message-urls", f"{self._urls} can't be written") from error


def _no_channels(urls: Path) -> NotWhole:
    return NotWhole("message-urls", f"{urls} holds no channels")
