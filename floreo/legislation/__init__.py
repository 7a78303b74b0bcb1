"""Laws: bills and Acts with their versions and provisions, the stages of a bill, amendments, and how they meet treaties."""
