"""Commands of the operator: python -m scripts.NAME."""

# First: it says how often what is loaded is looked through for garbage, and what is not loaded.
import src  # noqa: F401
