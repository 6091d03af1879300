"""The ways to run a lab. Each is one module with a class that satisfies `lab.backend.Backend`."""
