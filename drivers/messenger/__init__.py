"""Messages to telephones and mailboxes, through apprise."""
