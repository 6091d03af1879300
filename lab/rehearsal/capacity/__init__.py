"""Whether the lines of a rehearsal carry what was measured on them, before, during and behind each stage.

`measured` reads the loads, `demands` says what hosts have to send each other for them, `shaping` gives every circuit
the inventory's bandwidth at a scale that is said, `generator` sends, `watch` counts and `judge` says what is too much.
Nothing is concluded of a line without a bandwidth or a measurement.
"""
