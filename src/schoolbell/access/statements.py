"""This floor's part of a statement that writes everything at once: the answer kept for whoever asks again."""

KEYED_SQL = """
    keyed AS (
        INSERT INTO access_keptanswer (id, school_id, principal, key, fingerprint, status, body)
        VALUES (%(answer_id)s, %(school_id)s, %(principal)s, %(key)s, %(fingerprint)s, %(answer_status)s,
                %(answer_body)s)
        ON CONFLICT DO NOTHING
        RETURNING id
    )"""
KEY_IS_NEW = "(SELECT count(*) FROM keyed) = 1"
