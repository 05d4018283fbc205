"""Running an import command as a person at the shell does."""

from io import StringIO

from django.core.management import call_command


def run(command, folder, content, *options):
    """What the command prints for a file of this text or these bytes."""
    path = folder / "input.csv"
    raw = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(raw)
    printed = StringIO()
    refused = f"--refused={folder / 'refused.csv'}"
    call_command(command, path, refused, *options, stdout=printed, stderr=printed)
    return printed.getvalue()
