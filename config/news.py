"""Which functions of which rooms the news to our own people asks."""

# Who is asked, before news of a kind leaves by mail or chat, whether it still matters.
STILL_MATTERS: dict[str, str] = {
    "lead_assigned": "handoff.notices.still_matters",
    "due_soon": "handoff.sla.announcements.still_matters",
    "past_due": "handoff.sla.announcements.still_matters",
    "question_asked": "handoff.inquiries.asking.still_matters",
    "unroutable": "handoff.unrouted.still_matters",
    "data_wrong": "handoff.notices.wrong_data_matters",
    "task_due": "handoff.selling.reminders.still_matters",
}
# Who puts into words, when it is read, the news that is stored as facts.
NEWS_WORDS: dict[str, str] = {
    "assigned": "handoff.notices.words",
    "clock": "handoff.sla.announcements.clock_words",
    "to_next_rep": "handoff.sla.announcements.expiry_words",
    "to_pool": "handoff.sla.announcements.expiry_words",
    "unrouted": "handoff.unrouted.words",
}
