"""The values of a run: read as the types of its parameters, checked, and made again where steps take them."""
