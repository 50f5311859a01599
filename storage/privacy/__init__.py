"""Privacy: erasing what people wrote, holding it, giving it out, and letting it go in time."""
