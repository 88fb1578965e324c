"""Where the parts of a page stand in the browser: what covers what, and what is cut."""

from playwright.sync_api import Page

FIGURES = ("stVegaLiteChart", "stImage", "stAlert", "stMetric", "stTable", "stDataFrame")
CONTROLS = ("stButton", "stButtonGroup", "stSelectbox", "stSlider", "stCheckbox", "stPopover", "stMultiSelect",
            "stNumberInput", "stTextInput", "stTextArea", "stFileUploader", "stHeading")  # fmt: skip
BOXES = """names => [...document.querySelectorAll(names.map(name => `[data-testid="${name}"]`).join(','))]
    .filter(part => part.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(part => ![...document.querySelectorAll('[data-testid=stPopoverBody]')].some(body => body.contains(part)))
    .map(part => { const box = part.getBoundingClientRect();
        return {name: part.dataset.testid + ' ' + (part.innerText || part.ariaLabel || '').slice(0, 40),
                left: box.left, top: box.top, right: box.right, bottom: box.bottom}; })
    .filter(box => box.right - box.left > 2 && box.bottom - box.top > 2)"""
SMALL_TEXTS = """smallest => { const found = [];
    const look = root => { const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
        while (walk.nextNode()) {
            const node = walk.currentNode, holder = node.parentElement;
            if (node.shadowRoot) look(node.shadowRoot);
            if (node.nodeType !== Node.TEXT_NODE || !holder || !node.textContent.trim()) continue;
            if (['STYLE', 'SCRIPT'].includes(holder.tagName)) continue;
            if (holder.checkVisibility({visibilityProperty: true, opacityProperty: true}) &&
                parseFloat(getComputedStyle(holder).fontSize) < smallest) found.push(node.textContent.trim());
        } };
    look(document.querySelector('[data-testid=stMain]'));
    return found; }"""
CUT_TEXTS = """() => [...document.querySelectorAll('[data-testid=stVegaLiteChart] svg.marks')].flatMap(chart => {
    const edge = chart.getBoundingClientRect();
    return [...chart.querySelectorAll('text')].filter(text => { const box = text.getBoundingClientRect();
        return box.width > 2 && (box.left < edge.left - 8 || box.right > edge.right + 8); })
        .map(text => text.textContent); })"""
SMALLEST = 14  # pixels of a letter that a class reads from a projector
TOUCH = 3  # pixels by which two parts may overlap: borders and rounded corners

Box = dict[str, float]


def boxes(page: Page, names: tuple[str, ...] = FIGURES + CONTROLS) -> list[Box]:
    """Name and place of every visible part of these kinds, in pixels of the window."""
    return page.evaluate(BOXES, list(names))


def small_texts(page: Page) -> list[str]:
    """Every text of the page that is smaller than `SMALLEST`."""
    return page.evaluate(SMALL_TEXTS, SMALLEST)


def cut_texts(page: Page) -> list[str]:
    """Every text of a chart that is cut at its side; the box of slanted text is larger than the text."""
    return page.evaluate(CUT_TEXTS)


def overlapping(parts: list[Box]) -> list[tuple[object, object]]:
    """Pairs of parts that cover each other; a part inside another is no fault."""
    return [
        (one["name"], other["name"])
        for place, one in enumerate(parts)
        for other in parts[place + 1 :]
        if _meet(one, other) and not _inside(one, other) and not _inside(other, one)
    ]


def _meet(one: Box, other: Box) -> bool:
    across = min(one["right"], other["right"]) - max(one["left"], other["left"])
    down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
    return across > TOUCH and down > TOUCH


def _inside(one: Box, other: Box) -> bool:
    return (
        one["left"] >= other["left"] - TOUCH
        and one["right"] <= other["right"] + TOUCH
        and one["top"] >= other["top"] - TOUCH
        and one["bottom"] <= other["bottom"] + TOUCH
    )
