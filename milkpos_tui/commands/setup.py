"""`milkpos init`: a new till."""

import typer

from milkpos_tui.commands import context
from milkpos_tui.commands.context import ask_new_pin, remark, result
from milkpos_tui.domain.errors import Refused
from milkpos_tui.domain.gstin import check_fssai, check_gstin
from milkpos_tui.domain.tax import TaxMode
from milkpos_tui.domain.text import clean


def init(
    name: str = typer.Option(..., "--name", help="The shop's name, as printed on bills."),
    state_code: str = typer.Option(..., "--state-code", help="GST state code, like 29."),
    tax_mode: TaxMode = typer.Option(..., "--tax-mode", help="How the shop stands to GST."),
    owner: str = typer.Option(..., "--owner", metavar="CODE", help="The owner's operator code."),
    owner_name: str = typer.Option(..., "--owner-name", help="The owner's name."),
    gstin: str = typer.Option("", "--gstin", help="15 characters; its check digit is checked."),
    fssai: str = typer.Option("", "--fssai", help="FSSAI licence, 14 digits."),
    address: str = typer.Option("", "--address", help="As printed on bills."),
    phone: str = typer.Option("", "--phone", help="As printed on bills."),
    upi: str = typer.Option("", "--upi", metavar="VPA", help="UPI address, for the QR code."),
    no_round_off: bool = typer.Option(False, "--no-round-off", help="Bills end in paise."),
    sample: bool = typer.Option(False, "--sample", help="With a catalogue of dairy items."),
) -> None:
    """Make a new till: keys, database, shop, counter and owner.

    The owner's PIN (6 digits) comes from MILKPOS_PIN or is asked for.

    \b
    Example: milkpos init --name "Nandini Dairy" --state-code 29 --tax-mode regular \\
        --gstin 29AAGCB7383J1Z4 --owner asha --owner-name Asha --sample
    """
    from milkpos_tui.till import Founding, Operator, Shop, found_till

    home = context.settings.found_home
    if home.exists:
        raise Refused("home-taken", f"there is a till in {home.path} already")
    shop = Shop(
        name=clean(name),
        state_code=state_code.strip(),
        tax_mode=tax_mode,
        gstin=check_gstin(gstin) if gstin.strip() else "",
        fssai=check_fssai(fssai) if fssai.strip() else "",
        address=clean(address, limit=200),
        phone=clean(phone, limit=40),
        upi_vpa=upi.strip(),
        round_to_paise=1 if no_round_off else 100,
    )
    pin = ask_new_pin("A PIN of 6 digits for the owner: ", "MILKPOS_PIN")
    found_till(
        home,
        Founding(shop, Operator(owner.strip(), clean(owner_name), "owner"), pin),
        sample=sample,
    )
    if tax_mode is not TaxMode.UNREGISTERED and not gstin:
        remark("the shop has no GSTIN yet: its invoices need one")
    result(
        {"home": str(home.path), "counter": "1", "owner": owner.strip()},
        [f"a till for {shop.name} is in {home.path}", "open it with: milkpos"],
    )
