"""Functions that return a Select or one reviewed text()."""
