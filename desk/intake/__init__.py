"""Files on their way in: read strictly, the whole file or nothing."""
