"""Where addresses stand in a language: tables of commands, and what could be an address in a line."""
