"""Laws about agents: their prompts, the answers of their models, their loops of tools."""
