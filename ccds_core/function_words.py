"""Words that carry grammar rather than content, without negations: an own list, off unless it is asked for."""

# standard stop lists do harm here: scikit-learn's holds "alone", the most telling word of sadness, and "not"
WORDS = """
    a an the i im ive id ill me my mine myself we us our ours you your yours he him his she her hers it its they
    them their theirs this that these those who whom whose which what when where why how and or but if because as
    than then so of in on at by for from to with about into through over after before during between up down out
    off again here there am is are was were be been being have has had having do does did doing will would can
    could should shall may might must just also too very really some any all each both more most other such own
    same like get got
"""
FUNCTION_WORDS = frozenset(WORDS.split())
