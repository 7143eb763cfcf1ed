"""Ask pyright whether every name of the public face has a complete type; exit 1 if not."""

import json
import subprocess
import sys


def main() -> int:
    """Run `pyright --verifytypes` and print what is not completely typed."""
    asked = ["pyright", "--verifytypes", "sagent", "--ignoreexternal", "--outputjson"]
    report = json.loads(subprocess.run(asked, capture_output=True, text=True, check=False).stdout)
    score = report["typeCompleteness"]["completenessScore"]
    for symbol in report["typeCompleteness"]["symbols"]:
        if symbol["isExported"] and not symbol["isTypeKnown"]:
            print(symbol["name"], *(problem["message"] for problem in symbol["diagnostics"]), sep="\n    ")
    print(f"{score:.1%} of the public names are completely typed")
    return 0 if score == 1 else 1


if __name__ == "__main__":
    sys.exit(main())
