"""The tables of standing orders, rounds, monthly bills and milk from farmers as Peewee models:
apart, because making a model takes time that a start does not have. Money in paise, quantities in
thousandths, fat, SNF and CLR in hundredths. All of them are what entries add up to."""

from peewee import CompositeKey, IntegerField, TextField

from schema.tables import Table


class StandingOrder(Table):
    """What a customer takes until they say otherwise. `days` as `domain.orders` writes them;
    `halves` is morning, evening or both; `place` round or counter."""

    id = TextField(primary_key=True)
    seq = IntegerField()
    customer = TextField()
    plu = IntegerField()
    qty_milli = IntegerField()
    days = TextField()
    halves = TextField()
    first_day = TextField()
    last_day = TextField(null=True)
    rate_paise = IntegerField(null=True)
    place = TextField(default="round")

    class Meta:
        """Peewee's settings."""

        table_name = "standing_order"
        without_rowid = True


class OrderException(Table):
    """What was said about some days: a pause (of one order, or of all where `standing_order` is
    empty), a skip, a change of so much, a switch to another item."""

    id = TextField(primary_key=True)
    seq = IntegerField()
    kind = TextField()
    customer = TextField()
    standing_order = TextField()
    first_day = TextField()
    last_day = TextField(null=True)
    half = TextField(null=True)
    by_milli = IntegerField(null=True)
    plu = IntegerField(null=True)
    rate_paise = IntegerField(null=True)

    class Meta:
        """Peewee's settings."""

        table_name = "order_exception"
        without_rowid = True


class RoundPlace(Table):
    """A customer's place within their lane."""

    customer = TextField(primary_key=True)
    sequence = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "round_place"
        without_rowid = True


class Delivered(Table):
    """A delivery of a round as it was recorded, names and rates of its day. `stands_milli` is the
    quantity after corrections; `ledger` the customer's entry, where it came to something."""

    key = TextField(primary_key=True)
    standing_order = TextField()
    customer = TextField()
    day = TextField()
    half = TextField()
    plu = IntegerField()
    name = TextField()
    unit = TextField()
    planned_milli = IntegerField()
    qty_milli = IntegerField()
    stands_milli = IntegerField()
    rate_paise = IntegerField()
    amount_paise = IntegerField()
    gst_rate_bp = IntegerField()
    hsn = TextField()
    ledger = TextField(null=True)

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class MonthBill(Table):
    """A monthly bill as it was issued. `content` is all that stands on it, but who it is for."""

    id = TextField(primary_key=True)
    counter = TextField()
    year = TextField()
    serial = IntegerField()
    customer = TextField()
    month = TextField()
    issued_on = TextField()
    due_paise = IntegerField()
    content = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "month_bill"
        without_rowid = True


class MilkPrice(Table):
    """What milk is bought for from a day on: `content` is a chart or two rates. `milk` is empty for
    any."""

    since = TextField()
    milk = TextField()
    content = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "milk_price"
        primary_key = CompositeKey("since", "milk")
        without_rowid = True


class MilkCollection(Table):
    """A can of milk as it was bought of a farmer; `settled` is the settlement that paid it."""

    id = TextField(primary_key=True)
    seq = IntegerField()
    farmer = TextField()
    day = TextField()
    half = TextField()
    milk = TextField()
    litres_milli = IntegerField()
    fat_bp = IntegerField()
    clr = IntegerField(null=True)
    snf_bp = IntegerField()
    grams = IntegerField()
    rate_paise = IntegerField()
    amount_paise = IntegerField()
    settled = TextField(null=True)

    class Meta:
        """Peewee's settings."""

        table_name = "milk_collection"
        without_rowid = True


class MilkSettlement(Table):
    """Ten days of a farmer's milk, and what was taken off it. `content` has the deductions."""

    id = TextField(primary_key=True)
    farmer = TextField()
    cycle = TextField()
    day = TextField()
    milk_paise = IntegerField()
    taken_paise = IntegerField()
    payable_paise = IntegerField()
    content = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "milk_settlement"
        without_rowid = True
