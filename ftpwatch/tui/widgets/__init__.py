"""One file per thing on the screen. A widget's wish is a nested message; the screen decides."""
