"""Check the cache's protocol, and those that were rejected, in every order of their steps.

Prints a table of what holds: I1, no read that began after a write was acknowledged shows less; I2,
nothing old is left when all is quiet. Exits with 1 when it is not as documented.
"""

import argparse
import json
import sys

from scripts.cache_model.check import Finding, check
from scripts.cache_model.protocol import PROTOCOLS


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(prog="scripts.cache_model", description=__doc__)
    parser.add_argument(
        "--reduced", action="store_true", help="fewer processes and faults: seconds, as in CI"
    )
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    findings = []
    for number, protocol in enumerate(PROTOCOLS, 1):
        if sys.stderr.isatty():
            print(f"\r{number} of {len(PROTOCOLS)}", end="\r", file=sys.stderr, flush=True)
        findings.append(check(protocol, is_reduced=chosen.reduced))
    rows = [_row(finding) for finding in findings]
    print(json.dumps(rows) if chosen.json else _as_table(findings))
    return 0 if all(finding.is_expected for finding in findings) else 1


def _row(finding: Finding) -> dict[str, object]:
    return {
        "protocol": finding.protocol.name, "i1": finding.i1, "i2": finding.i2,
        "states": finding.states, "is_expected": finding.is_expected,
    }  # fmt: skip


def _as_table(findings: list[Finding]) -> str:
    width = max(len(finding.protocol.name) for finding in findings)
    lines = [f"{'protocol':<{width}}  I1   I2   {'states':>10}"]
    for finding in findings:
        i1, i2 = (("no", "yes")[holds] for holds in (finding.i1, finding.i2))
        mark = "" if finding.is_expected else "  NOT AS DOCUMENTED"
        name = finding.protocol.name
        lines.append(f"{name:<{width}}  {i1:<4} {i2:<4} {finding.states:>10,}{mark}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
