"""Assessments and action plans as OSCAL, the data model of NIST for assessments: written, and read again.
https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-reference/"""
