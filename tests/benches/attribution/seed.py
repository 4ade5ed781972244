"""Fills an empty SQLite database of Valuemap with a community of a million touchpoints, to measure how long it takes to
attribute them:

    valuemap --database-url sqlite:/tmp/large.db organisation Large
    python3 tests/benches/attribution/seed.py /tmp/large.db
    time valuemap --database-url sqlite:/tmp/large.db attribute --community Large --from 2026-Q1 --until 2026-Q4 --no-store

It writes rows past the server, since recording them over the API is not what is measured.
"""

import random
import sqlite3
import sys
import uuid
from datetime import UTC, datetime, timedelta

TOUCHES, MEMBERS, ACCOUNTS, ACTIVITIES, OUTCOMES = 1_000_000, 50_000, 10_000, 400, 30_000
TYPES = ["webinar", "meetup", "course", "newsletter", "council", "hackathon", "champions", "conference"]
GOALS = ["revenue", "goodwill", "retention", "new_customers"]
START = datetime(2025, 10, 1, tzinfo=UTC)


def main():
    database = sqlite3.connect(sys.argv[1])
    generator = random.Random(1)
    new_id = lambda: uuid.UUID(int=generator.getrandbits(128), version=4).bytes
    moment = lambda: (START + timedelta(seconds=generator.randrange(457 * 86_400))).isoformat()
    (organisation,) = database.execute("SELECT id FROM organisation").fetchone()
    community, now = new_id(), START.isoformat()
    insert(database, "community", [(community, organisation, "Large", 0, now, "EUR")])
    common = lambda key: (community, new_id(), "seed", str(key), "", None, now)
    members = [(*common(f"m{n}"), "member", None, 0, None, None) for n in range(MEMBERS)]
    accounts = [(*common(f"a{n}"), "account", None, 0, None, None) for n in range(ACCOUNTS)]
    insert(database, "party", members + accounts)
    links = [
        (*common(f"l{n}"), member[1], generator.choice(accounts)[1], "import", 0.9, None, None)
        for n, member in enumerate(members)
    ]
    insert(database, "identity_link", links)
    types = [(*common(key), key.title(), "online", GOALS[n % 4]) for n, key in enumerate(TYPES)]
    insert(database, "activity_type", types)
    activities = [
        (*common(f"x{n}"), types[n % len(types)][1], f"Activity {n}", None, "2026-01-01", "2026-01-01", None, "[]")
        for n in range(ACTIVITIES)
    ]
    insert(database, "activity", activities)
    channels = ["newsletter", "forum", "search", None]
    touches = (
        (*common(f"t{n}"), generator.choice(activities)[1], generator.choice(members)[1], moment(), "attended",
         generator.choice(channels))
        for n in range(TOUCHES)
    )
    insert(database, "touchpoint", touches)
    outcomes = (
        (*common(f"o{n}"), generator.choice(["purchase", "upgrade", "renewal"]), generator.choice(accounts)[1], moment(),
         generator.randrange(100, 90_000) * 10_000, "EUR", None, None, None, 0)
        for n in range(OUTCOMES)
    )
    insert(database, "outcome", outcomes)
    database.commit()
    database.execute("ANALYZE")
    database.close()


def insert(database, table, rows):
    rows = iter(rows)
    first = next(rows)
    statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(first))})"
    database.execute(statement, first)
    database.executemany(statement, rows)


if __name__ == "__main__":
    main()
