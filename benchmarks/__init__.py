"""Measurements of our own, given as ratios within one run, since timings differ from hour to hour."""
