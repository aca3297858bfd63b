"""Proofs of the performance targets: python -m scripts.benchmark NAME (docs/performance.md)."""
