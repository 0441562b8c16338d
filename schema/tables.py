"""The tables of the journal and of sales as Peewee models; those of shifts and
khata are in `shift_tables` and `khata_tables`.
The SQL that makes them is in `migrations/`; a test compares.

Money in paise, quantities in thousandths, rates in basis points, times in UTC milliseconds,
dates as `YYYY-MM-DD`: the database holds integers, text and bytes, nothing else.
"""

from peewee import BlobField, CompositeKey, IntegerField, Model, TextField


class Table(Model):
    """Base of all tables. Bound to no database: a query is executed on the one it is meant for."""

    class Meta:
        """Peewee's settings."""

        strict_tables = True


# --- the journal ---------------------------------------------------------------------------


class Entry(Table):
    """One signed entry; `content` is the canonical JSON that is hashed, `prev` the hash before."""

    node = TextField()
    epoch = IntegerField()
    seq = IntegerField()
    at = IntegerField()
    kind = TextField()
    content = BlobField()
    prev = BlobField()
    hash = BlobField()
    signature = BlobField()

    class Meta:
        """Peewee's settings."""

        primary_key = CompositeKey("node", "epoch", "seq")


class Head(Table):
    """The newest entry of each node: what a cut tail is found by."""

    node = TextField(primary_key=True)
    epoch = IntegerField()
    seq = IntegerField()
    hash = BlobField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


# --- what the entries add up to ---------------------------------------------------------------


class Node(Table):
    """A machine with one database and one key."""

    id = TextField(primary_key=True)
    epoch = IntegerField()
    public_key = BlobField()
    opened_at = IntegerField()


class Shop(Table):
    """The shop: one row."""

    one = IntegerField(primary_key=True)
    name = TextField()
    state_code = TextField()
    tax_mode = TextField()
    gstin = TextField()
    fssai = TextField()
    address = TextField()
    phone = TextField()
    upi_vpa = TextField()
    round_to_paise = IntegerField()


class Counter(Table):
    """A billing position with its own series."""

    code = TextField(primary_key=True)
    name = TextField()


class Operator(Table):
    """Who works at the till."""

    code = TextField(primary_key=True)
    name = TextField()
    role = TextField()
    active = IntegerField()


class Product(Table):
    """An item of the catalogue; `rates` is the dated GST history as text, `12;2025-09-22=5`."""

    plu = IntegerField(primary_key=True)
    name = TextField()
    category = TextField()
    unit = TextField()
    price_paise = IntegerField()
    mrp_paise = IntegerField(null=True)
    hsn = TextField()
    rates = TextField()
    packed = IntegerField()
    step_milli = IntegerField()
    active = IntegerField()


class Barcode(Table):
    """A code on a package."""

    code = TextField(primary_key=True)
    plu = IntegerField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class Series(Table):
    """The last number given in a series."""

    counter = TextField()
    series = TextField()
    year = TextField()
    last = IntegerField()

    class Meta:
        """Peewee's settings."""

        primary_key = CompositeKey("counter", "series", "year")
        without_rowid = True


class Bill(Table):
    """A bill or credit note; `id` is the draft's, so a draft becomes one bill at most, and `seq` is
    its entry's: the order in which bills were made, whatever the clock did."""

    id = TextField(primary_key=True)
    number = TextField()
    seq = IntegerField()
    kind = TextField()
    at = IntegerField()
    business_date = TextField()
    shift = TextField(null=True)
    counter = TextField()
    operator = TextField()
    customer = TextField(null=True)
    taxable_paise = IntegerField()
    cgst_paise = IntegerField()
    sgst_paise = IntegerField()
    igst_paise = IntegerField()
    discount_paise = IntegerField()
    round_off_paise = IntegerField()
    total_paise = IntegerField()
    change_paise = IntegerField()
    original = TextField(null=True)
    reason = TextField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class BillLine(Table):
    """A line as it was sold."""

    bill = TextField()
    no = IntegerField()
    plu = IntegerField()
    name = TextField()
    qty_milli = IntegerField()
    unit = TextField()
    rate_paise = IntegerField()
    list_rate_paise = IntegerField()
    discount_paise = IntegerField()
    amount_paise = IntegerField()
    taxable_paise = IntegerField()
    cgst_paise = IntegerField()
    sgst_paise = IntegerField()
    igst_paise = IntegerField()
    gst_rate_bp = IntegerField()
    hsn = TextField()
    of_line = IntegerField()
    measured = TextField()
    tare_milli = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "bill_line"
        primary_key = CompositeKey("bill", "no")
        without_rowid = True


class BillTender(Table):
    """What a bill was paid with."""

    bill = TextField()
    no = IntegerField()
    kind = TextField()
    amount_paise = IntegerField()
    reference = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "bill_tender"
        primary_key = CompositeKey("bill", "no")
        without_rowid = True


class BillCopy(Table):
    """A second print of a slip, marked DUPLICATE."""

    bill = TextField()
    copy = IntegerField()
    at = IntegerField()
    operator = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "bill_copy"
        primary_key = CompositeKey("bill", "copy")
        without_rowid = True


# --- what is not an entry: each has one owner service ------------------------------------------


class Draft(Table):
    """A bill not paid yet (owner: services.drafts). `version` grows with every change."""

    id = TextField(primary_key=True)
    counter = TextField()
    operator = TextField()
    state = TextField()
    version = IntegerField()
    discount_paise = IntegerField()
    discount_bp = IntegerField()
    opened_at = IntegerField()
    held_at = IntegerField(null=True)
    customer = TextField(null=True)
    points = IntegerField()
    point_paise = IntegerField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class DraftLine(Table):
    """A line of a draft."""

    draft = TextField()
    id = IntegerField()
    plu = IntegerField()
    qty_milli = IntegerField()
    rate_paise = IntegerField()
    worth_paise = IntegerField(null=True)
    discount_paise = IntegerField()
    discount_bp = IntegerField()
    keyed_at = IntegerField(default=0)
    measured = TextField()
    tare_milli = IntegerField()

    class Meta:
        """Peewee's settings."""

        table_name = "draft_line"
        primary_key = CompositeKey("draft", "id")
        without_rowid = True


class DraftTender(Table):
    """Money given for a draft so far."""

    draft = TextField()
    no = IntegerField()
    kind = TextField()
    amount_paise = IntegerField()
    reference = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "draft_tender"
        primary_key = CompositeKey("draft", "no")
        without_rowid = True


class Credential(Table):
    """How an operator proves who they are (owner: services.people); never in the journal. After
    `failures` wrong tries in a row it is locked until a time."""

    operator = TextField(primary_key=True)
    pin_hash = TextField()
    failures = IntegerField(default=0)
    locked_until = IntegerField(default=0)

    class Meta:
        """Peewee's settings."""

        without_rowid = True
