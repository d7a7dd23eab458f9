"""Laws about which stages run at all."""
