"""The terms of the field that a page uses, one sentence each, and a button that sets the page back."""

import streamlit as st

TERMS = {
    "accuracy": "The fraction of examples whose predicted class is the true one.",
    "activation": "The function after a layer, such as ReLU or sigmoid; without it all layers would amount to one.",
    "all-MiniLM-L6-v2": "A small BERT of 6 layers with 12 attention heads each, trained on sentence pairs, fine-tuned "
    "here on emotions.",
    "attention head": "A part of a layer that computes, for every token, how much of every other token to take over; "
    "the weights of one token sum to 1.",
    "attention rollout": "Attention multiplied through all layers: how much of each token could reach the last layer.",
    "attribution": "A number for each pixel or word: how much it contributed to the score of one class.",
    "batch norm": "Normalises each unit over the examples of a batch, then scales and shifts it by learned numbers.",
    "bootstrap": "Drawing the same number of sentences with replacement many times, to see how far a figure varies.",
    "channel": "One of the feature maps of a layer: the response of one filter at every position.",
    "chance": "What guessing gives: with ten classes an accuracy of 10 % and a loss of ln 10 = 2.30.",
    "[CLS] and [SEP]": "Tokens that BERT adds at the start and the end; the classifier reads the one at the start.",
    "comprehensiveness": "How far the probability falls when the highest ranked parts are erased; high is faithful.",
    "confidence": "The probability that a model gives to the class it predicts.",
    "confusion matrix": "A table of true classes against predicted classes: how often each was taken for each.",
    "contrast": "How much more a word is attended to in one class than in the others; it ranks words and is no test.",
    "conv layer": "A convolution: small filters slide over the image, and each gives one channel of the output.",
    "cosine similarity": "How alike the directions of two vectors are: 1 is the same, 0 unrelated, -1 opposite.",
    "dead ReLU": "A unit whose output is zero for every example: no gradient passes it, so it does not learn.",
    "deletion and insertion": "A test of an attribution: erase the highest ranked parts first, or keep them alone, and "
    "watch the probability of the class.",
    "dropout": "Sets a random fraction of the units to zero in each training step, so that none is relied on alone.",
    "ensemble": "The mean of the probabilities of several models.",
    "epoch": "One pass over all training examples.",
    "FC layer": "Fully connected: every unit gets every value of the layer before. PyTorch calls it Linear.",
    "feature map": "The output of a layer as an image: where its filter found something.",
    "fine-tuning": "Training a model on that was trained before on other texts.",
    "gradient": "How the loss, or a score, changes with a small change of a weight, a pixel or a word's vector.",
    "integrated gradients": "Gradients summed along the path from an empty input to this one.",
    "interval": "A 95 % interval: were it computed from many samples, 95 % would hold the true value.",
    "keyword baseline": "A rule without training of weights: the word most typical of a class decides.",
    "learning rate": "How large a step the optimizer takes along the gradient.",
    "logit": "The score of a class before the softmax turns all scores into probabilities.",
    "loss": "Cross-entropy: minus the logarithm of the probability of the true class, mean over examples.",
    "MACs": "Multiply-accumulate operations: what one image's forward pass costs.",
    "McNemar's test": "Compares two models on the same examples by those that only one of them classifies correctly.",
    "nearest neighbours": "The words whose vectors have the highest cosine similarity to a word's.",
    "optimizer": "The rule that turns gradients into new weights, such as SGD or Adam.",
    "out of vocabulary": "A word that a model has no vector for; it is left out or split into known pieces.",
    "overfitting": "The training loss still falls while the validation loss rises.",
    "random order": "The control of the faithfulness test: parts erased in an order that knows nothing.",
    "saturated": "A sigmoid or tanh output so near its end that its slope, and with it the gradient, is almost zero.",
    "seed": "The number that fixes all random draws: initial weights, order of the batches, dropout.",
    "shrinkage": "Moving the mean of few sentences towards that of all words, since few sentences vary by chance.",
    "step": "One update of the weights on one batch of examples.",
    "stop words": "Words such as 'the' and 'of' that say little about the topic.",
    "sufficiency": "How far the probability falls when only the highest ranked parts are kept; low is faithful.",
    "t-SNE": "A map in two dimensions that keeps near words near; distances between far groups mean nothing.",
    "the report": "The written report of the CCDS workshop at Independent University, Bangladesh; its figures stand "
    "beside those measured here.",
    "token": "A word or a piece of one: what BERT reads.",
    "validation": "Examples that no weight was trained on; choices are made on them, and the test set comes last.",
    "weight initialization": "How the weights are drawn before the first step.",
    "word embedding": "A vector of numbers for each word; words used alike get vectors alike.",
    "Word2Vec": "Word embeddings trained to predict the words around a word, here by Google on news.",
    "z-score": "A difference in units of its standard error: beyond about 2 it is unlikely to be chance.",
}
LINK = "The address of this page keeps every choice: copy it to share what you see. Uploaded files are not in it."
RESET = "Every control of this page is set back to what it was when the page was opened. Runs are kept."
TRAINING = ("step", "epoch", "loss", "chance", "learning rate", "optimizer", "seed", "validation")
LAYERS = ("conv layer", "FC layer", "activation", "batch norm", "dropout", "weight initialization", "gradient",
          "saturated", "dead ReLU")  # fmt: skip
TESTED = ("attribution", "integrated gradients", "deletion and insertion", "comprehensiveness", "sufficiency",
          "random order")  # fmt: skip
PAGE_TERMS = {
    "home": ("the report", "accuracy", "interval", "loss", "step", "all-MiniLM-L6-v2", "word embedding"),
    "architectures": (*LAYERS, "MACs", "step", "loss", "seed"),
    "train": (*TRAINING, *LAYERS),
    "images": ("confidence", "ensemble", "validation", "interval", "logit", *TESTED, "feature map", "channel"),
    "emotions": ("confidence", "ensemble", "keyword baseline", "word embedding", "all-MiniLM-L6-v2",
                 "out of vocabulary", "validation", "interval", *TESTED),
    "embeddings": ("word embedding", "Word2Vec", "cosine similarity", "nearest neighbours", "t-SNE", "fine-tuning"),
    "attention": ("attention head", "token", "[CLS] and [SEP]", "all-MiniLM-L6-v2", "attention rollout", "gradient",
                  *TESTED),
    "tokens": ("token", "[CLS] and [SEP]", "all-MiniLM-L6-v2", "the report", "contrast", "z-score", "bootstrap",
               "shrinkage", "stop words", "interval"),
    "compare": ("accuracy", "interval", "McNemar's test", "confusion matrix", "overfitting", "loss", "epoch", "MACs",
                "the report"),
}  # fmt: skip


def draw_help(page: str) -> bool:
    """A popover with the page's terms, all where it names none, by the alphabet; whether it is to be set back."""
    terms = sorted(PAGE_TERMS.get(page, TERMS), key=str.lower)
    with st.popover("Help", icon=":material/help:", type="tertiary"):
        st.caption(LINK)
        clicked = st.button("Reset this page", key=f"{page}_reset", icon=":material/restart_alt:", help=RESET)
        st.markdown("\n".join(f"- **{term}**: {TERMS[term]}" for term in terms))
    return clicked
