import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = json.loads((ROOT / "static" / "vendor" / "VENDORED.json").read_text())


def test_every_vendored_file_is_as_it_was_copied():
    for package in PACKAGES:
        for path, sha256 in package["sha256"].items():
            content = (ROOT / path).read_bytes()
            assert hashlib.sha256(content).hexdigest() == sha256, path


def test_every_file_of_the_vendor_folder_is_listed():
    listed = {path for package in PACKAGES for path in package["sha256"]}
    present = {
        str(path.relative_to(ROOT)) for path in (ROOT / "static" / "vendor").iterdir()
    }
    assert present - listed == {"static/vendor/VENDORED.json"}


def test_htmx_is_the_version_that_the_house_rules_were_tried_with():
    (htmx,) = [package for package in PACKAGES if package["name"] == "htmx.org"]

    assert htmx["version"] == "4.0.1"
    assert '"4.0.1"' in (ROOT / "static/vendor/htmx.min.js").read_text()


def test_every_icon_that_a_template_names_is_in_the_sprite():
    sprite = (ROOT / "static/vendor/lucide.svg").read_text()
    for path in (ROOT / "templates").rglob("*.html"):
        for piece in path.read_text().split('{% icon "')[1:]:
            assert f'id="{piece.split(chr(34))[0]}"' in sprite, path
