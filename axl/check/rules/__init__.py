"""One file per mistake that authors make; `axl.check` lists them."""
