"""Rows against the schema and Personalize's rules: good rows typed, bad ones quarantined with the reason.

What was decided where Amazon's documents leave it open:

- An empty cell is null, and so is one of blanks alone, in every column.
- Ids and event types must not have blanks around them, invisible characters, or words such as NULL, None, nan and \\N
  in place of a value: they would be counted as users, items or events of their own. Other strings may.
- Ids have up to 256 characters, strings 1,000; event types 256 and recommendation ids 40, as PutEvents takes them,
  since a small night may go that way. Texts may be longer than 20,000: Personalize cuts them itself.
- An impression has up to 25 items, as in PutEvents. A category may have any number of parts.
- Line breaks and tabs in a text become blanks; elsewhere, as any control character, they quarantine the row.
- Times are epoch seconds after 0, up to a day ahead of now. Milliseconds, dates and fractions are named, not guessed.
  33.0 is the whole number 33, as pandas writes it; 33.5 is none.
- The words that Personalize reserves, and a column's own name (a header among the rows), are no values.
- A column that the schema does not know is left out; a nullable one may be missing, unless one nearly of its name is
  there, which refuses the source: it would have been null in every row.
"""
