"""Small general types that know nothing of agents."""
