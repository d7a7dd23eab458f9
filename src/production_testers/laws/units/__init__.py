"""What must hold for every unit, whatever it does."""
