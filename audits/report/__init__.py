"""A report as files: JSON for machines, one HTML file for people. The same counts in every format."""
