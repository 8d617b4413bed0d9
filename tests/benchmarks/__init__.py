"""What things cost, each beside a peer in the same run. Figures in README come from here."""
