"""Made-up data at volume: a million jobs and what belongs to them, for trying and measuring."""
