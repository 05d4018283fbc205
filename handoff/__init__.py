"""Giving a lead to sales: routing, hand-offs, decisions, deals.

May import `leads`, `leads.capture`, `leads.nurture` and `scoring`.
"""
