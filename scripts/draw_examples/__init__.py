"""The drawn example images: outlines and light underneath, one module per kind of subject on top.

`python -m scripts.draw_examples` writes them again. Start reading at `drawings.DRAWINGS`, `vessels.draw_ship` and
`canvas.Canvas`.
"""
