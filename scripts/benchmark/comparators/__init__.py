"""What the service is measured against; each is served as a process of its own."""
