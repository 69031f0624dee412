import { direct } from './direct';

/** The provider's own reports of refunds are lost on their way for as long as `work` takes. */
export async function withoutReports(work: () => Promise<void>): Promise<void> {
  await direct.sql(
    `CREATE FUNCTION lose_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.event_id LIKE 'evt_%' AND NEW.type LIKE 'refund.%' THEN RETURN NULL; END IF; RETURN NEW; END $$`,
  );
  await direct.sql('CREATE TRIGGER lose_report BEFORE INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION lose_report()');
  try {
    await work();
  } finally {
    await direct.sql('DROP FUNCTION lose_report CASCADE');
  }
}
