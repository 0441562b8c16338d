"""The help of the place: what can be keyed here, and which keys do what."""

from collections.abc import Mapping

from milkpos_tui.actions import ACTIONS, Place, keys_of, shown_key
from milkpos_tui.domain.entryline import GRAMMAR

Keymap = Mapping[str, tuple[str, ...]]


def billing_help(keymap: Keymap) -> list[str]:
    """Help of the billing screen."""
    return [
        "The entry line: key it, then Enter",
        *(f"  {keyed:14}{does}" for keyed, does in GRAMMAR),
        "",
        "Keys",
        *_keys(keymap, (Place.BILLING, Place.DEVICES, Place.EVERYWHERE)),
        f"  {'Up Down':14}Among items found by words; else along the lines",
        f"  {'Esc':14}Back; it never takes anything off the bill",
        f"  {'Enter alone':14}Takes the usual that the till proposes for a customer (12/)",
        "",
        "What is refused comes back on the entry line, yellow: Backspace and arrows mend it,",
        "typing on replaces it.",
        "Lines taken off and bills dropped are kept in the journal with your name.",
        "",
        "A scan adds its item at any moment and leaves what you type alone. What was scanned",
        "and could not be sold is kept: the bottom row says so.",
    ]


_SHEET = (
    "Counting",
    f"  {'0-9':14}Pieces of the note or coin under the cursor",
    f"  {'Enter Up Down':14}To the next one, and back",
    f"  {'Backspace':14}The last figure away; Delete: all of the row",
    f"  {'+':14}Done. An empty drawer is counted too: key 0 once, then +",
    "",
)
_PLACES: Mapping[str, tuple[str, ...]] = {
    "OpenShift": (
        "Opening a shift: from here on you answer for the cash of this counter.",
        "Five steps; Esc goes a step back, and nothing is stored before the last one.",
        "",
        "1 how the devices, the clock and the disk stand; nothing of it stops you",
        "2 the business date: the day all bills of this shift have. Another one than",
        "  the one that stands needs a supervisor's leave",
        "3 the shift, by its number or its name",
        "4 the float: what is in the drawer before the first sale",
        "5 what you accept by opening the shift: Enter alone",
        "",
        *_SHEET,
    ),
    "ShiftScreen": (
        "The shift of this counter. A digit does what stands beside it.",
        "Cash that moves without a sale wants a reason; it is in the journal and the Z.",
        "Handing over: count first; then whoever takes it over keys code and PIN.",
        "What needs leave is allowed on the spot: a supervisor keys code and PIN, and",
        "both names are in the journal.",
        "",
    ),
    "Counting": (
        *_SHEET,
        "UPI and card (Tab): what their own app or terminal says came in. Left empty",
        "they are 'not counted', which is better than a guess. What should be there is",
        "told after the count.",
        "",
    ),
    "CloseShift": (
        "Closing a shift. Until the last Enter, Esc leaves it open.",
        "",
        "1 bills that are not paid: a number changes carry (goes to the next shift) to",
        "  drop (goes, with a reason) and back; + goes on. A bill paid in part has to",
        "  be finished, or its money given back, first",
        "2 the count of the drawer. It is kept even if the power goes; F5 counts again,",
        "  and so does a sale made since",
        "3 a difference wants a word why. It never stops you",
        "4 the Z as it will be: Up, Down and the page keys read on; Enter alone closes",
        "",
    ),
    "DevicesScreen": (
        "The devices of this counter, and below them what is still to be printed.",
        "t tries the device: a test slip, two lines for the customer; a scan is shown",
        "here and sells nothing.",
        "A slip that says 'printed?' was cut off: look at the paper, then y (it is",
        "there) or n (it comes again, marked DUPLICATE). - takes a waiting one off.",
        "In the demo u pulls the device out or puts it in, s scans a code, w weighs.",
        "",
    ),
    "KeptCodes": (
        "Codes that were scanned and are on no bill, the oldest first, and why.",
        "Enter sells it now; - forgets it.",
        "",
    ),
    "Counters": (
        "All counters of the shop; the rows follow the other terminals by themselves.",
        "Bills and rupees are those of the open shift.",
        "",
    ),
    "SignIn": (
        "Code, Enter, PIN, Enter. Where the shop lets a finger be enough: Enter without",
        "a PIN, then touch the key or the reader.",
        "",
    ),
    "TouchKey": (
        "The till waits for a security key, or a finger on the reader. Esc stops it;",
        "after a refusal Enter asks once more. A key may ask for a PIN of its own.",
        "",
    ),
    "Rounds": (
        "The round as it is carried. All counts as delivered as ordered, but for what is",
        "keyed here; that stands above the keys, as milkpos round record reads it.",
        "",
        f"  {'0-9 .':14}So much was taken",
        f"  {'+':14}One more",
        f"  {'- or 0':14}Nothing was left there",
        f"  {'Delete':14}As ordered again",
        f"  {'Enter':14}Records the round; again: what differs is adjusted today",
        f"  {'h, b, n':14}The other half of the day; the day before; the next day",
        f"  {'p':14}Print the sheet",
        "",
    ),
    "Khata": (
        "All customers and what they owe; below zero: an advance. OVER: above the limit.",
        "Letters and digits search by code, name, phone, lane or card.",
        "+ and Enter receive all that is due, in cash; + amount Enter another amount.",
        "Where Alt with a key does nothing: F12 lists Khata and Months, too.",
        "",
    ),
    "Ledger": (
        "One customer: what they owe, how old it is, and the entries, the newest last.",
        "+ receives a payment; - corrects (an entry with a reason, nothing is rewritten)",
        ". takes bottles, cans and crates back; Enter shows the statement.",
        "",
    ),
    "Receive": (
        "Enter takes what is due, typing replaces it. + is cash, / UPI, * card.",
        "More than is due is taken as an advance, and said so. The same amount within a",
        "minute asks: Enter says it is another payment, Esc that it is the same.",
        "",
    ),
    "StatementPage": (
        "The statement from the first of last month to today, as it is printed.",
        "p prints it; - begins a month earlier.",
        "",
    ),
    "Months": (
        "The customers of a month: draft (not billed yet), issued, part paid, paid.",
        "- and + are other months; letters search; Enter reads a bill.",
        "* bills all of a month that is over. Esc stops it, and it goes on where",
        "it stopped: who has a bill keeps it, and an issued bill never changes.",
        "/ writes all its bills as PDF into the folder bills in the till's home.",
        "",
    ),
    "MonthBillPage": (
        "A bill as it was issued, or a draft of the books.",
        "p prints the slip of its 31 days, / writes a PDF into bills in the till's home.",
        "",
    ),
    "Underway": (
        "Work that takes a while. Esc stops it after the step under way; what is done",
        "stays done.",
        "",
    ),
    "Payment": (
        "Money for the bill, also in several kinds. The sign says how, while no amount",
        "is typed: + cash, / UPI, * card, . khata. Enter alone: all that is due.",
        "Nothing is paid by itself: look at the customer's phone, then press Enter.",
        "- gives the last money back. Esc goes back; what was given stays on the bill.",
        "",
    ),
    "Returns": (
        "Goods come back: the bill's number, its lines, why, and how it is given back.",
        "Enter alone takes the last bill. Esc goes a step back; nothing is stored before",
        "the last step.",
        "",
    ),
    "Slip": (
        "A slip as it was printed. r prints it once more, marked DUPLICATE; that is",
        "noted in the journal.",
        "",
    ),
    "Pick": (
        "One of a list: letters narrow it, Up and Down choose, Enter takes.",
        "",
    ),
    "Ask": (
        "A few questions, one after another; what is offered is taken by Enter alone.",
        "Esc goes a step back. Nothing is done before the last one is answered.",
        "",
    ),
    "Approve": (
        "What you may not do alone: somebody who may keys their code and PIN. It holds",
        "for this once, and both names are in the journal. Esc: not allowed.",
        "",
    ),
    "People": (
        "Who works here. Enter: another name, role or PIN, or works here no more.",
        "The owner decides; a manager needs the owner's leave. PINs are never shown.",
        "",
    ),
}


def place_help(place: str, keymap: Keymap) -> list[str]:
    """Help of a screen, by its name; its own keys stand at its bottom."""
    return [
        *_PLACES.get(place, ()),
        "The keys of this screen stand in its bottom row.",
        "Esc goes back and changes nothing.",
        "",
        *_keys(keymap, (Place.EVERYWHERE,)),
    ]


def _keys(keymap: Keymap, places: tuple[Place, ...]) -> list[str]:
    return [
        f"  {' '.join(map(shown_key, keys_of(action.id, keymap))):14}{action.tells}"
        for action in ACTIONS
        if action.place in places
    ]
