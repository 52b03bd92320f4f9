// Calls a gateway so that nothing is done twice, whatever happens on the way.

import { createHash, createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const VERSION = '2026-04-17';
const TRIES_MAX = 8;
const PAUSE_MAX_MS = 20_000;
// A completion waits for the bank.
const ANSWER_MAX_MS = 40_000;
// Nothing was done, or the same key finds out what was.
const WORTH_ANOTHER_TRY = [408, 429, 500, 502, 503, 504];

/** What the gateway says when it refuses. */
interface Problem { code: string; message: string; param?: string }

/** The gateway said no, and would say it again. */
export class Refused extends Error {
  readonly code: string;

  constructor(status: number, { code, message, param }: Problem) {
    super(`${status} ${code}: ${message}${param ? ` (${param})` : ''}`);
    this.code = code;
  }
}

/** Nobody answered. It may have been done: call again with the same key, later. */
export class Unclear extends Error {}

type Headers = Record<string, string>;

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What one caller asks of a gateway. */
export class Gateway {
  constructor(
    private readonly key: string,
    private readonly secret?: string,
    private readonly url = process.env['ACP_URL'] ?? 'http://127.0.0.1:8080',
  ) {}

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path, '', {});
  }

  /** Does something once. `purpose` says what for: the same words and the same body are the same
   *  call, also after this program has died and was started again. */
  post<T>(path: string, body: object, purpose: string, headers: Headers = {}): Promise<T> {
    const content = JSON.stringify(body);
    const key = `${purpose}-${sha256(`${path}\n${content}`).slice(0, 16)}`;
    return this.call<T>('POST', path, content, { ...headers, 'Idempotency-Key': key });
  }

  private async call<T>(method: string, path: string, content: string, more: Headers): Promise<T> {
    let why: unknown;
    for (let tried = 0; tried < TRIES_MAX; tried += 1) {
      let asked: string | null = null;
      try {
        // Each try is signed anew: a signature is good for minutes. What must not change are the
        // key and the bytes of the body.
        const response = await fetch(this.url + path, {
          method,
          headers: this.signed(method, path, content, more),
          signal: AbortSignal.timeout(ANSWER_MAX_MS),
          ...(content && { body: content }),
        });
        // An answer can be lost in the middle, too.
        const text = await response.text();
        if (response.ok) return JSON.parse(text) as T;
        const problem = problemOf(text);
        if (!isWorthAnotherTry(response.status, problem)) {
          throw new Refused(response.status, problem);
        }
        why = response.status;
        asked = response.headers.get('Retry-After');
      } catch (lost) {
        if (lost instanceof Refused) throw lost;
        why = lost;
      }
      if (tried + 1 < TRIES_MAX) await sleep(pause(tried, asked));
    }
    throw new Unclear(`${method} ${path} was tried ${TRIES_MAX} times, the last time: ${why}`);
  }

  private signed(method: string, path: string, content: string, more: Headers): Headers {
    const headers: Headers = {
      ...more,
      'Authorization': `Bearer ${this.key}`,
      'API-Version': VERSION,
      'Content-Type': 'application/json',
      'Accept-Language': 'en',
      'Request-Id': randomUUID(),
    };
    if (!this.secret) return headers;
    // hmac-sha256, profile `full`, form `raw`.
    const moment = new Date().toISOString();
    const key = headers['Idempotency-Key'] ?? '';
    const told = [method, path, moment, key, sha256(content)].join('\n');
    const signature = createHmac('sha256', this.secret).update(told).digest('hex');
    return { ...headers, 'Timestamp': moment, 'Signature': signature };
  }
}

/** What the gateway says; or whoever stands before it, who speaks another language. */
function problemOf(text: string): Problem {
  try {
    const { code, message, param } = JSON.parse(text) as Problem;
    if (code && message) return { code, message, ...(param && { param }) };
  } catch {
    // Not JSON.
  }
  return { code: 'unknown', message: 'This is no answer of a gateway.' };
}

function isWorthAnotherTry(status: number, { code }: Problem): boolean {
  if (status === 409) return code === 'idempotency_in_flight';
  return WORTH_ANOTHER_TRY.includes(status);
}

/** How long to wait: as long as the gateway asks, up to PAUSE_MAX_MS, or longer each time; and a
 *  moment of chance, so that callers who failed together do not come back together. Whoever stands
 *  before a gateway may ask for a date, which is passed over. */
function pause(tried: number, asked: string | null): number {
  const isNumber = asked !== null && /^\d+$/.test(asked);
  const least = isNumber ? 1000 * Number(asked) : 200 * 2 ** tried;
  return Math.min(least, PAUSE_MAX_MS) + 200 * Math.random();
}

/** The agent of the environment; the demo agent, unless it says otherwise. */
export const agent = () =>
  new Gateway(process.env['ACP_KEY'] ?? 'acp_demo_agent', process.env['ACP_SIGNING_SECRET']);

/** What pays. A real token is made for one purchase, by the provider the handler names. */
export const card = (handler = 'card_tokenized') => ({
  payment_data: {
    handler_id: handler,
    instrument: {
      type: 'card',
      credential: { type: 'spt', token: process.env['ACP_TOKEN'] ?? 'tok_visa' },
    },
  },
});

export const ADA = {
  buyer: { first_name: 'Ada', last_name: 'Byron', email: 'ada@example.com' },
  fulfillment_details: {
    address: {
      name: 'Ada Byron',
      line_one: '4 Pier Road',
      city: 'San Francisco',
      state: 'CA',
      country: 'US',
      postal_code: '94105',
    },
  },
};

/** Says what went wrong in a sentence, and ends with exit code 1. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (no) {
    console.error(no instanceof Error ? no.message : no);
    process.exitCode = 1;
  }
}
