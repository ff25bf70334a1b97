"""SAID: a finished study as text, numbers, pictures and a page. Data first, picture second."""
