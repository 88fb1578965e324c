"""How far the answer to a sentence can be trusted: what is odd about the sentence, and what was measured."""
