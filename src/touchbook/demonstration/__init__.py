"""A brokerage to try Touchbook on: the same one every time, its tasks around today."""
