"""WHAT is simulated: the declaration of a model. Imports no simulator."""
