"""Serve: python -m scripts.serve. What ./start_optimized.sh runs once .venv is there."""

from src.embedded import supervisor

if __name__ == "__main__":
    raise SystemExit(supervisor.serve())
