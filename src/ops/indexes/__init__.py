"""The audit of indexes against the models: what differs, its mending, and the proof of each use."""
