"""The records: people, accounts, leads, where each stands, what happened.

May import nothing of the other rooms.
"""
