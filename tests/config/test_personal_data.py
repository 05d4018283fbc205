"""A new table says what it holds of a person, or that it holds nothing."""

from leads import personal


def test_every_text_column_is_named_by_a_room():
    """Add it to the `personal_tables` of its room: TABLES if it may hold anything that
    tells who a lead is, else HARMLESS."""
    assert list(personal.unnamed()) == []


def test_every_path_to_a_lead_can_be_walked(db):
    for table in personal.tables():
        assert not table.rows_of(1).exists()
        columns = {column.name for column in table.model_class._meta.concrete_fields}
        assert {*table.blank, *table.scrubbed, *table.harmless} <= columns
