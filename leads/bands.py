"""How warm a lead is, in three words."""

# From these engagements on, a score is warm and hot.
WARM, HOT = 25, 60
