"""Promises of sales in working time: calendars, targets, clocks and their steps.

Inside `handoff`; what is pure here (`hours`, `windows`, `public_holidays`, `pauses`)
knows no Django.
"""
