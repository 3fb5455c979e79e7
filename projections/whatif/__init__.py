"""What if: an overlay over the recorded facts, the terms or the law, folded by the same policy.

It reads and reckons, and never writes an event.
"""
