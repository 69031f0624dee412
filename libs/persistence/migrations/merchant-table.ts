/**
 * What every table with a merchant gets: forced row-level security, and rights for the two roles. History is read and appended, never changed: by privilege, and by a
 * trigger against those who have more of it.
 */
export function merchantTable(table: string, { history = false }: { history?: boolean } = {}): string {
  return `
    ALTER TABLE "${table}" ENABLE ROW LEVEL SECURITY; ALTER TABLE "${table}" FORCE ROW LEVEL SECURITY;
    CREATE POLICY merchant ON "${table}" TO boomerang_app USING (merchant_id = (SELECT current_setting('app.merchant_id')));
    CREATE POLICY system ON "${table}" TO boomerang_system USING (true);
    GRANT SELECT, INSERT ${history ? '' : ', UPDATE, DELETE'} ON "${table}" TO boomerang_app, boomerang_system;
    ${history ? `CREATE TRIGGER "${table}_append_only" BEFORE UPDATE OR DELETE ON "${table}" FOR EACH ROW EXECUTE FUNCTION refuse_change();` : ''}`;
}
