"""Virtual keys touched for operators of a till, as the front ends do it."""

from drivers.fingerprint import reader
from drivers.fingerprint.touch import Backend, Cancel, Enrolled, Touch
from milkpos_tui.journal.journal import Actor
from milkpos_tui.services.fingers import Finger
from milkpos_tui.till import Till
from tests.support.tills import OWNER
from tests.support.virtual_key import VirtualKey, plugged_in


def no_pin() -> str:
    raise AssertionError("the key asked for its PIN")


def make_credential(till: Till, key: VirtualKey, code: str, actor: Actor) -> Enrolled:
    enrolment, _actor = till.fingers.enrolment(code, actor)
    with plugged_in(key):
        return reader.enrol(Backend.FIDO2, enrolment, Cancel(), no_pin, lambda _words: None)


def enrol(till: Till, key: VirtualKey, code: str, label: str = "", actor: Actor = OWNER) -> Finger:
    """A key enrolled for an operator."""
    return till.fingers.enrol(code, make_credential(till, key, code, actor), label, actor)


def touch(till: Till, key: VirtualKey, code: str) -> Touch:
    """What the key says when it is touched for an operator."""
    wanted = till.fingers.wanted(code)
    with plugged_in(key):
        return reader.prove(wanted, Cancel(), no_pin, lambda _words: None)
