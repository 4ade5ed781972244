"""What schemathesis cannot know of Valuemap: how its scalars are written, and what is a fault of the server."""

import os

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

IDS = os.environ["VALUEMAP_IDS"].split(",")


def text(strategy):
    return strategy.map(nodes.String)


schemathesis.graphql.scalar("Count", st.integers(min_value=0, max_value=2**53).map(nodes.Int))
schemathesis.graphql.scalar("Currency", text(st.sampled_from(["EUR", "USD", "JPY", "XXX", "eur"])))
schemathesis.graphql.scalar("DateTime", text(st.datetimes(timezones=st.just(None)).map(lambda at: at.isoformat() + "Z")))
schemathesis.graphql.scalar("Decimal", text(st.decimals(allow_nan=False, allow_infinity=False, places=4).map(str)))
schemathesis.graphql.scalar("ID", text(st.sampled_from(IDS) | st.text(max_size=40)))
schemathesis.graphql.scalar("JSON", text(st.sampled_from(["{}", "[]", '{"layers": []}'])))
schemathesis.graphql.scalar("NaiveDate", text(st.dates().map(str)))
schemathesis.graphql.scalar("Quarter", text(st.from_regex(r"\A20[0-9]{2}-Q[1-5]\Z")))
schemathesis.graphql.scalar("UUID", text(st.uuids().map(str)))


@schemathesis.check
def the_server_is_not_at_fault(ctx, response, case):
    """Its own check takes every error without a path, such as a passed limit, for a failure of the server."""
    assert response.status_code < 500, f"status {response.status_code}: {response.text}"
    for error in response.json().get("errors", []):
        code = error.get("extensions", {}).get("code")
        assert code and code not in ("INTERNAL_SERVER_ERROR", "UNAVAILABLE"), response.text
