"""Stand-ins for whole parts of the program, used where the real part is another test's subject."""
