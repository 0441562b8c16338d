"""Setting a shop up: its particulars are checked once, when they are given."""

from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.gstin import check_fssai, check_gstin, check_state_code
from milkpos_tui.domain.numbering import check_counter
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.upi import check_vpa
from milkpos_tui.journal.journal import Actor, Journal
from milkpos_tui.journal.kinds import Kind
from milkpos_tui.services.records import Shop


def set_up(journal: Journal, shop: Shop, counter: str, actor: Actor) -> None:
    """The shop's particulars and its first counter."""
    check_shop(shop)
    code = check_counter(counter)
    body = shop._asdict()
    with journal.transaction():
        journal.append(Kind.SHOP_SET_UP, "shop", {**body, "tax_mode": shop.tax_mode.value}, actor)
        journal.append(Kind.COUNTER_ADDED, code, {"code": code, "name": f"Counter {code}"}, actor)


def check_shop(shop: Shop) -> None:
    """Refused for particulars the law does not know: GSTIN, FSSAI licence, state."""
    if not shop.name:
        raise Refused("name-missing", "the shop needs a name")
    state = check_state_code(shop.state_code)
    if shop.tax_mode is TaxMode.UNREGISTERED and shop.gstin:
        raise Refused("gstin", "an unregistered shop has no GSTIN: choose another tax mode")
    if shop.gstin and check_gstin(shop.gstin)[:2] != state:
        raise Refused("gstin", f"the GSTIN {shop.gstin} is of another state than {state}")
    if shop.fssai:
        check_fssai(shop.fssai)
    if shop.upi_vpa:
        check_vpa(shop.upi_vpa)
