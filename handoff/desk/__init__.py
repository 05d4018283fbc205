"""What stands around the queue: the pool, taking back, the managers' desk, reasons.

It may import `handoff` and the rooms below.
"""
