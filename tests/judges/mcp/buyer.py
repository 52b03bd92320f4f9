"""Buys as an agent does: a model decides which tool is next, and an agent framework calls it.

buyer.py TOOLS KEY MODEL MODEL_KEY; the model is a mock that is told its next words by what came
back, so that the ids in them are true.
"""

import asyncio
import http.client
import json
import sys

import agents
from agents.mcp import MCPServerStreamableHttp
from openai import AsyncOpenAI

TOOLS, KEY, MODEL, MODEL_KEY = sys.argv[1:5]
WISH = "Please buy The Lamplighter of Sull for ada@example.com."


def next_words(answer):
    connection = http.client.HTTPConnection(MODEL.removeprefix("http://"))
    connection.request("PUT", "/_mock/answers", json.dumps([{"when": "", **answer}]))
    response = connection.getresponse()
    said = response.read()
    assert response.status == 200, said


def calls(tool, key=None, **arguments):
    meta = {"api_version": "2026-04-17"} | ({"idempotency_key": key} if key else {})
    return {"call": [{"name": tool, "arguments": {"meta": meta, **arguments}}]}


def create(found):
    return calls("create_checkout_session", "buyer opens", payload={
        "line_items": [{"id": found["products"][0]["item_id"]}],
        "currency": "usd",
        "capabilities": {},
        "buyer": {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com"},
    })


def complete(session):
    assert session["status"] == "ready_for_payment", session
    credential = {"type": "spt", "token": "tok_visa"}
    instrument = {"type": "card", "credential": credential}
    return calls("complete_checkout_session", "buyer pays", id=session["id"], payload={
        "payment_data": {"handler_id": "card_tokenized", "instrument": instrument},
    })


def look(session):
    assert session["status"] == "completed", session
    return calls("get_order", id=session["order"]["id"])


def report(order):
    return {"say": f"It is ordered: {order['id']}."}


AFTER = {
    "search_products": create,
    "create_checkout_session": complete,
    "complete_checkout_session": look,
    "get_order": report,
}


class Hooks(agents.RunHooks):
    def __init__(self):
        self.called = []

    async def on_tool_end(self, context, agent, tool, result):
        said = json.loads(result) if isinstance(result, str) else result
        said = json.loads(said["text"]) if "text" in said else said
        self.called.append(tool.name)
        next_words(AFTER[tool.name](said))


async def main():
    agents.set_tracing_disabled(True)
    next_words(calls("search_products", query="lamplighter sull", limit=1))
    client = AsyncOpenAI(base_url=MODEL + "/v1", api_key=MODEL_KEY)
    model = agents.OpenAIChatCompletionsModel("mock-1", client)
    hooks = Hooks()
    params = {"url": TOOLS, "headers": {"Authorization": f"Bearer {KEY}"}}
    async with MCPServerStreamableHttp(params, client_session_timeout_seconds=30) as server:
        agent = agents.Agent("buyer", instructions="You buy.", model=model, mcp_servers=[server])
        done = await agents.Runner.run(agent, WISH, hooks=hooks)
    assert hooks.called == list(AFTER), hooks.called
    assert done.final_output.startswith("It is ordered: "), done.final_output
    print(done.final_output)


asyncio.run(main())
