"""Assigning one thing or many, and the page of what a step over many did."""
