"""`python -m ccds_core`: everything the screen can do, without a screen."""

from ccds_core.cli import main

if __name__ == "__main__":
    main()
