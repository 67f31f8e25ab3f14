"""Values to bytes to places: handlers turn values into bytes, stores keep them."""
