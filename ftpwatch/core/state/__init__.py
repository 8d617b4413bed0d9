"""What is known of a watch, folded from its entries; and the values of its judgements."""
