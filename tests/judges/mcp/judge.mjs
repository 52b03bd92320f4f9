// Holds the tools of the gateway against the TypeScript SDK of the Model Context Protocol.
// judge.mjs URL KEY
import assert from "node:assert/strict";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [url, key] = process.argv.slice(2);
const meta = (name) => ({ api_version: "2026-04-17", ...(name && { idempotency_key: name }) });
const connected = async (token) => {
  const headers = { Authorization: `Bearer ${token}` };
  const client = new Client({ name: "judge", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } });
  await client.connect(transport);
  return client;
};

await assert.rejects(connected("acp_no_such_key"), (error) => error.code === 401);
const client = await connected(key);
assert.equal(client.getServerVersion().name, "acp-gateway");
const { tools } = await client.listTools();
assert.equal(tools[0].name, "create_checkout_session");
const call = async (name, args) => {
  const result = await client.callTool({ name, arguments: args });
  assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent);
  return result;
};
const payload = {
  line_items: [{ id: "ebook-lamplighter-of-sull" }],
  currency: "usd",
  capabilities: {},
  buyer: { first_name: "Ada", last_name: "Byron", email: "ada@example.com" },
};
const opened = await call("create_checkout_session", { meta: meta("open in node"), payload });
const again = await call("create_checkout_session", { meta: meta("open in node"), payload });
assert.equal(again._meta.idempotent_replayed, true);
const { id, status } = opened.structuredContent;
assert.equal(status, "ready_for_payment");
const credential = { type: "spt", token: "tok_visa" };
const payment_data = { handler_id: "card_tokenized", instrument: { type: "card", credential } };
const paid = await call("complete_checkout_session", {
  meta: meta("pay in node"), id, payload: { payment_data },
});
assert.equal(paid.structuredContent.status, "completed");
await assert.rejects(
  client.callTool({ name: "cancel_checkout_session", arguments: { meta: meta(), id } }),
  (error) => error.code === -32000 && error.data.code === "not_cancelable",
);
await client.close();
console.log("the TypeScript SDK buys");
