#!/usr/bin/env python3
"""Resolve the dependencies of setup.cfg into requirements/, with hashes, for every platform we support."""

import configparser
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")

# What set-up itself runs on: pip installs these two, and uv then installs the rest.
TOOLS = "setuptools >=80\nuv >=0.9\n"
HEADER = "# Written by `make lock` from setup.cfg: what is installed, exactly. UPGRADE=1 renews it."


def resolve(name: str, wanted: str, *options: str) -> Path:
    """Write requirements/<name>.txt; versions already there stay unless `--upgrade` is among the options."""
    target = ROOT / "requirements" / f"{name}.txt"
    command = [
        str(UV), "pip", "compile", "-", "--output-file", str(target), "--quiet", "--no-header",
        "--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate",
        "--no-config", "--no-emit-package", "guildhall", *options,
    ]  # fmt: skip
    # An index or a folder of wheels set up on one machine has no place in a file for all.
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("UV_", "PIP_"))}
    subprocess.run(command, input=wanted, text=True, check=True, env=environment, cwd=ROOT)
    locked = target.read_text(encoding="utf-8")
    if "://" in locked or "--find-links" in locked:
        raise SystemExit(f"{target} names an address or a folder of this machine")
    target.write_text(f"{HEADER}\n{locked}", encoding="utf-8")
    return target


def main(options: list[str]) -> None:
    """Resolve the tools, what the product needs, and what its tests need on top."""
    config = configparser.ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    runtime = config["options"]["install_requires"]
    (ROOT / "requirements").mkdir(exist_ok=True)
    tools = resolve("setup", TOOLS, *options)
    locked = resolve("runtime", runtime, "--constraint", str(tools), *options)
    test = config["options.extras_require"]["test"]
    resolve("test", f"{runtime}\n{test}", "--constraint", str(tools), "--constraint", str(locked), *options)


if __name__ == "__main__":
    main(sys.argv[1:])
