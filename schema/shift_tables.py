"""The tables of shifts and settings as Peewee models: apart, because making a model takes time
that a start does not have. Money in paise, times in UTC milliseconds."""

from peewee import CompositeKey, IntegerField, TextField

from schema.tables import Table


class Setting(Table):
    """What an owner set for the shop; what is not here is as usual."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class ClockJump(Table):
    """The clock was moved by `by_ms` since the entry before, which was made at `last_at`."""

    node = TextField()
    epoch = IntegerField()
    seq = IntegerField()
    last_at = IntegerField()
    by_ms = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "clock_jump"
        primary_key = CompositeKey("node", "epoch", "seq")
        without_rowid = True


class Shift(Table):
    """Who answers for a counter's drawer; `operator` changes when it is handed over."""

    id = TextField(primary_key=True)
    seq = IntegerField()
    counter = TextField()
    operator = TextField()
    opened_by = TextField()
    business_date = TextField()
    name = TextField()
    opened_at = IntegerField()
    closed_at = IntegerField(null=True)
    float_paise = IntegerField()
    denominations = TextField()
    declaration = TextField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class ShiftCash(Table):
    """Cash put in, taken out or dropped into the safe; or the drawer opened without a sale."""

    shift = TextField()
    no = IntegerField()
    kind = TextField()
    amount_paise = IntegerField()
    at = IntegerField()
    operator = TextField()
    approver = TextField()
    reason = TextField()
    payee = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "shift_cash"
        primary_key = CompositeKey("shift", "no")
        without_rowid = True


class ShiftCount(Table):
    """A drawer counted; with a `successor`, who took it over."""

    shift = TextField()
    no = IntegerField()
    at = IntegerField()
    operator = TextField()
    denominations = TextField()
    successor = TextField(null=True)
    reason = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "shift_count"
        primary_key = CompositeKey("shift", "no")
        without_rowid = True


class ShiftCountTender(Table):
    """What should have been there of a kind of tender, and what was counted."""

    shift = TextField()
    no = IntegerField()
    kind = TextField()
    expected_paise = IntegerField()
    counted_paise = IntegerField(null=True)

    class Meta:
        """Peewee's settings."""

        table_name = "shift_count_tender"
        primary_key = CompositeKey("shift", "no", "kind")
        without_rowid = True


class ZReport(Table):
    """How a shift was closed: once, numbered by counter."""

    shift = TextField(primary_key=True)
    counter = TextField()
    number = IntegerField()
    at = IntegerField()
    operator = TextField()
    count_no = IntegerField()
    reason = TextField()
    bills = IntegerField()
    returns = IntegerField()
    first_bill = TextField()
    last_bill = TextField()
    first_note = TextField()
    last_note = TextField()
    sold_paise = IntegerField()
    refunded_paise = IntegerField()
    discount_paise = IntegerField()
    round_off_paise = IntegerField()
    in_paise = IntegerField()
    out_paise = IntegerField()
    dropped_paise = IntegerField()
    drawer_openings = IntegerField()
    carried = IntegerField()
    carried_paise = IntegerField()
    dropped_bills = IntegerField()
    dropped_bills_paise = IntegerField()
    perpetual_sold_paise = IntegerField()
    perpetual_refunded_paise = IntegerField()
    head_seq = IntegerField()
    head_hash = TextField()
    schema_hash = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "z_report"
        without_rowid = True


class ZTender(Table):
    """What a shift took and gave back by a kind of tender."""

    shift = TextField()
    kind = TextField()
    kept_paise = IntegerField()
    refunded_paise = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "z_tender"
        primary_key = CompositeKey("shift", "kind")
        without_rowid = True


class ZTax(Table):
    """What a shift sold at a rate, less what came back."""

    shift = TextField()
    rate_bp = IntegerField()
    taxable_paise = IntegerField()
    cgst_paise = IntegerField()
    sgst_paise = IntegerField()
    igst_paise = IntegerField()
    amount_paise = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "z_tax"
        primary_key = CompositeKey("shift", "rate_bp")
        without_rowid = True
