"""Real servers, spoken to as anybody's would be."""
