"""The drawn example pictures: outlines and light underneath, one module per kind of subject on top."""
