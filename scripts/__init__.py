"""What is run by hand; the app and its packages import nothing from here."""
