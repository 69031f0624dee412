import { z } from 'zod';
import { answer, parse, type Answer } from './answer';
import type { Journal } from './journal';

/** `down` answers 503 to everything, `slow` never answers. */
const condition = z.enum(['up', 'down', 'slow']);
const controlSchema = z.strictObject({ carrier: condition.optional(), payments: condition.optional() });

export type Part = 'carrier' | 'payments';
type Conditions = Record<Part, z.infer<typeof condition>>;

/** The lever of fault tests: what is out of order, until it is said to be up again (a restart repairs nothing). */
export class Control {
  private readonly stored: ReadonlyMap<string, Conditions>;

  constructor(private readonly journal: Journal) {
    this.stored = journal.collection<Conditions>('control');
  }

  get conditions(): Conditions {
    return this.stored.get('conditions') ?? { carrier: 'up', payments: 'up' };
  }

  change(body: unknown): Answer {
    const asked = parse(controlSchema, body);
    const { carrier, payments } = this.conditions;
    this.journal.write(['control', 'conditions', { carrier: asked.carrier ?? carrier, payments: asked.payments ?? payments }]);
    return answer(200, this.conditions);
  }

  /** The answer of a part that is out of order, or null when it works. */
  fault(part: Part): Answer | null {
    const now = this.conditions[part];
    if (now === 'up') return null;
    return now === 'slow' ? 'hang' : answer(503, { code: 'temporarily_unavailable', message: `${part} are down` });
  }
}
