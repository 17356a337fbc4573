"""How knowledge spreads between people and units."""
