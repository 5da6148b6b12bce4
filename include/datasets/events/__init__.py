"""A night that is too small to import, sent by PutEvents: each row once, however often the sending begins anew."""
