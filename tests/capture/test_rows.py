import pytest

from leads.capture.rows import FileError, Limits, open_table

SMALL = Limits(max_bytes=1_000, max_rows=3, max_columns=4)


@pytest.fixture
def opened(tmp_path):
    def open_content(content):
        path = tmp_path / "input.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return open_table(path=path, limits=SMALL)

    return open_content


def cells(table):
    return [row.cells for row in table.rows()]


@pytest.mark.parametrize(
    "content",
    [
        "email,name\r\na@b.example,Zoé\r\n",
        "\ufeffemail,name\na@b.example,Zoé",
        "email;name\na@b.example;Zoé\n",
        "email\tname\ra@b.example\tZoé\r",
        "sep=;\nemail;name\na@b.example;Zoé\n",
        'email,"name"\n\na@b.example,Zoé\n,\n,,,,,,\n',
        "email,name\na@b.example,Zoé\n".encode("cp1252"),
    ],
)
def test_every_common_form_of_csv_gives_the_same_rows(opened, content):
    table = opened(content)

    assert table.columns == ("email", "name")
    assert cells(table) == [["a@b.example", "Zoé"]]
    assert table.row_count == 1


def test_a_row_knows_the_line_on_which_it_begins(opened):
    table = opened('sep=,\na,b\n"two\nlines",1\n\nthird,2\n')

    assert [(row.line, row.cells[0]) for row in table.rows()] == [
        (3, "two\nlines"),
        (6, "third"),
    ]


def test_a_ragged_row_carries_its_reason_and_the_others_are_read(opened):
    rows = list(opened("a,b\n1\n1,2,3\n1,2\n").rows())

    assert [row.reason for row in rows] == [
        "1 cells, where the header has 2",
        "3 cells, where the header has 2",
        "",
    ]


def test_a_misplaced_quotation_mark_costs_its_row_alone(opened):
    rows = list(opened('a,b\n"x"y,1\n5" disk,2\n').rows())

    assert rows[0].reason.startswith("lines 2 to 2 cannot be read")
    assert rows[1].cells == ['5" disk', "2"]


def test_the_guard_of_our_own_exports_is_taken_off(opened):
    assert cells(opened("a\n'=1+1\n''=1\n'tis\n")) == [["=1+1"], ["'=1"], ["'tis"]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "No header."),
        ("\n\n", "No header."),
        ("a,b,\n1,2,3\n", "Column 3 has no name in the header."),
        ("Email,name,email \n", "The header names the column “email” twice."),
        ("a,b,c,d,e\n", "The file has more than 4 columns."),
        ("a\n1\n2\n3\n4\n", "The file has more than 3 rows."),
        ("a\n" + "x" * 1_000, "The file is larger than 0 MB."),
        ("a\n1\0\n", "The file holds NUL bytes"),
        ("a\n1\n".encode("utf-16"), "The file holds NUL bytes"),
        (b"a\n\xff\x81\n", "The file is not text in UTF-8 or Windows-1252."),
        ('a,b\n1,"open\n2,3\n', "Line 2: a quotation mark is opened and never closed."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(opened, content, message):
    with pytest.raises(FileError, match=f"^{message}"):
        opened(content)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FileError, match=r"gone\.csv: No such file or directory"):
        open_table(path=tmp_path / "gone.csv", limits=SMALL)
