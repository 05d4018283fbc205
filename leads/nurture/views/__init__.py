"""The pages of nurture: board, segments, mails, programmes."""
