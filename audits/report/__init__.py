"""A report as files (`files.write`): for machines, for reading, for working off, for handing in. The same counts in all."""
