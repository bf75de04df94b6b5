"""Django's PostgreSQL backend, taught about tables whose rows have an owner.

In such a table the primary key is `(id, owner)` and a foreign key carries its row's owner, so that the database itself
refuses a row that points at somebody else's. Django goes on seeing a plain `id`.
"""
