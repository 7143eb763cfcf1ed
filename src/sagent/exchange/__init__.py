"""How the processes of one user reach each other's agents: a socket for each, and lines of JSON."""
