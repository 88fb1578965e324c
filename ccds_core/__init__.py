"""The core of CCDS Explorer: data, models, training and results, and no screen."""
