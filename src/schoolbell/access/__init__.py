"""Who may do what: roles, API tokens, and answers kept for those who ask twice."""
