"""Texts of records that wait for a translation, and files of them."""
