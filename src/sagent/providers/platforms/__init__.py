"""The clouds that serve other vendors' models: their paths, their bodies and what opens their doors."""
