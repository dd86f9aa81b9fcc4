"""A brokerage to try Touchbook with: the same one every time, its tasks around today."""
