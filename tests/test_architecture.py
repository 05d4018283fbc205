"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ["config", "leads", "scoring", "handoff", "reports"]
MODULES = [
    path
    for app in APPS
    for path in sorted((ROOT / app).rglob("*.py"))
    if "migrations" not in path.parts
]
TEST_MODULES = sorted((ROOT / "tests").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PARTIAL = re.compile(r"{% partialdef (\S+)[^%]*%}\s*<\w+ id=\"([^\"]*)\"")
UNSAFE = ("|safe", "mark_safe", "autoescape off", "style=", "onclick=", "hx-on", "js:")

in_every_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(ROOT))
)
in_every_template = pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT))
)


def status_writes(tree: ast.Module) -> Iterator[int]:
    """Yield the line of each `x.status = ...` and `.update(status=...)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Attribute(attr="status" | "stage")]):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="update"), keywords=keywords):
                if any(keyword.arg in {"status", "stage"} for keyword in keywords):
                    yield node.lineno


@in_every_module
def test_only_lifecycle_modules_write_a_status(path):
    if path.name != "lifecycle.py":
        assert not list(status_writes(ast.parse(path.read_text())))


@in_every_module
def test_models_do_not_override_save(path):
    if "models" in path.relative_to(ROOT).with_suffix("").parts:
        assert "def save(" not in path.read_text()


@pytest.mark.parametrize(
    "path", MODULES + TEST_MODULES, ids=lambda path: str(path.relative_to(ROOT))
)
def test_functions_and_files_stay_readable(path):
    source = path.read_text()
    assert len(source.splitlines()) <= 400
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert node.end_lineno - node.lineno < 50, node.name


@in_every_module
def test_every_module_says_what_it_is_for(path):
    tree = ast.parse(path.read_text())
    if tree.body and path.name != "apps.py":
        assert ast.get_docstring(tree)


@in_every_template
def test_a_partial_is_named_like_the_element_it_renders(path):
    html = path.read_text()
    named = PARTIAL.findall(html)
    assert len(named) == html.count("{% partialdef")
    assert all(partial == element_id for partial, element_id in named)


@in_every_template
def test_templates_escape_everything_and_carry_no_inline_code(path):
    html = path.read_text()
    assert not [word for word in UNSAFE if word in html]
    assert "<script" not in re.sub(r"<script[^>]* src=", "", html)


@in_every_template
def test_templates_stay_readable(path):
    assert len(path.read_text().splitlines()) <= 120


@in_every_template
def test_a_shared_fragment_says_what_it_needs(path):
    if path.name.startswith("_"):
        assert path.read_text().startswith("{#")
