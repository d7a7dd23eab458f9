"""README examples: finds them, runs each by itself, and says what became of it."""

import ast
import builtins
import re
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt

from production_testers.phases.dx.measurements import BlockOutcome, BlockResult
from production_testers.phases.dx.subject import run_program

PYTHON_TAGS = frozenset({"python", "py", "python3"})
_NAME_ERROR = re.compile(r"NameError: name '(\w+)' is not defined")


def readme_blocks(description_text: str) -> tuple[str, ...]:
    """The fenced Python blocks of a Markdown text, in order."""
    return tuple(
        token.content
        for token in MarkdownIt().parse(description_text)
        if token.type == "fence" and _tag(token.info) in PYTHON_TAGS
    )


def execute_blocks(
    python: Path, blocks: Sequence[str], timeout_s: float = 10
) -> tuple[BlockResult, ...]:
    """Run each block by itself with `python` and classify it.

    A block is a *fragment*, not a failure, when it does not compile, when it holds `...` in the
    place of code, or when it misses a name that an earlier block defines.
    """
    results: list[BlockResult] = []
    defined: set[str] = set()
    for number, block in enumerate(blocks, start=1):
        results.append(_execute(python, block, number=number, defined=defined, timeout_s=timeout_s))
        defined |= names_defined(block)
    return tuple(results)


def names_defined(block: str) -> set[str]:
    """The names that a block binds anywhere; nothing when it does not compile."""
    try:
        tree = ast.parse(block)
    except SyntaxError:
        return set()
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
    return names - set(dir(builtins))


def _execute(
    python: Path, block: str, *, number: int, defined: set[str], timeout_s: float
) -> BlockResult:
    def result(outcome: BlockOutcome, error: str = "") -> BlockResult:
        first = next((line.strip() for line in block.splitlines() if line.strip()), "")
        return BlockResult(number=number, outcome=outcome, first_line=first, error=error)

    try:
        tree = ast.parse(block)
    except SyntaxError as error:
        return result(BlockOutcome.FRAGMENT, f"SyntaxError: {error.msg}")
    ended = run_program(python, block, timeout_s=timeout_s)
    if ended.code == 0:
        return result(BlockOutcome.OK)
    if ended.code is None:
        return result(BlockOutcome.FAILS, f"did not end within {timeout_s:g} s")
    missing = _NAME_ERROR.search(ended.last_line)
    leaves_out = any(isinstance(n, ast.Constant) and n.value is ... for n in ast.walk(tree))
    is_fragment = leaves_out or (missing is not None and missing[1] in defined)
    outcome = BlockOutcome.FRAGMENT if is_fragment else BlockOutcome.FAILS
    return result(outcome, ended.last_line or f"exit code {ended.code}")


def _tag(info: str) -> str:
    return (info.split() or [""])[0].lower().partition("{")[0]
