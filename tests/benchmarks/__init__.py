"""What things cost, each beside a peer in the same run. Figures in the manual come from here."""
