"""The look: components, charts, maps. Kit class names live only here."""
