"""What import-linter cannot say, read from the source's syntax tree: each function gives the offending lines as `line: why`."""

import ast
from collections.abc import Iterator

FORBIDDEN_IN_RULES = ("django.db", "django.http", "django.utils.timezone", "reachin.groundwork.clock.present")
CLOCK_CALLS = {"now", "today", "utcnow", "localdate", "localtime"}
WRITING_CALLS = {"save", "create", "delete", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}


WAYS_OUT = ("django.core.mail", "smtplib", "notifications_python_client", "requests", "httpx", "urllib.request", "http.client", "socket")
"""What something could be sent with."""


def impurities(source: str) -> list[str]:
    """In rules: no database, no clock, no request."""
    tree = ast.parse(source)
    found = [f"{line}: imports {name}" for line, name in _imports(tree) if name.startswith(FORBIDDEN_IN_RULES) or _is_clock(name)]
    found += [
        f"{call.lineno}: asks the clock" for call in _calls(tree) if _called(call) in CLOCK_CALLS and isinstance(call.func, ast.Attribute)
    ]
    return found + requests(source)


def requests(source: str) -> list[str]:
    """In rules and actions: no HTTP request, neither imported nor received."""
    tree = ast.parse(source)
    found = [f"{line}: imports {name}" for line, name in _imports(tree) if name.startswith("django.http")]
    return found + [f"{node.lineno}: receives a request" for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg == "request"]


def writings(source: str) -> list[str]:
    """In interfaces: nothing is written; only actions change things. A session may be written, it belongs to the visit."""
    found = []
    for call in _calls(ast.parse(source)):
        if not isinstance(call.func, ast.Attribute) or _chain(call.func.value)[-1:] == ["session"]:
            continue
        by_queryset = call.func.attr == "update" and ("objects" in _chain(call.func.value) or isinstance(call.func.value, ast.Call))
        if call.func.attr in WRITING_CALLS or by_queryset:
            found.append(f"{call.lineno}: calls .{call.func.attr}()")
    return found


def sendings(source: str) -> list[str]:
    """Where something is sent, or somebody made reachable, other than by the outbox and a safe contact."""
    tree = ast.parse(source)
    found = [f"{line} {name}" for line, name in _imports(tree) if name.startswith(WAYS_OUT)]
    return found + [f"{call.lineno} {_called(call)}" for call in _calls(tree) if _called(call) == "SafeContact"]


def _is_clock(name: str) -> bool:
    return name == "reachin.groundwork.clock.now"


def _imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported name, in full."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{node.module or ''}.{alias.name}") for alias in node.names)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _chain(node: ast.expr) -> list[str]:
    """The names of a dotted expression, through calls: `a.b.filter(x).c` gives a, b, filter, c."""
    if isinstance(node, ast.Call):
        return _chain(node.func)
    if isinstance(node, ast.Attribute):
        return [*_chain(node.value), node.attr]
    return [node.id] if isinstance(node, ast.Name) else []
