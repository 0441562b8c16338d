"""Who may do what: the one table of role and right."""

from enum import StrEnum
from typing import NamedTuple

from milkpos_tui.domain.errors import Refused


class Role(StrEnum):
    """What somebody is at the shop. The auditor reads, and does nothing else."""

    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    OWNER = "owner"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What needs a right. The values are stable: entries and scripts hold them."""

    SELL = "sell"
    REMOVE_LINE = "remove-line"
    DROP_BILL = "drop-bill"
    DISCOUNT = "discount"
    OVERRIDE_PRICE = "override-price"
    RETURN_GOODS = "return-goods"
    REPRINT = "reprint"
    OPEN_DRAWER = "open-drawer"
    MOVE_CASH = "move-cash"
    KEEP_SHIFT = "keep-shift"
    KEEP_OTHERS_SHIFT = "keep-others-shift"
    CLOSE_UNCOUNTED = "close-uncounted"
    OTHER_DATE = "other-date"
    SEE_TAKINGS = "see-takings"
    EDIT_PRODUCTS = "edit-products"
    EXPORT = "export"
    SYNC = "sync"
    SETTINGS = "settings"
    MANAGE_PEOPLE = "manage-people"
    SEE_KHATA = "see-khata"
    RECEIVE_PAYMENT = "receive-payment"
    EXCEED_LIMIT = "exceed-limit"
    ADJUST_KHATA = "adjust-khata"
    EDIT_CUSTOMERS = "edit-customers"
    ERASE_CUSTOMERS = "erase-customers"
    EDIT_RATES = "edit-rates"
    BILL_MONTHS = "bill-months"
    BUY_MILK = "buy-milk"
    SETTLE_MILK = "settle-milk"


class Cell(StrEnum):
    """What the table says of a role and a right: yes, no, or yes when somebody allows it."""

    YES = "yes"
    ASK = "ask"
    NO = "no"


class Row(NamedTuple):
    """A right's row of the table."""

    cashier: Cell
    supervisor: Cell
    manager: Cell
    owner: Cell
    auditor: Cell
    tells: str


_Y, _A, _N = Cell.YES, Cell.ASK, Cell.NO

TABLE: dict[Right, Row] = {
    #                         cashier, supervisor, manager, owner, auditor
    Right.SELL: Row(_Y, _Y, _Y, _Y, _N, "sell"),
    Right.REMOVE_LINE: Row(_A, _Y, _Y, _Y, _N, "take off a line that was keyed a while ago"),
    Right.DROP_BILL: Row(_A, _Y, _Y, _Y, _N, "drop an open bill"),
    Right.DISCOUNT: Row(_A, _Y, _Y, _Y, _N, "give a discount above the limit"),
    Right.OVERRIDE_PRICE: Row(_A, _Y, _Y, _Y, _N, "sell at another price"),
    Right.RETURN_GOODS: Row(_A, _Y, _Y, _Y, _N, "take goods back"),
    Right.REPRINT: Row(_Y, _Y, _Y, _Y, _N, "print a slip again"),
    Right.OPEN_DRAWER: Row(_A, _Y, _Y, _Y, _N, "open the drawer without a sale"),
    Right.MOVE_CASH: Row(_A, _Y, _Y, _Y, _N, "put cash in or take it out"),
    Right.KEEP_SHIFT: Row(_Y, _Y, _Y, _Y, _N, "open, hand over and close a shift"),
    Right.KEEP_OTHERS_SHIFT: Row(_A, _Y, _Y, _Y, _N, "close somebody else's shift"),
    Right.CLOSE_UNCOUNTED: Row(_A, _Y, _Y, _Y, _N, "close a shift without a count"),
    Right.OTHER_DATE: Row(_A, _Y, _Y, _Y, _N, "open a shift under another date"),
    Right.SEE_TAKINGS: Row(_N, _Y, _Y, _Y, _Y, "see what was taken"),
    Right.EDIT_PRODUCTS: Row(_N, _A, _Y, _Y, _N, "change the catalogue"),
    Right.EXPORT: Row(_N, _N, _Y, _Y, _Y, "export the books"),
    Right.SYNC: Row(_N, _Y, _Y, _Y, _N, "exchange with the hub"),
    Right.SETTINGS: Row(_N, _N, _Y, _Y, _N, "change settings"),
    Right.MANAGE_PEOPLE: Row(_N, _N, _A, _Y, _N, "add people and change what they may do"),
    Right.SEE_KHATA: Row(_Y, _Y, _Y, _Y, _Y, "see customers and what they owe"),
    Right.RECEIVE_PAYMENT: Row(_Y, _Y, _Y, _Y, _N, "receive what customers owe"),
    Right.EXCEED_LIMIT: Row(_A, _Y, _Y, _Y, _N, "sell on khata above the customer's limit"),
    Right.ADJUST_KHATA: Row(_A, _Y, _Y, _Y, _N, "correct a khata or pay out of it"),
    Right.EDIT_CUSTOMERS: Row(_A, _Y, _Y, _Y, _N, "add customers and change them"),
    Right.ERASE_CUSTOMERS: Row(_N, _A, _Y, _Y, _N, "merge customers or erase who they are"),
    Right.EDIT_RATES: Row(_N, _A, _Y, _Y, _N, "change price lists and customers' rates"),
    Right.BILL_MONTHS: Row(_N, _A, _Y, _Y, _N, "bill customers' months"),
    Right.BUY_MILK: Row(_Y, _Y, _Y, _Y, _N, "take in farmers' milk"),
    Right.SETTLE_MILK: Row(_N, _A, _Y, _Y, _N, "settle with farmers and price their milk"),
}


class Request(NamedTuple):
    """What somebody wants to do that another must allow: this right, for this amount, on this
    thing (a draft, a bill, an item), and nothing else."""

    right: Right
    operator: str
    amount_paise: int = 0
    about: str = ""


class NeedsApproval(Refused):
    """Somebody who may must allow it first."""

    def __init__(self, request: Request) -> None:
        tells = TABLE[request.right].tells
        super().__init__("needs-approval", f"to {tells}, a supervisor must allow it")
        self.request = request


class NeedsFinger(Refused):
    """The operator of a code must touch their key, or the reader, before they are believed."""

    def __init__(self, operator: str) -> None:
        super().__init__("finger-needed", f"{operator} must touch their key or the reader")
        self.operator = operator


def cell(role: Role, right: Right) -> Cell:
    """What the table says."""
    row = TABLE[right]
    return {
        Role.CASHIER: row.cashier,
        Role.SUPERVISOR: row.supervisor,
        Role.MANAGER: row.manager,
        Role.OWNER: row.owner,
        Role.AUDITOR: row.auditor,
    }[role]


def parse_role(text: str) -> Role:
    """A role by its name. Refused for any other word."""
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise Refused("role", f"'{text}' is not one of {', '.join(Role)}") from None
