"""Obligations under law: what is due of whom, and staged notifications of incidents."""
