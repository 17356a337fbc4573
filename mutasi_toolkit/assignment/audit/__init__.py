"""A second reading of a cycle and a plan, from the tables and parameters alone."""
