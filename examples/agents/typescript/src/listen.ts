// Is told what becomes of the agent's orders, and believes it only where it is signed.
//
//   node dist/listen.js PORT
//
// Opens a webhook endpoint at this machine, which a gateway takes that was started with
// ACP_GATEWAY__WEBHOOKS__LOCAL_HTTP=true; others want an address of ACP_HOOK_URL that everybody can
// reach, over https.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { agent, run } from './acp.js';

const SKEW_MAX_S = 300;
const BODY_MAX = 1 << 20;

interface Told { type: string; data: { id: string; status: string } }

await run(async () => {
  const port = Number(process.argv[2]);
  const url = process.env['ACP_HOOK_URL'] ?? `http://127.0.0.1:${port}/hooks`;
  // The secret is told once, and again to the same call with the same key: so this can be started
  // again. A real agent keeps it where it keeps its own key.
  const opened = agent().post<{ secret: string }>('/webhook_endpoints', { url }, 'listen');
  const { secret } = await opened;
  // What was heard before. A real agent remembers it longer than its process lives.
  const heard = new Set<string>();
  const keep = (event: string, { type, data }: Told) => {
    if (heard.has(event)) return;
    heard.add(event);
    console.log(`${type} ${data.id} ${data.status}`);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await read(request);
    const isTrue = isSigned(String(request.headers['merchant-signature'] ?? ''), body, secret);
    if (isTrue) keep(String(request.headers['request-id']), JSON.parse(body.toString()) as Told);
    // Only now: what was answered with 200 is not told again, whatever becomes of this process. What
    // takes long is done after it is kept, or else the gateway gives up waiting.
    response.writeHead(isTrue ? 200 : 401, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ received: isTrue }));
  };
  // A request that breaks off is the end of its connection, and not of this program.
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.requestTimeout = 10_000;
  server.listen(port, '127.0.0.1', () => console.log(`listening at ${url}`));
});

/** The very bytes: what was parsed and written again is signed by nobody. */
async function read(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > BODY_MAX) break;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** `t=<seconds>,v1=<hex>`: over the time, a dot, and the body. */
function isSigned(header: string, body: Buffer, secret: string): boolean {
  const { t = '', v1 = '' } = Object.fromEntries(header.split(',').map((part) => part.split('=')));
  if (!/^\d+$/.test(t) || Math.abs(Date.now() / 1000 - Number(t)) > SKEW_MAX_S) return false;
  const expected = createHmac('sha256', secret).update(`${t}.`).update(body).digest('hex');
  const claimed = Buffer.from(v1);
  return claimed.length === expected.length && timingSafeEqual(claimed, Buffer.from(expected));
}
