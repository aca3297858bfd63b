"""The benchmarks: a module each, found by scripts.benchmark.registry."""
