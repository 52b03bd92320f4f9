// Buys by a checkout session: opens it, chooses the delivery, looks at the total, pays.
//
//   node dist/buy.js PURCHASE AT_MOST ITEM[:QUANTITY]…
//
// PURCHASE is your name for this purchase: run it again with the same one, and nothing is bought a
// second time. AT_MOST is the most it may cost, in minor units.

import { setTimeout as sleep } from 'node:timers/promises';
import { ADA, agent, card, run, type Gateway } from './acp.js';

// As much of what the gateway says as this agent looks at. Unknown words may come any day.
interface Row { type: string; amount: number }
interface Priced { totals: Row[] }
interface Message { type: string; param?: string; resolution?: string; content: string }
interface Option extends Priced { type: string; id: string; title: string }
interface Session extends Priced {
  id: string;
  status: string;
  currency: string;
  line_items: { item: { id: string } }[];
  fulfillment_options: Option[];
  messages: Message[];
  capabilities: { payment: { handlers: { id: string; name: string }[] } };
  authentication_metadata?: { directory_server: string };
  order?: { id: string };
}
interface Order extends Priced { id: string; status: string }

await run(async () => {
  const [purchase = '', atMost = '0', ...items] = process.argv.slice(2);
  const gateway = agent();
  let session = await gateway.post<Session>('/checkout_sessions', wanted(items), `${purchase}-open`);
  const place = `/checkout_sessions/${session.id}`;
  if (session.messages.some(({ param }) => param === '$.selected_fulfillment_options')) {
    session = await gateway.post<Session>(place, cheapestDelivery(session), `${purchase}-delivery`);
  }
  if (session.status !== 'ready_for_payment') throw givenUp(session);

  const total = totalOf(session);
  if (total > Number(atMost)) {
    throw new Error(`It costs ${total} ${session.currency}, and that is too much.`);
  }
  const payment = card(cardHandler(session));
  session = await pay(gateway, place, payment, `${purchase}-pay`);
  if (session.status === 'authentication_required') {
    // In any outcome: the gateway says what becomes of the payment, not the agent.
    const seen = { ...payment, authentication_result: authenticatedByTheBuyer(session) };
    session = await pay(gateway, place, seen, `${purchase}-pay`);
  }
  if (session.status !== 'completed' || !session.order) throw givenUp(session);
  const order = await gateway.get<Order>(`/orders/${session.order.id}`);
  console.log(`${order.id} ${order.status} ${totalOf(order)} ${session.currency}`);
});

function wanted(items: string[]) {
  const lines = items.map((item) => item.split(':'));
  return {
    ...ADA,
    currency: 'usd',
    line_items: lines.map(([id, quantity = '1']) => ({ id, quantity: Number(quantity) })),
    // What this agent can do, when the bank wants to see the buyer.
    capabilities: { interventions: { supported: ['3ds'] } },
  };
}

function totalOf({ totals }: Priced): number {
  const row = totals.find(({ type }) => type === 'total');
  if (!row) throw new Error('There is no total.');
  return row.amount;
}

/** A person may well choose otherwise; titles and times of arrival are there to be shown. */
function cheapestDelivery(session: Session) {
  const shipped = session.fulfillment_options.filter(({ type }) => type === 'shipping');
  const [option] = shipped.sort((one, other) => totalOf(one) - totalOf(other));
  if (!option) throw givenUp(session);
  const items = session.line_items.map(({ item }) => item.id);
  return {
    selected_fulfillment_options: [{ type: option.type, option_id: option.id, item_ids: items }],
  };
}

/** The handler is the shop's choice, and its id is sent back as it was told. */
function cardHandler(session: Session): string {
  const { handlers } = session.capabilities.payment;
  const handler = handlers.find(({ name }) => name === 'dev.acp.tokenized.card');
  if (!handler) throw new Error('The shop takes no cards.');
  return handler.id;
}

async function pay(
  gateway: Gateway,
  place: string,
  payment: object,
  purpose: string,
): Promise<Session> {
  let session = await gateway.post<Session>(`${place}/complete`, payment, purpose);
  for (let asked = 0; asked < 60 && session.status === 'complete_in_progress'; asked += 1) {
    // The bank has not said yet what became of it. Nothing is paid again meanwhile.
    await sleep(1000);
    session = await gateway.get<Session>(place);
  }
  return session;
}

/** Stands for the buyer and her bank: `authentication_metadata` is what they need to know. */
function authenticatedByTheBuyer({ authentication_metadata }: Session) {
  if (!authentication_metadata) throw new Error('Nobody says how to authenticate.');
  return {
    outcome: 'authenticated',
    outcome_details: {
      three_ds_cryptogram: 'AAIBBYNoEwAAAAAAAAAAAAAAAAA=',
      electronic_commerce_indicator: '05',
      transaction_id: '6f3a1c52-0d3e-4b58-9d1e-8f0c7b8f2a10',
      version: '2.2.0',
    },
  };
}

/** Whoever can do something about a message is named by its `resolution`. */
function givenUp({ id, status, messages }: Session): Error {
  const said = messages.map(({ type, resolution, content }) => `${resolution ?? type}: ${content}`);
  return new Error([`${id} is ${status}.`, ...said].join('\n'));
}
