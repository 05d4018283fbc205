"""Copy third-party browser files from `npm pack` tarballs into the repository.

A developer runs `python tools/vendor.py FOLDER`, where FOLDER holds the tarballs that
`npm pack NAME@VERSION` leaves; nothing is fetched here. Each file is copied as it is,
but for `sourceMappingURL` comments: the maps they name are not copied, and Django's
manifest storage refuses a reference to a file that is not there.
`static/vendor/VENDORED.json` then lists every file with its package, version, licence
and SHA-256, and a test recomputes the sums.
"""

import argparse
import hashlib
import json
import re
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "VENDORED.json"
SOURCE_MAP = re.compile(rb"^\s*(//|/\*)[#@] sourceMappingURL=.*\n?", re.MULTILINE)
ICONS = """
    archive arrow-down arrow-left arrow-right arrow-up arrow-up-down ban banknote
    bell briefcase building-2 calendar chart-column check chevron-down chevron-left
    chevron-right circle-alert circle-check circle-help circle-x clock download ellipsis
    ellipsis-vertical external-link eye file-text flame funnel globe grip-vertical
    handshake history house inbox info key-round layers list log-out mail mail-open
    menu message-square monitor moon mouse-pointer-click pencil phone plus presentation
    rotate-ccw search settings sliders-horizontal sparkles square-kanban sun table tag
    target trash-2 trending-down trending-up triangle-alert upload user user-check
    users video x zap
"""


@dataclass(frozen=True)
class Package:
    """What is wanted of one tarball: path inside it → path in the repository."""

    name: str
    files: dict[str, str]

    @property
    def tarball_stem(self) -> str:
        return self.name.removeprefix("@").replace("/", "-")


PACKAGES = [
    Package(
        "htmx.org",
        {
            "dist/htmx.min.js": "static/vendor/htmx.min.js",
            "LICENSE": "static/vendor/htmx.LICENSE",
        },
    ),
    Package(
        "sortablejs",
        {
            "Sortable.min.js": "static/vendor/Sortable.min.js",
            "LICENSE": "static/vendor/Sortable.LICENSE",
        },
    ),
    Package(
        "echarts",
        {
            "dist/echarts.min.js": "static/vendor/echarts.min.js",
            "LICENSE": "static/vendor/echarts.LICENSE",
            "NOTICE": "static/vendor/echarts.NOTICE",
        },
    ),
    Package(
        "@fontsource-variable/inter",
        {
            "files/inter-latin-wght-normal.woff2": "static/vendor/inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": (
                "static/vendor/inter-latin-ext.woff2"
            ),
            "LICENSE": "static/vendor/inter.LICENSE",
        },
    ),
    Package(
        "lucide-static",
        {
            "sprite.svg": "static/vendor/lucide.svg",
            "LICENSE": "static/vendor/lucide.LICENSE",
        },
    ),
    Package(
        "axe-core",
        {
            "axe.min.js": "tests/browser/vendor/axe.min.js",
            "LICENSE": "tests/browser/vendor/axe.LICENSE",
        },
    ),
]


def sprite(*, archive: tarfile.TarFile) -> bytes:
    """One SVG file with each icon of `ICONS` as a symbol of its name."""
    lines = ['<svg xmlns="http://www.w3.org/2000/svg">']
    for name in ICONS.split():
        icon = read(archive=archive, path=f"icons/{name}.svg").decode()
        shapes = "".join(re.findall(r"<(?!svg|/svg|!)[^>]+>", icon))
        lines.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return "\n".join([*lines, "</svg>", ""]).encode()


def read(*, archive: tarfile.TarFile, path: str) -> bytes:
    """The content of one file of a package.

    Raises:
        KeyError: the package has no such file.
    """
    member = archive.extractfile(f"package/{path}")
    return member.read() if member else b""


def copy_package(*, package: Package, folder: Path) -> dict[str, Any]:
    """Copy one package's files; its entry of the manifest."""
    (tarball,) = folder.glob(f"{package.tarball_stem}-[0-9]*.tgz")
    sums: dict[str, str] = {}
    with tarfile.open(tarball) as archive:
        about = json.loads(read(archive=archive, path="package.json"))
        for source, target in package.files.items():
            if source == "sprite.svg":
                content = sprite(archive=archive)
            else:
                content = SOURCE_MAP.sub(b"", read(archive=archive, path=source))
            (ROOT / target).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / target).write_bytes(content)
            sums[target] = hashlib.sha256(content).hexdigest()
    return {
        "name": about["name"],
        "version": about["version"],
        "licence": about["license"],
        "sha256": sums,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the tarballs are")
    folder = parser.parse_args().folder
    entries = [copy_package(package=package, folder=folder) for package in PACKAGES]
    MANIFEST.write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    main()
