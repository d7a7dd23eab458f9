"""The machine that a run happens on, as config/environment.json states it."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from production_testers.experiments.environments import Environment
from production_testers.workspace.documents import EnvironmentDocument


def describe_machine(environment: Environment) -> EnvironmentDocument:
    """What environment.json holds: this machine, and the packages of the system under test."""
    dependencies: dict[str, str | None] = dict(sorted(environment.packages.items()))
    dependencies["stageflow"] = environment.packages.get("stageflow-core")
    return EnvironmentDocument(
        python_version=platform.python_version(),
        os=f"{platform.system()} {platform.release()}",
        cpu=_cpu(),
        memory_gb=_memory_gb(),
        gpu=_gpu(),
        dependencies=dependencies,
    )


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3)


def _gpu() -> str | None:
    """The first accelerator's name, where its driver's own tool says so."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return None
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    lines = done.stdout.strip().splitlines() if done.returncode == 0 else []
    return lines[0] if lines else None
