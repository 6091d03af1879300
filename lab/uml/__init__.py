"""One User-mode Linux machine that a netns lab runs inside, for what this machine's own kernel lacks.

`machine` says how it is booted, as data; `holder` is the one process of ours that holds it, in namespaces of its own;
`agent` is process 1 inside; `frames` is what they say to each other; `run` brings a command in and its output out;
`probe` says what is lacking. Inside, `lab.netns.keeper` builds the very nodes that it builds outside.

Its disk is this machine's, read through hostfs, under an overlay in its own memory: nothing is downloaded and
nothing is written. Two taps lead in: one to the agent, one to the lab's management network.
"""
