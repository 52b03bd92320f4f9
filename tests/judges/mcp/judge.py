"""Holds the tools of the gateway against the Python client of the Model Context Protocol.

judge.py URL KEY MODE; MODE is "auto", which takes the newest revision, or "legacy".
"""

import asyncio
import json
import sys

from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client
from mcp.shared.exceptions import MCPError

URL, KEY, MODE = sys.argv[1:4]
HONEY = "honey-wildflower-350g"
checked = 0


def same(seen, expected):
    global checked
    assert seen == expected, f"{seen!r} instead of {expected!r}"
    checked += 1


def meta(key=None):
    said = {"api_version": "2026-04-17"}
    return said | ({"idempotency_key": f"{MODE} {key}"} if key else {})


async def told(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    same(bool(result.is_error), False)
    same(json.loads(result.content[0].text), result.structured_content)
    return result.structured_content


async def refused(client, tool, **arguments):
    try:
        await client.call_tool(tool, arguments)
    except MCPError as error:
        return error.error
    raise AssertionError(f"{tool} was not refused")


async def purchase(client):
    found = await told(client, "search_products", meta=meta(), query="wildflower honey", limit=1)
    same(found["products"][0]["item_id"], HONEY)
    address = {
        "name": "Ada Byron", "line_one": "4 Pier Road", "city": "San Francisco", "state": "CA",
        "country": "US", "postal_code": "94105",
    }
    session = await told(client, "create_checkout_session", meta=meta("open"), payload={
        "line_items": [{"id": HONEY, "quantity": 2}],
        "currency": "usd",
        "capabilities": {},
        "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
        "fulfillment_details": {"name": "Ada Byron", "address": address},
    })
    choice = {"type": "shipping", "option_id": "standard", "item_ids": [HONEY]}
    session = await told(client, "update_checkout_session", meta=meta(), id=session["id"], payload={
        "selected_fulfillment_options": [choice],
    })
    same(session["status"], "ready_for_payment")
    credential = {"type": "spt", "token": "tok_visa"}
    pay = {"payment_data": {
        "handler_id": "card_tokenized", "instrument": {"type": "card", "credential": credential},
    }}
    call = {"meta": meta("pay"), "id": session["id"], "payload": pay}
    done = await told(client, "complete_checkout_session", **call)
    same(done["status"], "completed")
    same(await told(client, "complete_checkout_session", **call), done)
    order = await told(client, "get_order", meta=meta(), id=done["order"]["id"])
    same(order["id"], done["order"]["id"])


async def refusals(client):
    error = await refused(client, "get_checkout_session", meta=meta(), id="cs_nobody")
    same((error.code, error.data["code"]), (-32000, "session_not_found"))
    error = await refused(client, "get_checkout_session", meta=meta(), id=7)
    same(error.code, -32602)
    error = await refused(client, "no_such_tool", meta=meta())
    same(error.code, -32602)


async def main():
    http = create_mcp_http_client(headers={"Authorization": f"Bearer {KEY}"})
    async with http, Client(streamable_http_client(URL, http_client=http), mode=MODE) as client:
        same(client.protocol_version, {"auto": "2026-07-28", "legacy": "2025-11-25"}[MODE])
        same(client.server_info.name, "acp-gateway")
        tools = [tool.name for tool in (await client.list_tools()).tools]
        same(tools[:2], ["create_checkout_session", "get_checkout_session"])
        await purchase(client)
        await refusals(client)


asyncio.run(main())
print(f"{checked} things are as they should be, in {MODE}")
