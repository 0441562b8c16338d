"""The table of keys and fingers as a Peewee model: apart, for a start does not need it."""

from peewee import BlobField, IntegerField, TextField

from schema.tables import Table


class Finger(Table):
    """A key or finger that an operator proves themselves by (owner: services.fingers); never in
    the journal. `seal` is over all other columns, under the key that is not in the database."""

    id = TextField(primary_key=True)
    operator = TextField()
    backend = TextField()
    credential = BlobField()
    public_key = BlobField()
    counter = IntegerField()
    label = TextField()
    enrolled_at = IntegerField()
    seal = BlobField()

    class Meta:
        """Peewee's settings."""

        without_rowid = True
