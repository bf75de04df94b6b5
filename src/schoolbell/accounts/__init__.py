"""Logins. A User may belong to several schools; what they may do there is not known here."""
