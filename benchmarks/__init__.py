"""What the README claims about speed, runnable by anybody: see benchmarks/README.md."""
