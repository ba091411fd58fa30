"""Compile the demo chain's contracts: `python packaging/contracts_build.py [--check]`.

Sources are `resources/devnet/contracts/*.sol`, results `resources/devnet/artifacts/*.json`
(committed). The compiler is the npm package `solc` in the version that
`packaging/contracts/package.json` pins. Metadata hashes are left out of the bytecode, so equal
sources give equal bytes on every machine. `--check` compares instead of writing and ends with
status 1 on a difference, 3 where there is no compiler.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "resources" / "devnet" / "contracts"
ARTIFACTS = ROOT / "resources" / "devnet" / "artifacts"
PACKAGE = ROOT / "packaging" / "contracts"

#: Contracts that the chain puts into its genesis; everything else is imported by these.
CONTRACTS = (
    "Diamond",
    "RegistryFacet",
    "BidFacet",
    "SessionFacet",
    "Token",
    "Multicall",
    "DelegateRegistry",
)

NO_COMPILER = 3


class BuildError(Exception):
    """The contracts did not compile."""


class CompilerMissingError(BuildError):
    """node or the npm package solc is not at hand."""


def pinned_version() -> str:
    package = json.loads((PACKAGE / "package.json").read_text("utf-8"))
    return str(package["dependencies"]["solc"])


def find_compiler() -> Path:
    """Folder of an installed `solc` package in the pinned version."""
    if shutil.which("node") is None:
        raise CompilerMissingError("node is not installed")
    folder = PACKAGE / "node_modules" / "solc"
    manifest = folder / "package.json"
    if manifest.is_file():
        found = json.loads(manifest.read_text("utf-8"))["version"]
        if found == pinned_version():
            return folder
    raise CompilerMissingError(
        f"solc {pinned_version()} is not installed; run python packaging/contracts_build.py"
    )


def install_compiler() -> Path:
    """Install the pinned compiler with npm beside its package.json."""
    npm = shutil.which("npm")
    if npm is None:
        raise CompilerMissingError("npm is not installed")
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    result = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise CompilerMissingError(f"npm could not install solc: {result.stderr.strip()[-400:]}")
    return find_compiler()


def standard_input() -> dict[str, Any]:
    sources = {
        path.name: {"content": path.read_text("utf-8")} for path in sorted(SOURCES.glob("*.sol"))
    }
    return {
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "optimizer": {"enabled": True, "runs": 200},
            "evmVersion": "paris",
            "metadata": {"bytecodeHash": "none", "appendCBOR": False},
            "outputSelection": {
                "*": {"*": ["abi", "evm.deployedBytecode.object", "evm.methodIdentifiers"]}
            },
        },
    }


def compile_contracts(compiler: Path) -> dict[str, dict[str, Any]]:
    """Artifacts by contract name; raises BuildError with the compiler's messages."""
    node = shutil.which("node")
    if node is None:
        raise CompilerMissingError("node is not installed")
    result = subprocess.run(
        [node, str(PACKAGE / "compile.cjs"), str(compiler)],
        input=json.dumps(standard_input()),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    if result.returncode != 0:
        raise BuildError(result.stderr.strip())
    output = json.loads(result.stdout)
    messages = list(_messages(output))
    if messages:
        raise BuildError("\n".join(messages))
    return {name: _artifact(name, output["contracts"][f"{name}.sol"][name]) for name in CONTRACTS}


def _messages(output: dict[str, Any]) -> Iterator[str]:
    for entry in output.get("errors", []):
        yield str(entry.get("formattedMessage", entry.get("message", entry)))


def _artifact(name: str, compiled: dict[str, Any]) -> dict[str, Any]:
    code = compiled["evm"]["deployedBytecode"]["object"]
    if len(code) // 2 > 24_576:
        raise BuildError(f"{name} has {len(code) // 2} bytes, above the limit of EIP-170")
    return {
        "contract": name,
        "compiler": f"solc {pinned_version()}",
        "settings": "optimizer 200 runs, evmVersion paris, no metadata",
        "selectors": dict(sorted(compiled["evm"]["methodIdentifiers"].items())),
        "abi": compiled["abi"],
        "deployedBytecode": "0x" + code,
    }


def rendered(artifact: dict[str, Any]) -> str:
    return json.dumps(artifact, indent=1) + "\n"


def differences(artifacts: dict[str, dict[str, Any]]) -> list[str]:
    """Names of contracts whose committed artifact is missing or differs."""
    changed = []
    for name, artifact in artifacts.items():
        path = ARTIFACTS / f"{name}.json"
        if not path.is_file() or json.loads(path.read_text("utf-8")) != artifact:
            changed.append(name)
    return changed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="compile the contracts of the demo chain")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args(arguments)
    try:
        try:
            compiler = find_compiler()
        except CompilerMissingError:
            if options.check:
                raise
            compiler = install_compiler()
        artifacts = compile_contracts(compiler)
    except CompilerMissingError as error:
        print(f"no compiler: {error}", file=sys.stderr)
        return NO_COMPILER
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    if options.check:
        changed = differences(artifacts)
        if changed:
            print(f"artifacts differ from the sources: {', '.join(changed)}", file=sys.stderr)
        return 1 if changed else 0
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name, artifact in artifacts.items():
        (ARTIFACTS / f"{name}.json").write_text(rendered(artifact), "utf-8", newline="\n")
        size = len(artifact["deployedBytecode"]) // 2 - 1
        print(f"{name}: {size} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
