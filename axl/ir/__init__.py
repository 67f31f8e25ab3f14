"""What a workflow is: nodes, traversal, text, pictures, JSON and hash."""
