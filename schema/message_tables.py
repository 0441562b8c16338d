"""The table of messages as a Peewee model: apart, for a start does not need it."""

from peewee import IntegerField, TextField

from schema.tables import Table


class Message(Table):
    """A month's text to a customer by a channel (owner: services.messages), never in the journal.
    Whom it goes to and what it says is looked up when it is sent: nothing personal is in it."""

    id = IntegerField(primary_key=True)
    customer = TextField()
    month = TextField()
    channel = TextField()
    state = TextField()
    operator = TextField()
    queued_at = IntegerField()
    next_at = IntegerField()
    ended_at = IntegerField(null=True)
    tries = IntegerField()
    why = TextField()
    refusals = IntegerField()
