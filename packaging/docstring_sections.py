"""Checks that docstrings have their sections Args, Returns, Raises: docstring_sections.py [PATH].

Without paths it checks those that pyproject.toml lists under [tool.docstring-sections]. Whether a
section fits its function is ruff's part (D417, DOC102, DOC202, DOC403).
"""

import ast
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
Function = ast.FunctionDef | ast.AsyncFunctionDef
NOTHING = ("None", "NoReturn", "Never", "Job[None]")


def missing(source: str) -> Iterator[tuple[int, str]]:
    """List the sections that the public functions of a module lack.

    Functions without arguments and properties need none: their first line says it all.

    Args:
        source: The module's text.

    Yields:
        The line of a function, and what its docstring lacks.
    """
    for function in _public(ast.parse(source)):
        text = ast.get_docstring(function) or ""
        headings = {line.rstrip(":") for line in text.splitlines() if line.endswith(":")}
        for section in _needed(function) - headings:
            yield function.lineno, f"{function.name} has no {section}"
        raises = text.partition("\nRaises:\n")[2]
        for error in _raised(function):
            is_class = error.lstrip("_")[:1].isupper()  # not a function that makes the error
            if is_class and "Raises" in headings and f"{error}:" not in raises:
                yield function.lineno, f"{function.name} does not name {error} in Raises"


def main(paths: Sequence[str]) -> int:
    """Print each section that is missing.

    Args:
        paths: Files and folders below the root; none for those that are listed.

    Returns:
        The exit status, 1 when anything is missing.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    names = paths or project["tool"]["docstring-sections"]["checked"]
    count = 0
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else (path,):
            for line, text in sorted(missing(file.read_text("utf-8"))):
                print(f"{file.relative_to(ROOT)}:{line}: {text}")
                count += 1
    if count:
        print(f"{count} sections are missing.")
    return min(count, 1)


def _public(scope: ast.Module | ast.ClassDef) -> Iterator[Function]:
    """Functions and methods that others may call, without properties and special methods."""
    for node in scope.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node)
        elif isinstance(node, Function) and _is_described(node):
            yield node


def _is_described(function: Function) -> bool:
    # Qt's own methods, which widgets override, are in camel case and described by Qt.
    kinds = tuple(ast.unparse(decorator) for decorator in function.decorator_list)
    is_property = any(kind.endswith(("property", ".setter", "overload")) for kind in kinds)
    return function.name.islower() and not function.name.startswith("_") and not is_property


def _needed(function: Function) -> set[str]:
    given = function.args
    arguments = {
        argument.arg
        for argument in (
            *given.posonlyargs,
            *given.args,
            *given.kwonlyargs,
            given.vararg,
            given.kwarg,
        )
        if argument is not None and argument.arg not in ("self", "cls")
    }
    if not arguments:
        return set()
    needed = {"Args"}
    if function.returns is not None and ast.unparse(function.returns) not in NOTHING:
        only_yields = _has_yield(function) and not _has_result(function)
        needed.add("Yields" if only_yields else "Returns")
    if _raised(function):
        needed.add("Raises")
    return needed


def _has_yield(function: Function) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own(function))


def _has_result(function: Function) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in _own(function))


def _raised(function: Function) -> set[str]:
    """The names of the exceptions that are made and raised in the function's own body."""
    made = (node.exc.func for node in _own(function) if _makes_error(node))
    names = {ast.unparse(each).rpartition(".")[2] for each in made}
    return {name for name in names if not name.startswith("_")}  # not a function that makes one


def _makes_error(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)


def _own(function: Function) -> Iterator[ast.AST]:
    """The nodes of a function's body, but for those of functions defined inside."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
