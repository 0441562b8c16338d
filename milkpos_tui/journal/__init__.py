"""The journal: every fact is one signed, hash-chained entry; the tables are what they add up to.

The only way in for a change: `Journal.append`, which applies what it stores, in one transaction.
"""
