// Holds the Stripe mock against Stripe's own SDK for Node.
//
// judge.mjs URL KEY WEBHOOK_SECRET WEBHOOK_PORT; the mock has to send its webhooks to that port.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';

const [url, key, secret, port] = process.argv.slice(2);
const { hostname, port: apiPort } = new URL(url);
const at = { host: hostname, port: apiPort, protocol: 'http' };
const stripe = new Stripe(key, { ...at, maxNetworkRetries: 0 });
const intents = stripe.paymentIntents;
const events = [];
let checked = 0;

const same = (seen, expected) => {
  assert.deepEqual(seen, expected);
  checked += 1;
};

const control = async (method, path, body) => {
  const init = { method, body: body && JSON.stringify(body) };
  const response = await fetch(`${url}/_mock/${path}`, init);
  assert.equal(response.status, 200, await response.clone().text());
  return response.json();
};

const movements = async () => (await control('GET', 'ledger')).movements;

const refused = async (kind, call) => {
  try {
    await call();
  } catch (error) {
    assert.ok(error instanceof kind, `${error} instead of ${kind.name}`);
    checked += 1;
    return error;
  }
  throw new Error(`${kind.name} was expected`);
};

const { errors } = Stripe;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The first events about a payment intent; others may still be on their way.
const told = async (intent, count) => {
  for (let waited = 0; waited < 100; waited += 1) {
    const about = events.filter(([body]) => JSON.parse(body).data.object.id === intent.id);
    if (about.length >= count) return about;
    await pause(50);
  }
  throw new Error(`fewer than ${count} events about ${intent.id}`);
};

const held = (more = {}) =>
  intents.create({
    amount: 1000,
    currency: 'usd',
    capture_method: 'manual',
    confirm: true,
    payment_method: 'pm_card_visa',
    metadata: { session: 'cs_2' },
    ...more,
  });

const judges = {
  async 'a hold is taken in part'() {
    let intent = await held();
    same([intent.status, intent.amount_capturable], ['requires_capture', 1000]);
    intent = await intents.capture(intent.id, { amount_to_capture: 700 }, {});
    same([intent.status, intent.amount_received], ['succeeded', 700]);
    const charge = await stripe.charges.retrieve(intent.latest_charge);
    same([charge.amount_captured, charge.amount_refunded, charge.refunded], [700, 0, false]);
    const error = await refused(errors.StripeInvalidRequestError, () => intents.cancel(intent.id));
    same(error.code, 'payment_intent_unexpected_state');
    same(error.payment_intent.status, 'succeeded');
  },

  async 'what was let go of is never taken'() {
    const intent = await held();
    const canceled = await intents.cancel(intent.id, { cancellation_reason: 'duplicate' });
    same([canceled.status, canceled.cancellation_reason], ['canceled', 'duplicate']);
    const error = await refused(errors.StripeInvalidRequestError, () => intents.capture(intent.id));
    same(error.payment_intent.id, intent.id);
  },

  async 'declines carry the payment intent'() {
    const cards = { chargeDeclined: 'generic_decline', chargeDeclinedInsufficientFunds: 'insufficient_funds' };
    for (const [name, reason] of Object.entries(cards)) {
      const error = await refused(errors.StripeCardError, () =>
        held({ payment_method: undefined, payment_method_data: { type: 'card', card: { token: `tok_${name}` } } }));
      same([error.statusCode, error.code, error.decline_code], [402, 'card_declined', reason]);
      same(error.payment_intent.status, 'requires_payment_method');
      same(error.payment_intent.last_payment_error.decline_code, reason);
    }
  },

  async 'a buyer may have to prove who he is'() {
    const intent = await held({ payment_method: 'pm_card_threeDSecure2Required' });
    same(intent.status, 'requires_action');
    const card = { three_d_secure: { cryptogram: 'AgAAAA==', transaction_id: '1', version: '2.2.0' } };
    const done = await intents.confirm(intent.id, { payment_method_options: { card } });
    same(done.status, 'requires_capture');
  },

  async 'a key is answered once'() {
    const idempotencyKey = randomUUID();
    const params = { amount: 1000, currency: 'usd' };
    const first = await intents.create(params, { idempotencyKey });
    const again = await intents.create(params, { idempotencyKey });
    same(again, first);
    same(again.lastResponse.headers['idempotent-replayed'], 'true');
    same(again.lastResponse.idempotencyKey, idempotencyKey);
    await refused(errors.StripeIdempotencyError, () =>
      intents.create({ ...params, amount: 1001 }, { idempotencyKey }));
  },

  async 'a key at work and a busy payment are told'() {
    const intent = await intents.create({ amount: 1000, currency: 'usd', payment_method: 'pm_card_visa' });
    await control('PUT', 'faults', { latency_ms: 400 });
    const idempotencyKey = randomUUID();
    const confirm = (options) => intents.confirm(intent.id, {}, options);
    const first = confirm({ idempotencyKey });
    await pause(100);
    const twin = await refused(errors.StripeError, () => confirm({ idempotencyKey }));
    same([twin.statusCode, twin.code], [409, 'idempotency_key_in_use']);
    const other = await refused(errors.StripeRateLimitError, () => confirm({}));
    same([other.statusCode, other.code], [429, 'lock_timeout']);
    same((await first).status, 'succeeded');
    await control('PUT', 'faults', {});
  },

  async 'a client that gives up does not undo anything'() {
    await control('PUT', 'faults', { latency_ms: 400 });
    const hasty = new Stripe(key, { ...at, maxNetworkRetries: 0, timeout: 100 });
    const before = (await movements()).length;
    await refused(errors.StripeConnectionError, () =>
      hasty.paymentIntents.create({ amount: 1000, currency: 'usd' }));
    same((await movements()).length - before, 0);
    await pause(600);
    same((await movements()).length - before, 1);
    await control('PUT', 'faults', {});
  },

  async 'retries of the SDK are harmless'() {
    const patient = new Stripe(key, { ...at, maxNetworkRetries: 3 });
    const before = (await movements()).length;
    await control('PUT', 'faults', { timeout_after_effect_ratio: 1, at_most: 2 });
    const intent = await patient.paymentIntents.create({ amount: 1000, currency: 'usd' });
    const made = (await movements()).slice(before);
    same(made.map((movement) => [movement.way, movement.payment_intent]), [['create', intent.id]]);
    await control('PUT', 'faults', {});
  },

  async 'money comes back'() {
    const intent = await held({ capture_method: 'automatic' });
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 300 });
    same([refund.amount, refund.status], [300, 'succeeded']);
    await stripe.refunds.create({ charge: intent.latest_charge });
    const error = await refused(errors.StripeInvalidRequestError, () =>
      stripe.refunds.create({ payment_intent: intent.id }));
    same(error.code, 'charge_already_refunded');
    const listed = await stripe.refunds.list({ payment_intent: intent.id });
    same(listed.data.map((one) => one.amount), [700, 300]);
  },

  async 'lists are walked to their end'() {
    const made = [];
    for (let step = 0; step < 25; step += 1) {
      made.unshift((await intents.create({ amount: 500 + step, currency: 'usd' })).id);
    }
    const walked = [];
    for await (const intent of intents.list({ limit: 10, expand: ['data.latest_charge'] })) {
      walked.push(intent.id);
      if (walked.length === 25) break;
    }
    same(walked, made);
  },

  async 'webhooks are signed'() {
    const intent = await held();
    await intents.cancel(intent.id);
    const about = await told(intent, 3);
    const seen = about.map(([body, signature]) => stripe.webhooks.constructEvent(body, signature, secret));
    same(seen.map((event) => event.type), [
      'payment_intent.created', 'payment_intent.amount_capturable_updated', 'payment_intent.canceled',
    ]);
    same(seen[2].data.object.id, intent.id);
    const [body, signature] = about[0];
    assert.throws(() => stripe.webhooks.constructEvent(`${body} `, signature, secret),
      errors.StripeSignatureVerificationError);
  },

  async 'events come twice and out of order when told to'() {
    await pause(300);
    await control('PUT', 'faults', { duplicate_delivery_ratio: 1 });
    const twice = await told(await intents.create({ amount: 1000, currency: 'usd' }), 2);
    const ids = twice.map(([body]) => JSON.parse(body).id);
    same(new Set(ids).size, 1);
    await control('PUT', 'faults', { out_of_order_delivery_ratio: 1 });
    const turned = await told(await held(), 2);
    same(turned.map(([body]) => JSON.parse(body).type),
      ['payment_intent.amount_capturable_updated', 'payment_intent.created']);
    await control('PUT', 'faults', {});
  },
};

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  events.push([Buffer.concat(parts).toString(), request.headers['stripe-signature']]);
  response.end();
});
server.listen(Number(port), '127.0.0.1');
await once(server, 'listening');
for (const [name, judge] of Object.entries(judges)) {
  await judge();
  console.log(`ok  ${name}`);
}
console.log(`stripe-node ${Stripe.PACKAGE_VERSION}, API ${Stripe.API_VERSION}: ${checked} checks`);
process.exit(0);
