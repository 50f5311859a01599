"""How good the desk is, measured on labelled data: checks, routing, and the desk as a whole."""
