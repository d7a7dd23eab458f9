"""Finance: card payments with labelled fraud, credit transfers, market data."""
