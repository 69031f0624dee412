/**
 * Two shops of the same size, with years of work behind them and little of it open: returns, log entries, refunds, postings and tasks as they lie in a database that
 * has been used; and many small shops beside them. No row is drawn by lot, so PostgreSQL finds the same statistics every time. Sizes are per shop.
 */
export const merchants = ['mer_a', 'mer_b'] as const;
export const [merchant] = merchants;

const insert = (shops: string, count: number, table: string, columns: string, values: string) =>
  `INSERT INTO ${table} (merchant_id, ${columns}) SELECT m.id, ${values} FROM merchant m CROSS JOIN generate_series(1, ${count}) AS i WHERE m.name = '${shops}'`;
const each = (count: number, table: string, columns: string, values: string) => insert('big', count, table, columns, values);
const everywhere = (count: number, table: string, columns: string, values: string) =>
  ['big', 'small'].map((shops) => insert(shops, count, table, columns, values));
/** The i-th of so many, evenly over the last three years: the higher, the newer. */
const at = (count: number) => `now() - interval '3 years' + i * interval '3 years' / ${count + 1}`;
/** One of the texts, the first for all but one in `rare`. */
const mostly = (first: string, rare: number, others: readonly string[]) =>
  `CASE WHEN i % ${rare} = 0 THEN (ARRAY[${others.map((other) => `'${other}'`).join(', ')}])[1 + (i / ${rare}) % ${others.length}] ELSE '${first}' END`;
const id = (prefix: string, number = 'i') => `'${prefix}_' || m.id || '_' || lpad((${number})::text, 6, '0')`;
const pick = (number: string, ...texts: readonly string[]) => `(ARRAY[${texts.map((text) => `'${text}'`).join(', ')}])[1 + ${number} % ${texts.length}]`;

/** One in ten is open. */
const open = 'i % 10 = 0';

export const filling: readonly string[] = [
  `INSERT INTO merchant (id, name) SELECT id, 'big' FROM unnest(ARRAY['${merchants.join(`', '`)}']) AS id UNION ALL SELECT 'mer_' || i, 'small' FROM generate_series(1, 300) AS i`,
  ...everywhere(20, 'user_account', 'id, email, name, role, created_at', `${id('usr')}, 'user' || i || '@' || m.id || '.example', 'User', 'agent', ${at(20)}`),
  ...everywhere(4, 'api_key', 'id, name, key_hash, scopes, created_at', `${id('key')}, 'shop', 'hash' || i || m.id, '{}', ${at(4)}`),
  insert('small', 3, 'policy', 'id, created_at', `${id('pol')}, ${at(3)}`),
  insert(
    'small',
    9,
    'policy_version',
    'policy_id, version, body, effective_from, published_at',
    `${id('pol', '1 + i % 3')}, 1 + (i - 1) / 3, '{}', ${at(9)}, now()`,
  ),
  ...everywhere(2, 'calendar', 'id, body', `'CAL' || i, '{}'`),
  each(
    5_000,
    'session',
    'token_hash, order_number, email, expires_at',
    `'token' || i || m.id, 'O' || i, 'c' || i || '@example.com', now() + (i - 20) * interval '1 minute'`,
  ),
  ...everywhere(10, 'session', 'token_hash, user_id, expires_at', `'in' || i || m.id, ${id('usr')}, now() + interval '1 hour'`),
  each(10_000, 'customer', 'id, email', `'c-' || i, 'c' || i || '@example.com'`),
  each(1_000, 'inventory', 'sku, title, price, available', `'SKU-' || i, 'Article', 1000, 10`),
  each(
    50_000,
    'orders',
    'order_number, customer_id, customer_email, currency, placed_at, document',
    `'O' || i, 'c-' || i % 10000, 'c' || i % 10000 || '@example.com', 'CNY', ${at(50_000)}, '{}'`,
  ),
  each(30_000, 'tender', 'order_number, tender_id, position, kind, provider, captured_amount', `'O' || i, 't1', 0, 'card', 'sandbox', 5000`),
  each(30_000, 'shipment_balance', 'order_number, shipment_id, paid_amount', `'O' || i, 's1', 500`),
  each(
    40_000,
    'unit_claim',
    'order_number, line_id, unit, return_id, outcome, released_at',
    `'O' || i, '1', 1, ${id('ret')}, ${mostly('refunded', 10, ['open', 'kept'])}, CASE WHEN i % 7 = 0 THEN now() END`,
  ),
  each(
    50_000,
    'return',
    'id, number, order_number, customer_id, sequence, state, details, head, status, status_since, priority, assignee, attention, next_due_at, created_at, updated_at, closed_at, wake_at',
    `${id('ret')}, 'R-' || i, 'O' || i, 'c-' || i % 10000, 5, jsonb_build_object('clockOffset', 0, 'refunds', '[]'::jsonb), '{}', repeat('0', 64),
       CASE WHEN ${open} THEN ${pick('i / 10', 'in_review', 'awaiting_handover', 'in_transit', 'at_warehouse', 'settling')} ELSE ${mostly('completed', 9, ['cancelled', 'expired', 'rejected'])} END,
       ${at(50_000)}, 'normal', CASE WHEN i % 5 = 0 THEN 'usr_' || i % 20 END, CASE WHEN i % 500 = 0 THEN 'call_unanswered' END,
       CASE WHEN ${open} THEN now() + (i / 10 - 50) * interval '1 minute' END, ${at(50_000)}, ${at(50_000)}, CASE WHEN NOT (${open}) THEN now() END,
       CASE WHEN ${open} THEN now() + (i / 10 - 20) * interval '1 minute' END`,
  ),
  each(40_000, 'parcel', 'return_id, parcel_id, direction, carrier, tracking_number', `${id('ret')}, 'p1', 'inbound', 'sandbox', 'TRK' || i || m.id`),
  each(10_000, 'serial_number', 'serial, return_id, line_id, unit', `'SN' || i, ${id('ret')}, '1', 1`),
  each(20_000, 'receipt', 'id, status, body, received_by, created_at', `${id('rcp')}, ${mostly('matched', 20, ['unmatched'])}, '{}', 'usr_1', ${at(20_000)}`),
  each(
    50_000,
    'log_entry',
    'stream, sequence, at, cause, type, text, previous, hash',
    `${id('ret', '(i - 1) / 10')}, 1 + (i - 1) % 10, ${at(50_000)}, 'cause/' || i, 'scanned', '{}', '', ''`,
  ),
  each(5_000, 'log_head', 'stream, sequence, hash, moved', `${id('ret', 'i - 1')}, 10, '', i % 50 = 0`),
  each(1_000, 'audit_checkpoint', 'number, text, hash, public_key, signature', `i, '{}', '', '', ''`),
  each(20_000, 'audit_leaf', 'number, stream, sequence, hash', `1 + i % 1000, ${id('ret', 'i / 1000')}, 1 + i / 5000, ''`),
  each(
    50_000,
    'command',
    'id, caller, route, idempotency_key, body_hash, body, actor, return_id, answer, created_at',
    `${id('cmd')}, 'usr_1', 'POST /v1/returns', 'key' || i, '', '{"input":{}}', '{}', ${id('ret')}, CASE WHEN i < 49990 THEN '{}'::jsonb END, now() - (50000 - i) * interval '20 minutes'`,
  ),
  `INSERT INTO inbox (source, event_id, type, subject, body, received_at, handled_at)
     SELECT 'carrier/sandbox', 'evt' || i, 'parcel.scanned', 'UNKNOWN' || i, jsonb_build_object('input', jsonb_build_object('type', 'scan', 'trackingNumber', 'UNKNOWN' || i)), now() - (50000 - i) * interval '20 minutes', CASE WHEN i % 100 > 0 THEN now() END FROM generate_series(1, 50000) AS i`,
  each(
    25_000,
    'settlement',
    'id, return_id, order_number, currency, total, document, inputs, rules, created_at',
    `${id('stl')}, ${id('ret')}, 'O' || i, 'CNY', 1000, '{}', '{}', '{}', ${at(25_000)}`,
  ),
  each(
    25_000,
    'refund',
    'id, return_id, order_number, settlement_id, tender_id, provider, provider_payment_id, amount, currency, status, granted_by, created_at, updated_at',
    `${id('rfd')}, ${id('ret')}, 'O' || i, ${id('stl')}, 't1', ${mostly('sandbox', 100, ['manual', 'cash'])}, CASE WHEN i % 100 > 0 THEN 'pay_' || i END, 1000, 'CNY',
       ${mostly('succeeded', 50, ['awaiting_approval', 'pending', 'failed', 'rejected', 'redirected'])}, 'usr_1', ${at(25_000)}, ${at(25_000)}`,
  ),
  each(
    25_000,
    'refund_attempt',
    'refund_id, attempt, idempotency_key, status, requested_at',
    `${id('rfd')}, 1, ${id('rfd')} || '/1', 'succeeded', ${at(25_000)}`,
  ),
  each(2_000, 'refund_approval', 'refund_id, decision, by_user, at', `${id('rfd')}, 'approved', 'usr_2', ${at(2_000)}`),
  each(
    50_000,
    'ledger_posting',
    'entry_id, position, at, return_id, refund_id, type, from_account, to_account, amount, currency',
    `${id('led', '(i - 1) / 2')}, (i - 1) % 2, now() - interval '3 years' + (i - 1) / 2 * interval '1 hour', ${id('ret', '(i - 1) / 2')}, ${id('rfd', '(i - 1) / 2')}, 'refund',
       ${mostly('refunds_payable', 500, ['write_off'])}, CASE WHEN i % 2 = 0 THEN 'tax_payable' ELSE 'provider_clearing' END, 500, 'CNY'`,
  ),
  each(
    10_000,
    'compensation',
    'id, return_id, customer_id, kind, amount, currency, code, status, reason, granted_by, created_at',
    `${id('cmp')}, ${id('ret')}, 'c-' || i, 'coupon', 100, 'CNY', 'SORRY-' || i, 'granted', 'late', 'rule', ${at(10_000)}`,
  ),
  // A hundred customers, each of whom has had a hundred movements.
  each(
    10_000,
    'store_credit_movement',
    'id, customer_id, currency, position, at, type, amount, balance',
    `${id('led')}, 'c-' || (i - 1) % 100, 'CNY', 1 + (i - 1) / 100, ${at(10_000)}, 'refund_paid', 10, 10 * (1 + (i - 1) / 100)`,
  ),
  each(100, 'store_credit_account', 'customer_id, currency, position, balance', `'c-' || i - 1, 'CNY', 100, 1000`),
  each(5_000, 'store_credit_spend', 'order_number, customer_id, currency, amount', `'O' || i, 'c-' || i % 100, 'CNY', 10`),
  each(
    10_000,
    'points_movement',
    'id, customer_id, at, type, points, order_number, return_id',
    `${id('cmp')}, 'c-' || (i - 1) % 100, ${at(10_000)}, 'granted', 10, 'O' || i, ${id('ret')}`,
  ),
  each(
    1_000,
    'reconciliation',
    'id, provider, from_at, to_at, status, step, requested_by, created_at',
    `${id('rcl')}, 'sandbox', now() - interval '3 years', now(), CASE WHEN i = 500 THEN 'running' ELSE 'done' END, CASE WHEN i = 500 THEN 'close' ELSE 'over' END, 'usr_1', ${at(1_000)}`,
  ),
  each(
    20_000,
    'provider_refund',
    'reconciliation_id, id, refund_id, provider_payment_id, amount, currency, status, at',
    `${id('rcl', '500')}, 're_' || lpad(i::text, 6, '0'), ${id('rfd')}, 'pay_' || i, 1000, 'CNY', 'succeeded', ${at(20_000)}`,
  ),
  each(
    6_000,
    'difference',
    'id, provider, kind, subject, facts, at, state, ended_at, created_at, seen_at',
    `${id('dif')}, 'sandbox', ${pick('i', 'missing_here', 'missing_there', 'amount_differs')}, 're_' || i, '{}', ${at(6_000)}, ${mostly('resolved', 20, ['open'])},
       CASE WHEN i % 20 > 0 THEN now() END, ${at(6_000)}, ${at(6_000)}`,
  ),
  each(6_000, 'reconciliation_difference', 'reconciliation_id, n, difference_id, facts', `${id('rcl', '500')}, i, ${id('dif')}, '{}'`),
  each(
    1_000,
    'refund_elsewhere',
    'provider, provider_refund_id, order_number, tender_id, amount, currency, status',
    `'sandbox', 're_elsewhere' || i, 'O' || i, 't1', 10, 'CNY', 'succeeded'`,
  ),
  each(
    10_000,
    'task',
    'id, queue, return_id, title, priority, due_at, assignee, claimed_by, claimed_until, created_at',
    `${id('tsk')}, ${pick('i', 'review', 'inspection', 'exception', 'refund_approval')}, ${id('ret')}, 'work', i / 4 % 4, CASE WHEN i % 9 > 0 THEN now() + (i - 3000) * interval '1 minute' END,
       CASE WHEN i % 3 = 0 THEN 'usr_' || i / 4 % 20 END, CASE WHEN i % 10 < 2 THEN 'usr_' || i / 4 % 20 END, CASE WHEN i % 10 < 2 THEN now() + interval '1 hour' END, ${at(10_000)}`,
  ),
  each(
    10_000,
    'annotation',
    'id, return_id, kind, visibility, body, author, created_at',
    `${id('ann')}, ${id('ret')}, 'note', 'internal', '{}', 'usr_1', ${at(10_000)}`,
  ),
  each(
    2_000,
    'file',
    'id, owner, content_type, size, sha256, content, return_id',
    `${id('fil')}, 'usr_1', 'image/png', 3, '', 'abc', CASE WHEN i > 20 THEN ${id('ret')} END`,
  ),
];
