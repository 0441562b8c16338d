"""What takes the keys that type: the entry line, every other question, a count sheet."""

from textual import events

from milkpos_tui.widgets.painted import Painted


class Typed(Painted, can_focus=True):
    """Something one types into. Keys come from the screen, in the turn in which they were
    pressed."""

    def take(self, event: events.Key) -> bool:
        """Deal with a key; whether it was one for this."""
        raise NotImplementedError  # a subclass's; Textual's metaclass takes no ABC
