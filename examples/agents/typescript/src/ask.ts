// Buys by saying so, with what a person lets the agent spend.
//
//   node dist/ask.js PURCHASE AT_MOST SENTENCE…
//
// The first sentence is what the shopper says, each further one answers a question of the shop. The
// person is played here as well: she gives a mandate over AT_MOST, in minor units. Run it again with
// the same PURCHASE, and nothing is bought a second time.

import { setTimeout as sleep } from 'node:timers/promises';
import { ADA, agent, card, Gateway, run } from './acp.js';

interface Issue { message: string }
interface Plan {
  id: string;
  status: string;
  say: string;
  issues: Issue[];
  reconciliation_required: boolean;
  order_id?: string;
  total?: number;
  currency?: string;
}
interface Heard {
  status: string;
  conversation_id: string;
  questions: { prompt: string }[];
  issues: Issue[];
  plan?: Plan;
}

const isUnderWay = ({ status, reconciliation_required }: Plan) =>
  ['ready', 'running'].includes(status) || reconciliation_required;
const lines = (first: string, issues: Issue[]) =>
  [first, ...issues.map(({ message }) => message)].join('\n');

await run(async () => {
  const [purchase = '', atMost = '0', ...sentences] = process.argv.slice(2);
  const mandate = await letTheAgentSpend(purchase, Number(atMost));
  const gateway = agent();
  let heard: Heard | undefined;
  for (const [turn, text] of sentences.entries()) {
    const conversation = heard && { conversation_id: heard.conversation_id };
    const payment = card();
    const say = {
      ...ADA, ...conversation, text, mandate_id: mandate, execute: 'if_allowed', payment,
    };
    // With Prefer, the answer waits until it is known how it ended.
    const purpose = `${purchase}-say-${turn}`;
    heard = await gateway.post<Heard>('/intents', say, purpose, { Prefer: 'wait=10' });
    for (const { prompt } of heard.questions) console.log(`? ${prompt}`);
  }
  if (heard?.status !== 'ready' || !heard.plan) {
    throw new Error(lines(`Nothing is bought yet: ${heard?.status}.`, heard?.issues ?? []));
  }

  let { plan } = heard;
  for (let asked = 0; asked < 60 && isUnderWay(plan); asked += 1) {
    await sleep(1000);
    plan = await gateway.get<Plan>(`/plans/${plan.id}`);
  }
  // A plan can be completed and have paid for nothing: then an issue says why.
  if (!plan.order_id) throw new Error(lines(`${plan.status}: ${plan.say}`, plan.issues));
  console.log(`${plan.order_id} ${plan.status} ${plan.total} ${plan.currency}`);
});

/** What a person does, with a key of her own that the agent never has. */
async function letTheAgentSpend(purchase: string, atMost: number): Promise<string> {
  const person = new Gateway(process.env['ACP_PRINCIPAL_KEY'] ?? 'acp_demo_principal');
  const mandate = {
    agent_ids: [process.env['ACP_AGENT'] ?? 'demo_agent'],
    currency: 'usd',
    max_per_order: atMost,
    budget: { limit: atMost, window: 'total', time_zone: 'Europe/Rome' },
    // The same body each time, so that the same purchase has the same mandate.
    valid_until: `${new Date().getUTCFullYear() + 1}-12-31T00:00:00Z`,
  };
  const { id } = await person.post<{ id: string }>('/mandates', mandate, `${purchase}-mandate`);
  return id;
}
