"""Where conversations are kept: in memory, or one file each."""
