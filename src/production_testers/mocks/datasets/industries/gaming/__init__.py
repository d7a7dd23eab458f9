"""Gaming: chats to be moderated, and purchases to be granted once."""
