"""The shapes of what goes into the Admin API and comes out of it; no rule about any of it."""
