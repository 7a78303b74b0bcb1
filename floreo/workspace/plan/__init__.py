"""Running the plan: tree, actions, bulk edit, XLSX."""
