"""`python -m ccds_core`: the command line.

It stands alone: Python looks for this name.
"""

from ccds_core.cli.main import main

if __name__ == "__main__":
    main()
