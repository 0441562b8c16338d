"""Use cases: one class a concern, each public method one decision and one transaction.

They read through `schema`, decide by `domain` and change through `journal`; what they return is
plain tuples with names, never rows.
"""
