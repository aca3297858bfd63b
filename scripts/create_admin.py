"""Makes an admin and prints the password once: `python -m scripts.create_admin EMAIL`."""

import argparse
import sys

from marshmallow import ValidationError

from src.config import ConfigError, from_process
from src.errors import DomainError
from src.main import create_app
from src.schemas.texts import Address
from src.services import user as user_service


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("email", metavar="EMAIL")
    try:
        email = Address().deserialize(parser.parse_args().email)
        with create_app(from_process()).app_context():
            password = user_service.create_admin(email)
    except (ConfigError, DomainError, ValidationError) as error:
        sys.exit(f"talentsphere: {error}")
    print(f"{email}\n{password}")


if __name__ == "__main__":
    main()
