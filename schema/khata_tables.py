"""The tables of customers, khata and rates as Peewee models: apart, because making a model takes
time that a start does not have. Money in paise, times in UTC milliseconds."""

from peewee import BlobField, CompositeKey, IntegerField, TextField

from schema.tables import Table

# --- what the entries add up to ---------------------------------------------------------------


class Customer(Table):
    """Somebody who buys on khata, without what tells who: that is on their card. A double that was
    `merged_into` another keeps its own entries; both are read as one."""

    id = TextField(primary_key=True)
    code = TextField()
    digest = TextField()
    limit_paise = IntegerField(null=True)
    language = TextField()
    price_list = TextField()
    active = IntegerField()
    merged_into = TextField(null=True)
    erased_at = IntegerField(null=True)

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class Ledger(Table):
    """An entry of a customer's khata. `shift` where money went through a drawer."""

    id = TextField(primary_key=True)
    seq = IntegerField()
    customer = TextField()
    kind = TextField()
    at = IntegerField()
    day = TextField()
    reference = TextField()
    reason = TextField()
    tender = TextField(null=True)
    counter = TextField(null=True)
    shift = TextField(null=True)
    operator = TextField()
    approver = TextField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class Posting(Table):
    """A part of a ledger entry: all of one entry and unit sum to zero. `customer` where the account
    is one that each customer has."""

    ledger = TextField()
    no = IntegerField()
    account = TextField()
    unit = TextField()
    customer = TextField(null=True)
    amount = IntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = CompositeKey("ledger", "no")
        without_rowid = True


class Balance(Table):
    """What a customer's postings to an account come to by now."""

    customer = TextField()
    account = TextField()
    unit = TextField()
    amount = IntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = CompositeKey("customer", "account", "unit")
        without_rowid = True


class BalanceDay(Table):
    """What they come to on a day: what went up and what went down, both from zero."""

    customer = TextField()
    account = TextField()
    unit = TextField()
    day = TextField()
    up = IntegerField()
    down = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "balance_day"
        primary_key = CompositeKey("customer", "account", "unit", "day")
        without_rowid = True


class ZKhata(Table):
    """What a shift took for khata, and paid back, by a kind of tender."""

    shift = TextField()
    kind = TextField()
    received_paise = IntegerField()
    paid_back_paise = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "z_khata"
        primary_key = CompositeKey("shift", "kind")
        without_rowid = True


class Rate(Table):
    """What an item costs from a day on, on a price list or (`list` empty) for one customer; null
    where the catalogue's price holds again."""

    list = TextField()
    customer = TextField()
    plu = IntegerField()
    from_day = TextField()
    rate_paise = IntegerField(null=True)

    class Meta:
        """Peewee's settings."""

        primary_key = CompositeKey("list", "customer", "plu", "from_day")
        without_rowid = True


# --- what is not an entry -----------------------------------------------------------------------


class CustomerCard(Table):
    """Who a customer is (owner: services.customers); never in the journal, and erased on request.
    `salt` went into the digest that the journal has."""

    no = IntegerField(primary_key=True)
    customer = TextField()
    salt = BlobField()
    name = TextField()
    phone = TextField()
    consent_on = TextField()
    address = TextField()
    lane = TextField()
    notes = TextField()
    card = TextField()
    email = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "customer_card"
