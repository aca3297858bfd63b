"""Commands of the operator: python -m scripts.NAME."""
