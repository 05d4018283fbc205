"""The shape of what people say about a file they upload."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.capture.models import FileImport
from leads.capture.models.file_import import ImportKind
from leads.capture.sparing import Known
from leads.capture.uploads import systems
from leads.capture.uploads.kinds import kind_of


class UploadForm(forms.Form):
    """A file, and what it holds."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=1000,
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), up to 50 MB and 500,000 rows; the first row names "
            "the columns. Of a workbook you choose the sheet in the next step."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"),
        choices=[("", gettext_lazy("Find out by its columns")), *ImportKind.choices],
        required=False,
    )
    system = forms.ChoiceField(
        label=gettext_lazy("Where it comes from"),
        choices=systems.CHOICES,
        required=False,
    )


class ReadForm(forms.Form):
    """What a draft holds, and which sheet of its workbook is read."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it holds"), choices=ImportKind.choices
    )

    def __init__(self, *args: Any, file_import: FileImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = file_import.kind
        if file_import.sheets:
            self.fields["sheet"] = forms.ChoiceField(
                label=_("Sheet"),
                choices=[(it, it) for it in file_import.sheets],
                initial=file_import.sheet,
            )


class MappingForm(forms.Form):
    """A field for each column, and what happens to leads that are known.

    The columns' controls are `column_0`, `column_1`, …
    """

    known = forms.ChoiceField(
        label=gettext_lazy("Leads that are known already"),
        choices=Known.choices,
        help_text=gettext_lazy("What a person typed by hand is never overwritten."),
    )

    def __init__(self, *args: Any, file_import: FileImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.file_import = file_import
        kind = kind_of(file_import.kind)
        self._known_fields = kind.fields
        for index, column in enumerate(file_import.columns):
            choices = [("", _("– leave out –"))]
            choices += [(name, name) for name in kind.fields.parsers]
            if kind.fields.free:
                own = f"{kind.fields.free}{column}"
                if kind.fields.parser(own):
                    choices.append((own, own))
            chosen = file_import.fields_by_column.get(column, "")
            if chosen and chosen not in dict(choices):
                choices.append((chosen, chosen))
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=chosen
            )
        self.fields["known"].initial = file_import.known
        if not kind.ways:
            del self.fields["known"]

    def column_controls(self) -> list[forms.BoundField]:
        """The control of each column, in the order of the file."""
        return [self[f"column_{at}"] for at, _it in enumerate(self.file_import.columns)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        mapped = {
            column: cleaned.get(f"column_{index}", "")
            for index, column in enumerate(self.file_import.columns)
        }
        names = [name for name in mapped.values() if name]
        for name in sorted({it for it in names if names.count(it) > 1}):
            text = _("The field “{name}” is chosen for two columns.")
            self.add_error(None, text.format(name=name))
        for group in self._known_fields.needs:
            if not {*group} & {*names}:
                text = _("Choose a column for “{names}”.")
                shown = _("” or “").join(group)
                self.add_error(None, text.format(names=shown))
        return {"known": cleaned.get("known", Known.UPDATE), "mapped": mapped}
