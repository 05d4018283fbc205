"""Files of the reports."""

from itertools import chain

from django.http import StreamingHttpResponse

from reports import exports
from reports.tables import Table

# Without it Excel takes UTF-8 for the code page of the machine.
BYTE_ORDER_MARK = "\ufeff"


def csv_download(table: Table, *, name: str) -> StreamingHttpResponse:
    """The table as a file, sent while its rows are read."""
    lines = exports.csv_lines(header=table.header, rows=table.rows)
    return StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
