"""Sessions that were: listed, shown, searched, exported, mended and deleted."""
