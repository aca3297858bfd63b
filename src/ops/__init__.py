"""What the root scripts call: audits, reports, imports."""
