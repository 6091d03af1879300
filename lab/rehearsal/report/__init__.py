"""A rehearsal for people: one HTML file, light and printable, in either language."""
