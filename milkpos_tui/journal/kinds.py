"""The vocabulary: what can happen, in the past tense. One line a kind says what its body holds."""

from enum import StrEnum


class Kind(StrEnum):
    """What an entry says happened. The body's names are those of docs/journal.md."""

    NODE_OPENED = "node.opened"
    """The first entry of a chain: public_key (hex)."""
    SHOP_SET_UP = "shop.set_up"
    """All of the shop's particulars; a later one replaces them."""
    COUNTER_ADDED = "counter.added"
    """code, name."""
    OPERATOR_ADDED = "operator.added"
    """code, name, role."""
    OPERATOR_CHANGED = "operator.changed"
    """code, name, role, active: the operator as they are from now on."""
    OPERATOR_PIN_SET = "operator.pin_set"
    """code: a new PIN or password was set by the actor."""
    OPERATOR_PIN_RESET = "operator.pin_reset"
    """code: set by whoever has the machine, without proving who they are."""
    OPERATOR_SIGNED_IN = "operator.signed_in"
    """code: who now works at this terminal."""
    OPERATOR_REFUSED = "operator.refused"
    """code: who someone claimed to be, with a wrong PIN. Tries while locked out are not told."""
    OPERATOR_KEY_ENROLLED = "operator.key_enrolled"
    """code, backend, label, key (SHA-256 of its public half): a way to prove who somebody is."""
    OPERATOR_KEY_REMOVED = "operator.key_removed"
    """code, backend, label, key; without an actor: by whoever has the machine."""
    OPERATOR_KEY_REFUSED = "operator.key_refused"
    """code, why (a code of words): a key or finger that proved nothing, or another's."""
    PRODUCT_ADDED = "product.added"
    """The whole product."""
    PRODUCT_CHANGED = "product.changed"
    """The whole product as it is from now on."""
    PRODUCT_RETIRED = "product.retired"
    """plu."""
    PRODUCTS_IMPORTED = "products.imported"
    """file (SHA-256), products: whole products, added or changed."""
    BILL_PAID = "bill.paid"
    """The whole bill; the object is the draft it was. `points` where a customer earned some,
    `points_taken` where some were taken for a part of it."""
    BILL_RETURNED = "bill.returned"
    """The whole credit note, the original's id and number, the reason; `points` and
    `points_taken` below zero for what of them goes back."""
    BILL_REPRINTED = "bill.reprinted"
    """number, copy: a slip marked DUPLICATE; the object is the bill."""
    LINE_REMOVED = "line.removed"
    """The line taken off an open bill; the object is the draft."""
    TENDER_REMOVED = "tender.removed"
    """Money taken for an open bill and given back; the object is the draft."""
    APPROVAL_GIVEN = "approval.given"
    """right, amount_paise: what the approver allowed the actor; the object is the draft."""
    DRAFT_DROPPED = "draft.dropped"
    """All lines of an open bill that was never paid; the object is the draft."""
    CLOCK_JUMPED = "clock.jumped"
    """last_at, by_ms: the clock was set between the entry before and this one; the object is the
    node."""
    SETTING_CHANGED = "setting.changed"
    """name, value; the object is the name."""
    SHIFT_OPENED = "shift.opened"
    """counter, operator, business_date, name, float_paise, denominations, declaration (SHA-256),
    checks; the object of this and of all that follow is the shift."""
    CASH_MOVED = "cash.moved"
    """shift's no, kind (in, out, drop), amount_paise, reason, payee."""
    DRAWER_OPENED = "drawer.opened"
    """no, reason: the drawer opened without a sale."""
    SHIFT_COUNTED = "shift.counted"
    """no, denominations, tenders: what should have been there and what was counted."""
    SHIFT_HANDED_OVER = "shift.handed_over"
    """no, denominations, tenders, successor, reason: counted, and somebody else answers for it."""
    SHIFT_CLOSED = "shift.closed"
    """The Z report."""
    CUSTOMER_ADDED = "customer.added"
    """code, digest (salted SHA-256 of who they are), limit_paise, language, price_list; the object
    of this and the next three is the customer. Name, phone and address are in no entry."""
    CUSTOMER_CHANGED = "customer.changed"
    """The same and active: the customer as they are from now on."""
    CUSTOMER_MERGED = "customer.merged"
    """into: the customer who was the same all along; both are read as one."""
    CUSTOMER_ERASED = "customer.erased"
    """code: who they are was erased; their entries stay."""
    KHATA_RECEIVED = "khata.received"
    """customer, kind (payment, advance, deposit), tender, amount_paise, reference, business_date,
    counter, shift; the object of this and the next four is the ledger's entry."""
    KHATA_PAID_BACK = "khata.paid_back"
    """The same, with kind advance_back or deposit_back, and reason."""
    KHATA_ADJUSTED = "khata.adjusted"
    """customer, amount_paise (above zero: owes more), business_date, reason."""
    DEPOSIT_USED = "khata.deposit_used"
    """customer, amount_paise, business_date, reason: what is owed, paid out of the deposit."""
    CONTAINERS_MOVED = "khata.containers"
    """customer, pieces by bottle, can and crate (above zero: given out), business_date, reason."""
    POINTS_MOVED = "khata.points"
    """customer, points (below zero: redeemed), amount_paise (what they owe less), business_date,
    reason. Points that a bill earns are in the bill's own entry."""
    RATE_SET = "rate.set"
    """list (khata, wholesale; empty for one customer's), customer, plu, from, rate_paise (null:
    the catalogue's again); the object is the list or the customer."""
    ORDER_SET = "order.set"
    """customer, plu, qty_milli, days, halves, first, last, rate_paise: a standing order as it is
    from now on; the object is the order."""
    ORDER_EXCEPTED = "order.excepted"
    """kind (pause, skip, change, switch), customer, order (empty: all of the customer's), first,
    last, half, by_milli, plu, rate_paise: what was said about some days; the object is its own."""
    ORDER_RESUMED = "order.resumed"
    """customer, last: the pause that is the object ends with that day."""
    ROUND_PLACED = "round.placed"
    """sequence within the lane; the object is the customer."""
    ROUND_RECORDED = "round.recorded"
    """day, half, deliveries (at most 500 an entry): key, order, customer, plu, name, unit,
    planned_milli, qty_milli, rate_paise, amount_paise, gst_rate_bp, hsn; the object is its own."""
    ROUND_CORRECTED = "round.corrected"
    """key, customer, was_milli, is_milli, amount_paise (above zero: owes more), business_date,
    reason; the object is the ledger's entry."""
    MONTH_ISSUED = "month.issued"
    """counter, year, serial, customer, month, issued_on, due_paise, bill (all that stands on it,
    but not who it is for); the object is the monthly bill."""
    MILK_PRICED = "milk.priced"
    """since, milk (empty: any), price: fat_kg_paise and snf_kg_paise, or basis, fats, snfs, paise;
    the object is the kind of milk, or `milk`."""
    MILK_COLLECTED = "milk.collected"
    """farmer, day, half, milk, litres_milli, fat_bp, clr, snf_bp, grams, rate_paise, amount_paise;
    the object is the can."""
    MILK_CORRECTED = "milk.corrected"
    """customer (the farmer), settled (whether the can was), amount_paise (what the milk is worth
    less: on their khata where it was settled, by the settlement where not), can (as it should have
    been, like `milk.collected` and with its `id`; null where none was brought), business_date,
    reference, reason; the object is the can that was keyed wrongly."""
    MILK_SETTLED = "milk.settled"
    """customer (the farmer), cycle, collections (ids), milk_paise, taken, payable_paise,
    amount_paise (on their khata, below zero: to the farmer), business_date; the object is the
    settlement and the ledger's entry."""
