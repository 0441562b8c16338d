"""Fingers: a security key that checks one itself (FIDO2), or a reader that fprintd serves."""
