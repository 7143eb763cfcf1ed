"""The vendors' HTTP interfaces, from their side: one file each."""
