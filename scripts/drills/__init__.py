"""What the drills share: an instance of their own, steady traffic on it, and what came back."""
