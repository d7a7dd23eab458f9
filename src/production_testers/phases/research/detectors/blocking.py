"""Calls that stop the event loop, and files that every process of a machine shares."""

import ast
from collections.abc import Iterator

from production_testers.phases.research.hazard import Hazard, HazardKind
from production_testers.phases.research.syntax import Function

BLOCKING = frozenset(
    {
        "open",
        "input",
        "time.sleep",
        "os.system",
        "os.popen",
        "socket.create_connection",
        "sqlite3.connect",
        "urllib.request.urlopen",
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.Popen",
    }
)
BLOCKING_PACKAGES = ("requests.", "shutil.")
FIXED_ROOTS = ("/tmp/", "/var/", "/home/", "/root/", "/etc/", "C:\\")  # noqa: S108 - searched for


def find_blocking_calls(function: Function) -> Iterator[Hazard]:
    """Blocking functions of the standard library (and `requests`) on the event loop."""
    for call, name in _blocking(function):
        yield function.hazard(
            HazardKind.BLOCKING_CALL,
            call,
            f"While `{name}` in `{function.short_name}` takes its time, no other task of the "
            "event loop makes a step.",
        )


def find_fixed_paths(function: Function) -> Iterator[Hazard]:
    """Files opened on the event loop at an absolute path that is written in the code."""
    constants = _module_constants(function)
    for call, name in _blocking(function):
        if name != "open" or not call.args:
            continue
        argument = call.args[0]
        path = argument.value if isinstance(argument, ast.Constant) else None
        if isinstance(argument, ast.Name):
            path = constants.get(argument.id)
        if isinstance(path, str) and path.startswith(FIXED_ROOTS):
            yield function.hazard(
                HazardKind.FIXED_PATH,
                call,
                f"Calling `{function.short_name}` writes to or reads `{path}` on the host, "
                "whatever the user configured, and two processes share that file.",
            )


def _blocking(function: Function) -> Iterator[tuple[ast.Call, str]]:
    if not function.runs_on_loop:
        return
    for call in function.calls():
        name = function.name_of(call.func)
        is_blocking = name in BLOCKING or name.startswith(BLOCKING_PACKAGES)
        if is_blocking and not _is_handed_to_a_thread(function, call):
            yield call, name


def _is_handed_to_a_thread(function: Function, call: ast.Call) -> bool:
    """Whether it stands in a lambda or a nested function that is never called by its name."""
    called = {function.name_of(other.func) for other in function.calls()}
    for outer in function.around(call):
        if isinstance(outer, ast.Lambda):
            return True
        if isinstance(outer, ast.FunctionDef) and outer is not function.node:
            return outer.name not in called
    return False


def _module_constants(function: Function) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in function.module.tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
