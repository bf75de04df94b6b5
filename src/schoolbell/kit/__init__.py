"""What every floor stands on: ids, time, money, refusals, problems, the database backend. Knows no school word."""
