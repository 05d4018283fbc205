"""The rules of the house that no linter knows."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
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

STATUSES = {"status", "stage"}
BELONGING = {"owner", "owner_id", "held_since", "held_until"}
HAVE_STATUS = {"Handoff", "RoutingPlan", "ScoringModel", "Standing"}
INSERTS = {"create", "bulk_create", "get_or_create", "update_or_create"}
# They make rows to measure or to show with, in no workspace that is at work.
SAMPLES = (
    "scoring/benchmarks/",
    "handoff/benchmarks/",
    "leads/capture/benchmarks/",
    "leads/nurture/benchmarks/",
    "config/demo/",
)
# A deal and an account have an owner of their own.
OF_DEALS = ("handoff/selling/deal", "leads/accounts.py")


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines()


def breaking(paths: list[Path], is_broken: Callable[[Path], object]) -> list[str]:
    """Name the files that break a rule: the tests want none.

    One test a rule, not one a file and rule: thousands of those cost half a minute.
    """
    return [str(path.relative_to(ROOT)) for path in paths if is_broken(path)]


def lies_in(path: Path, places: tuple[str, ...]) -> bool:
    return path.relative_to(ROOT).as_posix().startswith(places)


def writes(tree: ast.Module, names: set[str]) -> list[int]:
    """The line of each `x.status = …`, `.update(status=…)` and `bulk_update`."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Call)
        and names & set(written_names(node))
    ]


def written_names(node: ast.stmt | ast.Call) -> Iterator[str]:
    match node:
        case ast.Assign(targets=targets):
            yield from (part.attr for part in attributes(targets))
        case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            yield from (part.attr for part in attributes([target]))
        case ast.Call(func=ast.Attribute(attr="update"), keywords=keywords):
            yield from (keyword.arg or "" for keyword in keywords)
        case ast.Call(func=ast.Attribute(attr="bulk_update")):
            told = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            texts = (part for arg in told for part in ast.walk(arg))
            yield from (str(text.value) for text in texts if is_constant(text))


def is_constant(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant)


def attributes(targets: list[ast.expr]) -> Iterator[ast.Attribute]:
    """Yield the attributes that an assignment writes, also in `a.x, a.y = …`."""
    for target in targets:
        parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
        yield from (part for part in parts if isinstance(part, ast.Attribute))


def rows_made(tree: ast.Module, models: set[str]) -> list[ast.Call]:
    """Each `Model(…)`, and each `Model.objects.create(…)` or the like."""
    made = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in models:
                made.append(node)
            case ast.Call(
                func=ast.Attribute(
                    attr=verb, value=ast.Attribute(value=ast.Name(id=name))
                )
            ) if verb in INSERTS and name in models:
                made.append(node)
    return made


def made_with_a_status(tree: ast.Module) -> list[int]:
    """The line of each new row that is given another status than its first."""
    return [
        call.lineno
        for call in rows_made(tree, HAVE_STATUS)
        if STATUSES & {keyword.arg for keyword in call.keywords}
    ]


def test_only_lifecycle_modules_write_a_status():
    def writes_one(path):
        tree = tree_of(path)
        makes_one = made_with_a_status(tree) and not lies_in(path, SAMPLES)
        return path.name != "lifecycle.py" and (writes(tree, STATUSES) or makes_one)

    assert not breaking(MODULES, writes_one)


def test_activities_are_recorded_in_one_place():
    def records_one(path):
        allowed = path == ROOT / "leads/activities.py" or lies_in(path, SAMPLES)
        return not allowed and rows_made(tree_of(path), {"Activity"})

    assert not breaking(MODULES, records_one)


def test_only_the_lifecycle_of_leads_writes_owner_and_hold():
    def writes_one(path):
        allowed = path == ROOT / "leads/lifecycle.py" or lies_in(path, OF_DEALS)
        return not allowed and writes(tree_of(path), BELONGING)

    assert not breaking(MODULES, writes_one)


@pytest.mark.parametrize(
    "source",
    [
        "lead.status = 1",
        "lead.status, lead.name = 1, 2",
        "lead.status += 1",
        "leads.filter(pk=1).update(status=1)",
        "Lead.objects.bulk_update(leads, ['name', 'status'])",
        "Lead.objects.bulk_update(leads, fields=('status',))",
    ],
)
def test_a_status_that_is_written_is_seen(source):
    assert writes(ast.parse(source), STATUSES) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "Handoff(status=1)",
        "Handoff.objects.create(lead=1, status=1)",
        "Handoff.objects.bulk_create([Handoff(lead=1, status=1)])",
    ],
)
def test_a_row_that_is_made_is_seen(source):
    assert made_with_a_status(ast.parse(source)) == [1]


def test_models_do_not_override_save():
    models = [path for path in MODULES if "models" in path.with_suffix("").parts]
    assert not breaking(models, lambda path: "def save(" in path.read_text())


def test_functions_and_files_stay_readable():
    def is_too_long(path):
        lines = len(lines_of(path))
        functions = (
            node.end_lineno - node.lineno
            for node in ast.walk(tree_of(path))
            if isinstance(node, ast.FunctionDef)
        )
        return lines > 400 or max(functions, default=0) >= 50

    assert not breaking(MODULES + TEST_MODULES, is_too_long)


def test_every_module_says_what_it_is_for():
    def is_silent(path):
        tree = tree_of(path)
        return tree.body and path.name != "apps.py" and not ast.get_docstring(tree)

    assert not breaking(MODULES, is_silent)


def test_a_partial_is_named_like_the_element_it_renders():
    def is_named_otherwise(path):
        html = path.read_text()
        named = PARTIAL.findall(html)
        return len(named) != html.count("{% partialdef") or any(
            partial != element_id for partial, element_id in named
        )

    assert not breaking(TEMPLATES, is_named_otherwise)


def test_templates_escape_everything_and_carry_no_inline_code():
    def carries_code(path):
        html = path.read_text()
        inline = "<script" in re.sub(r"<script[^>]* src=", "", html)
        return inline or any(word in html for word in UNSAFE)

    assert not breaking(TEMPLATES, carries_code)


def test_no_region_repeats_the_name_of_the_section_around_it():
    """A screen reader would tell the same landmark twice."""
    all_of_them = "".join(path.read_text() for path in TEMPLATES)

    def repeats(path):
        named = re.findall(r'role="region" (aria-labelledby="[^"]+")', path.read_text())
        return any(all_of_them.count(label) > 1 for label in named)

    assert not breaking(TEMPLATES, repeats)


def test_templates_stay_readable():
    assert not breaking(TEMPLATES, lambda path: len(lines_of(path)) > 120)


def test_a_shared_fragment_says_what_it_needs():
    shared = [path for path in TEMPLATES if path.name.startswith("_")]
    assert not breaking(shared, lambda path: not path.read_text().startswith("{#"))
