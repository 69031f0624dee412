import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { problem } from '#libs/contracts/errors';

type Components = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
type Schema = Components[string];
type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/**
 * `/openapi.json` and `/docs`, made from the schemas that validate. A schema with an id becomes a component; answers are described by what they hold, an answer may
 * gain fields.
 */
export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Boomerang')
    .setDescription(
      'Returns and reverse logistics. Money is in minor units, times are RFC 3339 in UTC, durations ISO 8601; errors are application/problem+json with a code.',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A token from login or order-access (bmt_…), or an API key (bmk_…)' })
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: (schema) => (schema instanceof z.ZodType ? converted(schema) : undefined),
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  const known = converted(problem);
  document.components = { ...document.components, schemas: { ...document.components?.schemas, ...known.components } };
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path as Record<string, Operation | undefined>)) {
      if (operation?.responses) complete(operation, method, known.schema);
    }
  }
  document.paths = { ...document.paths, ...ownPaths };
  SwaggerModule.setup('docs', app, document, { jsonDocumentUrl: 'openapi.json', raw: ['json'], customSiteTitle: 'Boomerang API', customfavIcon: 'data:,' });
  return document;
}

const ownPath = (summary: string, contentType: string) => ({
  get: {
    tags: ['description'],
    summary,
    security: [],
    'x-public': true,
    responses: { 200: { description: summary, content: { [contentType]: { schema: { type: contentType === 'text/html' ? 'string' : 'object' } } } } },
  },
});
const ownPaths = { '/openapi.json': ownPath('This description', 'application/json'), '/docs': ownPath('This description as pages', 'text/html') };

/** What callers send: fields with a default may be left out, transforms are described by what goes in. Named schemas move to the components. */
function converted(schema: z.ZodType): { schema: Schema; components: Components } {
  const json = z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'input', unrepresentable: 'any', override: ({ jsonSchema }) => plain(jsonSchema) });
  const placed = JSON.parse(JSON.stringify(json).replaceAll('"#/definitions/', '"#/components/schemas/')) as {
    definitions?: Components;
    $schema?: string;
  } & Record<string, unknown>;
  const { definitions = {}, $schema: _schema, ...root } = placed;
  return { schema: root as Schema, components: definitions };
}

/** Bounds that say no more than "a safe integer", and the ids that became names. */
function plain(json: Record<string, unknown>): void {
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.format === 'date-time' || json.format === 'date' || json.format === 'email') delete json.pattern;
  delete json.id;
}

/** What all operations have in common: who may, how it fails, and the idempotency key. */
function complete(operation: Operation, method: string, failure: Schema): void {
  const { 'x-roles': roles, 'x-scope': scope, 'x-public': open } = operation as Operation & { 'x-roles'?: string[]; 'x-scope'?: string; 'x-public'?: boolean };
  const allowed = roles?.map((role) => (role === 'service' && scope ? `service (scope ${scope})` : role));
  operation.description = [operation.description, open ? 'Without a token.' : `Roles: ${allowed?.join(', ')}.`].filter(Boolean).join('\n\n');
  if (open) operation.security = [];
  if (!open && method === 'post') {
    const header = {
      name: 'Idempotency-Key',
      in: 'header' as const,
      required: false,
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
      description: 'The same key and body get the first answer again',
    };
    operation.parameters = [...(operation.parameters ?? []), header];
  }
  // A call that needs no fields needs no body either.
  if (operation.requestBody && JSON.stringify(operation.requestBody).includes('#/components/schemas/Nothing"'))
    Object.assign(operation.requestBody, { required: false });
  operation.responses = {
    ...operation.responses,
    default: { description: 'A problem; `code` says which', content: { 'application/problem+json': { schema: failure } } },
  };
}
