"""What benchmarks/kill.py is made of: the start of processes, the kinds of work, and what is compared."""
