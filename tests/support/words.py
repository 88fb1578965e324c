"""Words that must not come back on the screen, in `--help`, in errors and in the documents: `words.md`, left column."""

import re
from collections.abc import Iterable

# A line is one regular expression. What could be right elsewhere carries enough of its surroundings to be unmistakable.
PHRASES = r"""
First weights
PyTorch's own
Xavier as written
Xavier that runs
Norm on (linears|convs)
[Ss]eventh conv
After a linear layer
[Mm]ultiply-adds
[Bb]eside architecture 1
Not a preset:
\b[Pp]ictures?\b
[Ss]ignal at step 0
Beside it
Begun with
(?<!earning[ -])\b[Rr]ate 0\.0
Washed out
Features' spread
[Ff]irst gradient\b
near an end\b
units at zero
\b[Ll]essons?\b
Networks of my own
\bRecipe\b
\bas set\b
Update : weight
\b[Gg]uessing: ln 10
\bnats\b
\bupdates\b
No guess\b
[Ll]oss ends lowest
We shall see
will stand here
[Gg]o back and fork
the way out
[Tt]heir mean says
\b[Ss]urest\b
\b[Ll]east sure
cannot say 'none of these'
this sure\b
that is looked at
[Cc]lass explained
[Ww]here it looked
[Ii]s it true
taken away
alone kept
hangs on\b
truer than
\b[Ss]peaks? for
find nothing
[Ww]rong answers
\blorry
\bfreighter
\bstag\b
\bairliner
with networks as judges
Bring a sentence
rule without learning
word tables
learned table
Many at once
Unknown:
blue against
classifier's token
head of (the|a) BERT \W*reads
Number of a head
Each head as
Links up to
\d ?% hidden
\b[Ll]ikeliest
Heads switched off
Keep only these
\bfirst come\b
standard errors
Evidence for
What a word gets
once a sentence
\+ shrunk
drawn to the word
Times the number of words
Function words stay
stand near
Take away
of at least so many
no class in particular
is taken for
finds \w+ easiest
may be as good
\b[Dd]emonstrated
\d (pictures|images|texts|rows) apart
Options and cost
What each took
come out as reported
the seed decides
That are\b
looks? at (pictures|images)\b
(?<![\d.,])1 (updates|steps|epochs|runs|words|texts|images|sentences|heads|models|rows)\b
\d%(?![0-9A-F]{2})
""".strip().splitlines()
# Labels that are wrong where they stand alone.
LABELS = frozenset({
    "1 batch", "By class", "Dead", "Explained", "Go on", "Inside", "Its confusions", "Its curves", "Its network",
    "Measure", "Nothing", "The table", "Their curves",
})  # fmt: skip
PATTERN = re.compile("|".join(f"(?:{phrase})" for phrase in PHRASES))


def find_words(texts: Iterable[str]) -> list[str]:
    """Every such word with what stands around it; Markdown's backslashes do not hide it."""
    plain = sorted({text.replace("\\", "") for text in texts})
    labels = [text for text in plain if text.strip() in LABELS]
    return labels + [
        f"{match[0]} in: {' '.join(text[max(0, match.start() - 40) : match.end() + 40].split())}"
        for text in plain
        for match in PATTERN.finditer(text)
    ]
