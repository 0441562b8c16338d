"""What is this machine's own: its devices and what is to be printed. No entries, never replayed."""

from peewee import CompositeKey, IntegerField, TextField

from schema.tables import Table


class Device(Table):
    """A device of a counter (owner: services.devices); `options` are `name=value` rows."""

    name = TextField(primary_key=True)
    role = TextField()
    counter = TextField()
    kind = TextField()
    address = TextField()
    options = TextField()
    added_at = IntegerField()
    state = TextField()
    words = TextField()
    seen_at = IntegerField(null=True)
    errors = IntegerField()
    last_error = TextField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True


class PrintJob(Table):
    """Something to be printed on a counter (owner: services.printing), in the order of `id`."""

    id = IntegerField(primary_key=True)
    counter = TextField()
    kind = TextField()
    about = TextField()
    copy = IntegerField()
    operator = TextField()
    content = TextField()
    state = TextField()
    queued_at = IntegerField()
    tries = IntegerField()
    error = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "print_job"


class CustomerView(Table):
    """What a counter shows its customer beside the bill (owner: services.displays): the open bill's
    UPI code, while somebody wants to pay by it."""

    counter = TextField()
    draft = TextField()
    paise = IntegerField()
    link = TextField()

    class Meta:
        """Peewee's settings."""

        table_name = "customer_view"
        primary_key = CompositeKey("counter")
        without_rowid = True
