import { z } from 'zod';
import { answer, fields, parse, type Answer } from './answer';
import type { Change, Journal } from './journal';

const MAILS = 'mails';
const PER_ADDRESS = 200;
const IN_ALL = 10_000;

interface Mail {
  id: string;
  to: string;
  subject: string;
  text: string;
  kind: string;
  locale: string;
  at: string;
}

const mailSchema = z.strictObject({
  id: fields.id,
  to: z.string().min(3).max(320),
  subject: z.string().max(1_000),
  text: z.string().max(65_536),
  html: z.string().nullish(),
  locale: z.string().min(2).max(35),
  kind: fields.name,
});

const querySchema = z.strictObject({ to: z.string().max(320).optional() });

/** What was sent, by address; the newest 200 of each are kept (the text form; the HTML form is accepted and dropped). */
export class Mailbox {
  private readonly mails: ReadonlyMap<string, Mail>;
  /** Ids by address, oldest first. */
  private readonly byAddress = new Map<string, string[]>();

  constructor(private readonly journal: Journal) {
    this.mails = journal.collection<Mail>(MAILS);
    for (const mail of this.mails.values()) this.idsOf(mail.to).push(mail.id);
  }

  /** `POST /mail`: 201 the first time, 200 with nothing changed when the id is known. */
  send(body: unknown): Answer {
    const { html: _html, ...mail } = parse(mailSchema, body);
    if (this.mails.has(mail.id)) return answer(200, { id: mail.id });
    const ids = this.idsOf(mail.to);
    const dropped = ids.length >= PER_ADDRESS ? ids[0] : this.mails.size >= IN_ALL ? this.mails.keys().next().value : undefined;
    const changes: Change[] = [[MAILS, mail.id, { ...mail, at: new Date().toISOString() }]];
    if (dropped !== undefined) changes.push([MAILS, dropped, null]);
    const oldest = dropped === undefined ? undefined : this.mails.get(dropped);
    this.journal.write(...changes);
    ids.push(mail.id);
    if (oldest) this.forget(oldest);
    return answer(201, { id: mail.id });
  }

  /** `GET /mail?to=`: newest first; without an address the newest of all. */
  list(query: Record<string, string>): Answer {
    const { to } = parse(querySchema, query);
    const ids = to === undefined ? [...this.mails.keys()].slice(-PER_ADDRESS) : (this.byAddress.get(to.toLowerCase()) ?? []);
    return answer(200, { data: ids.map((id) => this.mails.get(id)).toReversed() });
  }

  private idsOf(address: string): string[] {
    const key = address.toLowerCase();
    let ids = this.byAddress.get(key);
    if (!ids) this.byAddress.set(key, (ids = []));
    return ids;
  }

  private forget(mail: Mail): void {
    const ids = this.idsOf(mail.to);
    ids.splice(ids.indexOf(mail.id), 1);
    if (ids.length === 0) this.byAddress.delete(mail.to.toLowerCase());
  }
}
