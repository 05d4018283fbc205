"""Working time of very many spans, by the calendars of those whose they are."""

from collections.abc import Callable

from handoff.sla import calendars

# Tells how many seconds were worked until an instant, in seconds since 1970.
Meter = Callable[[int], int]


class Meters(dict[tuple[int | None, int | None], Meter]):
    """Team and person → the meter of their working time, laid out once a calendar.

    first, last: between which whole seconds since 1970 it is asked. The calendars are
    loaded in four queries.
    """

    def __init__(self, first: int, last: int) -> None:
        super().__init__()
        self.known, self.span = calendars.load(), (first, last)
        self.of_calendar: dict[int | None, Meter] = {}

    def __missing__(self, whose: tuple[int | None, int | None]) -> Meter:
        team_id, user_id = whose
        calendar = self.known.id_of(team_id=team_id, user_id=user_id)
        if calendar not in self.of_calendar:
            hours = self.known.hours(calendar)
            self.of_calendar[calendar] = hours.meter(*self.span)
        self[whose] = self.of_calendar[calendar]
        return self[whose]
