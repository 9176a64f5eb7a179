-- What was odd about the list that a fetch read, as JSON; NULL when its agent said nothing of the kind.
ALTER TABLE task ADD COLUMN findings TEXT;
