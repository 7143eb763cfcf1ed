"""Development only: writes src/sagent/schema/ from schemas/, and imports nothing of sagent."""
