"""For type checkers: what must be accepted, and mistakes that must be refused."""
