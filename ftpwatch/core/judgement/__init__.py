"""What is made of the facts: when to explain, by what, and how often."""
