import { type Caller, removeFolders, startSandbox } from './testing';

interface Listed {
  data: { id: string; to: string; subject: string; text: string; kind: string; locale: string; at: string }[];
}

const mail = (id: string, to: string, more: object = {}) => ({
  id,
  to,
  subject: `Subject ${id}`,
  text: '您的退货已批准',
  locale: 'zh-CN',
  kind: 'return.approved',
  ...more,
});

afterAll(() => removeFolders());

describe('the mailbox', () => {
  let call: Caller;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    ({ call, stop } = await startSandbox());
  });
  afterAll(() => stop());

  const list = async (to: string) => (await call<Listed>('GET', `/mail?to=${encodeURIComponent(to)}`)).body.data;

  it('keeps a mail once per id and shows the newest first', async () => {
    expect((await call('POST', '/mail', mail('m1', 'Li.Lei@example.com', { html: '<p>…</p>' }))).status).toBe(201);
    expect((await call('POST', '/mail', mail('m2', 'li.lei@example.com'))).status).toBe(201);
    expect((await call('POST', '/mail', mail('m1', 'li.lei@example.com', { subject: 'again' }))).status).toBe(200);
    const mails = await list('li.lei@EXAMPLE.com');
    expect(mails.map(({ id }) => id)).toEqual(['m2', 'm1']);
    expect(mails[1]).toEqual({ ...mail('m1', 'Li.Lei@example.com'), at: expect.any(String) as string });
  });

  it('shows nothing for an address that got nothing, and everything without one', async () => {
    expect(await list('nobody@example.com')).toEqual([]);
    await call('POST', '/mail', mail('m9', 'last@example.com'));
    expect((await call<Listed>('GET', '/mail')).body.data[0]?.id).toBe('m9');
  });

  it('keeps the newest 200 of an address', async () => {
    for (let n = 1; n <= 203; n += 1) await call('POST', '/mail', mail(`many-${n}`, 'many@example.com'));
    const mails = await list('many@example.com');
    expect(mails).toHaveLength(200);
    expect([mails[0]?.id, mails[199]?.id]).toEqual(['many-203', 'many-4']);
  });

  it.each([
    ['without a subject', { subject: undefined }],
    ['with an unknown field', { cc: 'x@example.com' }],
    ['with a subject of the wrong type', { subject: 1 }],
    ['with an id of two words', { id: 'a b' }],
  ])('refuses a mail %s', async (_what, more) => {
    expect(await call('POST', '/mail', mail('bad', 'bad@example.com', more))).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });
});
