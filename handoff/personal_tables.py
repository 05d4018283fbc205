"""What the tables of `handoff` hold of a person."""

from leads.personal import Table

TABLES = [
    Table(
        "handoff.Handoff",
        blank={"note": "", "brief": {}},
        # The briefs of colleagues name the people of the same company.
        scrubbed=("note", "brief", "trace"),
        typed=(("trace", "reason"),),
    ),
    Table("handoff.Reassignment", blank={"reason": "", "deals": []}),
    Table("handoff.Reassignment", "handoff__lead", blank={"reason": "", "deals": []}),
    Table("handoff.UndoneDecision", "handoff__lead", blank={"note": ""}),
    Table("handoff.ClockPause", "clock__handoff__lead", blank={"reason": ""}),
    Table("handoff.DealChange", "deal__lead", blank={"changes": {}}),
    Table(
        "handoff.Deal",
        blank={
            "external_id": "",
            "name": "",
            "lost_reason": "",
            "won_reason": "",
            "close_note": "",
        },
        harmless=("source_system", "currency"),
    ),
    Table("handoff.Invitation", "guest__meeting__lead", deletes=True),
    Table("handoff.Guest", deletes=True),
    Table(
        "handoff.Guest",
        "meeting__lead",
        deletes=True,
        scrubbed=("name", "email"),
    ),
    Table(
        "handoff.Meeting",
        blank={"title": "", "place": "", "words": ""},
        harmless=("time_zone", "uid"),
    ),
    Table("handoff.Participant"),
    Table("handoff.Answer", blank={"note": ""}),
    Table("handoff.Inquiry", "handoff__lead", blank={"text": "", "answer": ""}),
    Table("handoff.Remark", "handoff__lead", blank={"text": ""}),
    Table("handoff.Task", blank={"title": ""}),
]

HARMLESS = {
    "handoff.RoutingPlan": ("name", "note"),
    "handoff.RoutingRule": ("name", "conditions"),
    "handoff.PlanEvent": ("subject", "changes", "removed", "note"),
    "handoff.RejectionReason": ("key", "label"),
    "handoff.Seat": ("countries", "industries", "languages"),
    "handoff.Absence": ("note",),
    "handoff.DealReason": ("label",),
    "handoff.WorkingCalendar": ("name", "time_zone", "country", "subdivision"),
    "handoff.CalendarDay": ("name", "hours"),
    "handoff.SettingChange": ("subject", "changes", "note"),
}
