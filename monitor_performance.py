"""Shows how the running service fares: host, database, cache and API, and what is not well.

Exit code: 0 well; 1 something is bad, or with --strict a warning; 2 the service cannot be read.
"""

import sys

from src.ops.monitor import command, options


def main() -> int:
    return command.run(options.parser(__doc__).parse_args())


if __name__ == "__main__":
    sys.exit(main())
