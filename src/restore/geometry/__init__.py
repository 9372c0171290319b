"""The page as it is seen: from glyphs and where they stand to lines in reading order."""
