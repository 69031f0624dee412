import type { PolicyAnswer, PolicyVersionAnswer } from '#libs/contracts/policy-answer';
import type { Policy } from '#libs/domain/policy/policy';
import type { PolicyVersion, StoredPolicy } from '#libs/persistence/policies';

type Head = Pick<PolicyVersionAnswer, 'id' | 'version' | 'status' | 'publishedAt'>;
const statusOf = (publishedAt: Date | null): PolicyVersionAnswer['status'] => (publishedAt ? 'published' : 'draft');

/** One version: what it is, then its rules. */
export function presentVersion({ id, version, publishedAt, policy }: PolicyVersion): Head & Policy {
  return { id, version, status: statusOf(publishedAt), publishedAt: instantOf(publishedAt), ...policy };
}

/** The newest version, and which ones there are. */
export function presentPolicy(stored: StoredPolicy): Head & Policy & Pick<PolicyAnswer, 'createdAt' | 'versions'> {
  const versions = stored.versions.map(({ version, effectiveFrom, publishedAt }) => ({
    version,
    status: statusOf(publishedAt),
    effectiveFrom: short(effectiveFrom),
    publishedAt: instantOf(publishedAt),
  }));
  return { ...presentVersion(stored), createdAt: stored.createdAt.toISOString(), versions };
}

const instantOf = (at: Date | null): string | null => at && at.toISOString();
/** As policies write their instants: without zeros after the second. */
const short = (at: Date): string => at.toISOString().replace('.000Z', 'Z');
