"""A report as files (`files.write`): for machines, for reading, to work off, to hand in; the same counts in all."""
