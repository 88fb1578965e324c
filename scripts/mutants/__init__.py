"""Do the tests notice a small fault? One change is made in a copy of the code, and its module's tests are run."""
