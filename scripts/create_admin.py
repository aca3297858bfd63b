"""Makes an admin and prints the password once: `python -m scripts.create_admin EMAIL`."""

import argparse

from marshmallow import ValidationError

from src.errors import DomainError
from src.main import create_app
from src.ops import command, owner
from src.schemas.texts import Address
from src.services import user as user_service


@command.told
def main() -> int:
    """0 when it is made, 1 when the address has an account already, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m scripts.create_admin", description=__doc__)
    parser.add_argument("email", metavar="EMAIL")
    try:
        email = Address().deserialize(parser.parse_args().email)
    except ValidationError as error:
        parser.error(f"EMAIL: {' '.join(map(str, error.messages))}")
    try:
        with owner.application(create_app).app_context():
            password = user_service.create_admin(email)
    except DomainError as error:
        command.say(str(error))
        return 1
    print(f"{email}\n{password}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
