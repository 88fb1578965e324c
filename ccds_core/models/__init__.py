"""Model families and the one table that lists them."""
