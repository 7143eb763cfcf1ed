"""What may be done without asking, and what may not be done at all."""
