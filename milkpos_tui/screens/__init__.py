"""The screens of the till. They know services' results and the clerk, never the database."""
