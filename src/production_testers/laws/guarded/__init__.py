"""Drafts that are made anew while guards refuse them."""
