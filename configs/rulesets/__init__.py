"""One device's rule sets, examined: rules that never decide, change nothing, could be one, have ended, let all in.

A dialect says what its lists and policies are (`model.RuleSets`); what follows from them stands here and knows no
vendor and no command. Everything is exact, in sets of packets; what a line does not tell is unknown, never sound.
"""
