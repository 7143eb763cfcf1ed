"""The loop: a pure core that decides, and a driver that does."""
