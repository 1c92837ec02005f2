"""Headers as people read them: usual values, dates and names, and the contrast of a scan."""
