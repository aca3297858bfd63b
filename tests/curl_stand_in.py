"""The few options of curl that the README uses, for a machine that has no curl."""

import sys
import urllib.error
import urllib.request


def main(arguments: list[str]) -> None:
    """Send the request and print the body, whatever its status, as curl does."""
    url, data, headers = "", None, {}
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "-H":
            name, _, value = next(waiting).partition(": ")
            headers[name] = value
        elif argument == "-d":
            data = next(waiting).encode()
        elif not argument.startswith("-"):
            url = argument
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request) as answer:
            print(answer.read().decode())
    except urllib.error.HTTPError as error:
        print(error.read().decode())


if __name__ == "__main__":
    main(sys.argv[1:])
