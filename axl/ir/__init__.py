"""What a workflow is: nodes, traversal, text, JSON and hash."""
