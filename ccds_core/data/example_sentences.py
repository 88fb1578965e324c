"""The project's own example sentences: one for each emotion, and some that part the models."""

from collections.abc import Mapping
from types import MappingProxyType

EXAMPLE_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "lights out": "I was terrified when all the lights went out and somebody knocked.",
        "by the sea": "I came home calm and thankful after a long walk by the sea.",
        "empty house": "Since she moved away I feel lonely and the house is so empty.",
        "unfair": "It makes me furious how unfair they were to my little brother.",
        "old dog": "I feel so fond of our gentle old dog who waits at the gate.",
        "the party": "I was amazed that nobody had told me about the party.",
        "not happy": "I do not feel happy about it at all.",
        "two feelings": "I feel a little scared but mostly excited about the new school.",
        "overwhelmed": "I feel overwhelmed.",
        "no known word": "Xylophonists yodelled quixotically.",
    }
)
