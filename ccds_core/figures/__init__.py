"""Results -> Altair charts and image bytes; nothing here knows a screen."""
