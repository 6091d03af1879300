"""What filters, routes and peers mean, without a vendor: statements that the dialects read out of a text."""
