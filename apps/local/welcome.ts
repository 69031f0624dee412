import type { LocalStack } from './stack';

/** What the person who typed `npm start` reads last: what runs where, who can log in, and three commands that work as they stand. */
export function welcome(
  stack: Pick<LocalStack, 'apiUrl' | 'workerUrl' | 'sandboxUrl' | 'databaseUrl' | 'temporalAddress' | 'temporalUiUrl' | 'homeDir'>,
  tookMs: number,
): string {
  const api = stack.apiUrl;
  const json = `-H 'content-type: application/json'`;
  const bearer = `-H "authorization: Bearer $TOKEN"`;
  const rows: [string, string][] = [
    ['API', `${api}/v1   (description ${api}/docs, ${api}/openapi.json)`],
    ...(stack.temporalUiUrl ? [['Temporal pages', stack.temporalUiUrl] as [string, string]] : []),
    ['Temporal', stack.temporalAddress],
    ['PostgreSQL', stack.databaseUrl],
    ['Worker', `${stack.workerUrl}/healthz   ${stack.workerUrl}/metrics`],
    ['Sandbox', `${stack.sandboxUrl}   (payment provider, carrier, mailbox)`],
    ['Data and logs', stack.homeDir],
  ];
  return `
Boomerang is ready (${(tookMs / 1000).toFixed(1)} s).

${rows.map(([what, where]) => `  ${what.padEnd(15)} ${where}`).join('\n')}

Log in with the password "boomerang" as customer@demo.example, agent@, agent2@, warehouse@, finance@, finance2@ or admin@demo.example.
A shop's API key: bmk_demo_local_only

Try it (the customer sends one of two lamps back):

  TOKEN=$(curl -s ${api}/v1/auth/login ${json} -d '{"email":"customer@demo.example","password":"boomerang"}' | node -pe 'JSON.parse(require("fs").readFileSync(0)).token')
  curl -s ${api}/v1/orders/A1002 ${bearer}
  curl -s ${api}/v1/returns ${json} ${bearer} -d '{"orderNumber":"A1002","channel":"web","lines":[{"lineId":"1","quantity":1,"reason":"changed_mind","resolution":"refund"}],"method":"self_ship","refundTo":"original"}'

Or a whole day of returns, for finance to work on (docs/finance.md):

  npm run demo:day -- ${api}

Ctrl-C stops everything; the data stays. Start over: npm start -- --fresh
`;
}
